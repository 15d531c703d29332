"""The ranker's section of the settings."""

import re
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationInfo, field_validator

from shared.paper_ids import parse_paper_id
from shared.settings.settings import CommonSettings, Section

_LIKE_AN_ID = re.compile(r"(?ai)[\d.]+(?:v\d+)?|arxiv:\S+|https?://(?:\w+\.)?arxiv\.org/\S+")


class RankerSettings(Section):
    per_day: int = Field(10, ge=1, le=200, description="papers picked a day, exploration included")
    explore: int = Field(
        1, ge=0, le=20, description="picks a day that are drawn from the middle of the ranking, marked as such"
    )
    kept_places: int = Field(
        3, ge=0, le=10, description="most picks a day that are kept for smaller interests, each by a model of its own"
    )
    seeds: tuple[str, ...] = Field(
        (),
        max_length=100,
        description="what to start from: arXiv ids, sentences, `.bib` files (paths from the settings file)",
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
        730.0, gt=0, description="after so many days a rating counts half; before, it fades slowly"
    )
    deadline_seconds: float = Field(
        1800.0, gt=0, description="a day's papers are ranked this long after the first arrived, complete or not"
    )
    regression_from: int = Field(25, ge=2, description="ratings from which on a regression is learned")
    random_negatives: int = Field(5000, ge=10, description="papers drawn as examples of what nobody asked for")
    duplicate_cosine: float = Field(
        0.95, gt=0, le=1, description="papers more alike than this to a better one are not picked beside it"
    )

    follow_boost: float = Field(
        3.0,
        ge=0,
        le=10,
        description="how far a follow moves its only match of a day up, in logits; 0: not at all",
    )

    use_signals: Literal["auto", "on", "off"] = Field(
        "auto",
        description="whether what was saved, skipped and opened moves scores; `auto`: where `papersys evaluate "
        "--signals` showed that it helps",
    )

    @field_validator("seeds")
    @classmethod
    def _settle_seeds(cls, seeds: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        folder = (info.context or {}).get("folder")
        return tuple(_settled(seed, folder) for seed in seeds)


def _settled(seed: str, folder: Path | None) -> str:
    """A .bib file's path from the folder of the settings. Raises ValueError for what can be no seed."""
    text = seed.strip()
    if not any(map(str.isalnum, text)):
        raise ValueError(f"{seed!r} says nothing to start from; give an arXiv id, a sentence, or a .bib file")
    if text.lower().endswith(".bib"):
        return str((folder or Path()) / _in_home(text))
    if _LIKE_AN_ID.fullmatch(text):
        parse_paper_id(text)
    return seed


def _in_home(text: str) -> Path:
    try:
        return Path(text).expanduser()
    except RuntimeError as error:
        raise ValueError(f"{text!r} is in the home of nobody known here") from error


class Settings(CommonSettings):
    ranker: RankerSettings = RankerSettings()
