"""Settings of the feedback service: so far those that every service has."""

from shared.settings import CommonSettings


class Settings(CommonSettings):
    """Its sources of verdicts besides the reader and the command line will have their tables here."""
