"""`[feedback]`: what the feedback service keeps, and what the reader's pages tell it."""

from pydantic import Field

from shared.settings.section import Section


class FeedbackSettings(Section):
    look_up: bool = Field(True, description="ask for the metadata of papers that got a rating but were never harvested")
    keep_signals: bool = Field(
        True,
        description="remember which papers were opened, here and at arXiv, and how long their text was read; what you "
        "saved and skipped always is",
    )
