"""Settings of the feedback service."""

from shared.settings.sections.feedback import FeedbackSettings
from shared.settings.settings import CommonSettings


class Settings(CommonSettings):
    feedback: FeedbackSettings = FeedbackSettings()
