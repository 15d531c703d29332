"""A paper's way as a value: what happened to it when, and where it stands."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from typing import Literal

from pydantic import BaseModel, ConfigDict

Stage = Literal[
    "announced",
    "harvested",
    "embedded",
    "ranked",
    "document",
    "model",
    "results",
    "summary",
    "tags",
    "links",
    "published",
    "failed",
    "list",
    "revision",
    "cited",
    "rating",
    "signal",
    "note",
]
_ORDER: dict[str, int] = {
    stage: place
    for place, stage in enumerate(
        (
            "announced",
            "harvested",
            "embedded",
            "ranked",
            "document",
            "results",
            "model",
            "tags",
            "links",
            "summary",
            "published",
        )
    )
}


class Step(BaseModel):
    """Something that happened to a paper. `day` stands for the moment where only a day is known."""

    model_config = ConfigDict(frozen=True)

    stage: Stage
    what: str
    at: datetime | None = None
    day: date | None = None

    @property
    def moment(self) -> datetime:
        """When it happened, as far as that is known."""
        if self.at is not None:
            return self.at
        return datetime.combine(self.day or date.min, time.min, UTC)


class Way(BaseModel):
    """All that is recorded of a paper. `remark` says what could not be asked."""

    model_config = ConfigDict(frozen=True)

    paper_id: str
    title: str = ""
    user: str
    steps: tuple[Step, ...] = ()
    cost: float | None = None
    standing: str = ""
    remark: str = ""


def in_order(steps: Iterable[Step]) -> tuple[Step, ...]:
    """By time; what shares a moment in the order of the stages."""
    return tuple(sorted(steps, key=lambda step: (step.moment, _ORDER.get(step.stage, len(_ORDER)))))


def standing_of(steps: Iterable[Step], paper_id: str) -> str:
    """In one sentence how far a paper has come, and what would bring it further."""
    stages = {step.stage: step for step in in_order(steps)}
    again = f"`papersys reprocess {paper_id}`"
    if "failed" in stages and stages["failed"].moment >= stages.get("summary", stages["failed"]).moment:
        return "A job failed; `papersys dead list` shows it, and retries or drops it."
    if "summary" in stages:
        return "It has a summary." if "published" in stages else "It has a summary that is not published yet."
    if "ranked" in stages:
        picked = stages["ranked"].what.startswith("picked")
        return (
            f"It waits for its summary; see `papersys logs summarizer --paper {paper_id}`."
            if picked
            else (f"It was not picked, so it has no summary; {again} reads it anyway.")
        )
    if "embedded" in stages:
        return f"It is known and can be found, and was in no selection of this person; {again} reads it."
    if "harvested" in stages or "announced" in stages:
        return "It waits for its vector; see `papersys logs embedder`."
    return f"It was never harvested; {again} fetches and reads it."
