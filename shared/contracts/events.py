"""The five events: facts in the past tense that carry ids and paths, never payloads or vectors.

The envelope has defaults, so a person can type `{"paper_ids":["2403.12345"]}` into the NATS command line.
"""

import uuid
from datetime import date
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from shared.contracts.base import (
    DEFAULT_USER,
    MAX_NAME_CHARACTERS,
    Label,
    Message,
    Moment,
    PaperIds,
    PaperIdsOrNone,
    Slot,
    now,
)
from shared.paper_ids import PaperId

_NAMESPACE = uuid.UUID("6f0c9a52-5d34-4f2a-9a53-0d6f7f3b8a11")

_INHERITED = ("run_id", "user", "force", "backfill")
_UNSAID = ("backfill", "batch")
"""Fields that came later: where they say nothing, an event's id is what it was before there were any."""


class Event(Message):
    """A fact, with the envelope that says where it comes from."""

    subject: ClassVar[str]

    event_id: str = Field(default_factory=lambda: uuid.uuid4().hex, min_length=1, max_length=200)
    caused_by: str | None = None
    run_id: str | None = None
    occurred_at: Moment = Field(default_factory=now)
    user: str = Field(default=DEFAULT_USER, max_length=MAX_NAME_CHARACTERS)

    @classmethod
    def after(cls, cause: "Event", **facts: object) -> Self:
        """The event that follows from `cause`; same cause and facts, same `event_id`: a repeat is no news."""
        inherited = {name: getattr(cause, name) for name in _INHERITED if hasattr(cause, name)}
        context = {name: value for name, value in inherited.items() if name in cls.model_fields}
        draft = cls.model_validate({**context, **facts, "caused_by": cause.event_id})
        content = draft.model_dump_json(
            exclude={"event_id", "occurred_at", *(name for name in _UNSAID if not getattr(draft, name, False))}
        )
        return draft.model_copy(update={"event_id": uuid.uuid5(_NAMESPACE, f"{cls.subject} {content}").hex})


class _RunEvent(Event):
    """An event that may be one part of a harvest: `last` marks the part that ends it and gives the run's size.

    `backfill`: papers of days gone by, brought to be known and found; no candidates of a day, and not in the size.
    """

    force: bool = False
    reason: Literal["new", "revised", "requested"] = "new"
    day: date | None = None
    last: bool = False
    run_size: int | None = Field(default=None, ge=0)
    backfill: bool = False


class PapersNew(_RunEvent):
    """The metadata of these papers is stored (or, typed by a person: process these again)."""

    subject = "papers.new"
    paper_ids: PaperIds


class EmbeddingsReady(_RunEvent):
    """A vector of these papers is stored; those in `failed` will have none."""

    subject = "embeddings.ready"
    paper_ids: PaperIdsOrNone
    failed: PaperIdsOrNone = ()
    model: str


class Pick(Message):
    """One paper worth reading. `score` is in [0, 1]; None where nothing was compared (a person asked for it)."""

    paper_id: PaperId
    score: float | None = None
    slot: Slot = "requested"
    reasons: tuple[str, ...] = ()


class PapersSelected(Event):
    """These papers are worth reading, each with its score, slot and reasons.

    `batch`: there is no hurry; their first questions may wait a day in a batch, at a lower price.
    """

    subject = "papers.selected"
    paper_ids: PaperIds
    picks: tuple[Pick, ...] = ()
    force: bool = False
    day: date | None = None
    batch: bool = False

    @model_validator(mode="after")
    def _picks_are_of_these_papers(self) -> Self:
        strangers = {pick.paper_id for pick in self.picks} - set(self.paper_ids)
        if strangers:
            raise ValueError(f"picks name papers that paper_ids does not: {', '.join(sorted(strangers))}")
        return self

    def pick(self, paper_id: str) -> Pick:
        """What the ranker said of a paper; a bare request where it said nothing."""
        picks = {pick.paper_id: pick for pick in self.picks}
        return picks.get(paper_id, Pick(paper_id=paper_id))


class SummariesReady(Event):
    """These papers have a summary."""

    subject = "summaries.ready"
    paper_ids: PaperIds
    force: bool = False


class FeedbackLabel(Event):
    """The user's rating of papers; `clear` takes an earlier one back."""

    subject = "feedback.label"
    paper_ids: PaperIds
    label: Label
    source: str = "nats"
    actor: str = DEFAULT_USER
    weight: float = Field(default=1.0, gt=0, le=100)


EVENTS: tuple[type[Event], ...] = (PapersNew, EmbeddingsReady, PapersSelected, SummariesReady, FeedbackLabel)
