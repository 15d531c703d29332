"""The ranker's section of the settings."""

from pydantic import Field

from shared.settings import CommonSettings, Section


class RankerSettings(Section):
    per_day: int = Field(10, ge=1, le=200, description="papers picked a day, exploration included")
    explore: int = Field(
        1, ge=0, le=20, description="picks a day that are drawn from the middle of the ranking, marked as such"
    )
    seeds: tuple[str, ...] = Field(
        (), max_length=100, description="arXiv ids or sentences to start from while there are few verdicts"
    )
    audit: int = Field(
        2, ge=0, le=20, description="picks on a week's first day, drawn from all that the week before rejected"
    )
    threshold: float = Field(
        0.0, ge=0, lt=1, description="papers less likely to be liked than this are not picked, once that can be said"
    )
    diversity: float = Field(
        0.2, ge=0, lt=1, description="what likeness to a better pick costs a paper: 0 nothing, towards 1 all"
    )
    half_life_days: float = Field(
        730.0, gt=0, description="after so many days a verdict counts half; before, it fades slowly"
    )
    deadline_seconds: float = Field(
        1800.0, gt=0, description="a day's papers are ranked this long after the first arrived, complete or not"
    )
    regression_from: int = Field(25, ge=2, description="verdicts from which on a regression is learned")
    random_negatives: int = Field(5000, ge=10, description="papers drawn as examples of what nobody asked for")
    duplicate_cosine: float = Field(
        0.95, gt=0, le=1, description="papers more alike than this to a better one are not picked beside it"
    )


class Settings(CommonSettings):
    ranker: RankerSettings = RankerSettings()
