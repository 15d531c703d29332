"""How far the reading of a paper has come, told from what is stored of it already."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.publisher.records.records import PICKED, Records
from shared.store.selections import Candidate

StepState = Literal["done", "now", "waiting"]


@dataclass(frozen=True)
class Step:
    """One step of a reading, in words that a person reads."""

    name: str
    state: StepState


def reading_steps(
    records: Records, paper_id: str, outcomes: Iterable[Candidate], requested_at: datetime | None = None
) -> list[Step]:
    """The steps from arXiv to the summary. A reading that was asked for again passes them all once more."""
    is_picked = any(
        candidate.outcome == PICKED and (requested_at is None or candidate.made_at >= requested_at)
        for candidate in outcomes
    )
    done = {
        "Metadata": bool(records.papers([paper_id])),
        "Vector": is_picked or records.embedded([paper_id]) > 0,
        "Queue": is_picked,
        "Full text": records.documents.record(paper_id) is not None,
        "Summary": False,
    }
    return steps_of(done)


def steps_of(done: dict[str, bool]) -> list[Step]:
    """The first step that is not done is under way; nothing after it counts, be it stored from an earlier reading."""
    names = list(done)
    first = next((place for place, name in enumerate(names) if not done[name]), len(names))
    return [
        Step(name, "done" if place < first else "now" if place == first else "waiting")
        for place, name in enumerate(names)
    ]
