"""What becomes of each row of an import: which ratings are stored, and which change nothing. Pure.

Of several rows about one paper the newest counts, in files without times the last. A row without a time is said at the
moment of the import; where it repeats the rating that stands, at the moment of that, so that nothing moves.
"""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, cast

from services.feedback.importing.resolving import Resolved
from shared.contracts import FIRST_MOMENT, Label
from shared.store.people.preferences import Rating
from shared.store.people.signals import Signal
from shared.text.rating_files.rated_rows import Said

SOURCE = "import"
_NAMESPACE = uuid.UUID("0f3b7a52-91d4-4f55-8a2e-6d6f0f9f2c47")

Outcome = Literal[
    "new", "changed", "agreeing", "earlier", "repeated", "doubled", "conflicting", "kept", "skipped",
    "neutral but rated", "without rating", "offered", "not found", "still waiting",
]  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """What the user said before: ratings by paper, keys (event, paper) of all that was ever stored."""

    ratings: Mapping[str, Rating] = field(default_factory=dict)
    keys: Collection[tuple[str, str]] = frozenset()
    signal_keys: Collection[tuple[str, str]] = frozenset()
    waiting_keys: Collection[tuple[str, str]] = frozenset()


@dataclass(frozen=True)
class Terms:
    """Whose import it is, when, what rows without a rating are, and whether ratings that stand are never changed by
    rows without a time; whether such rows are older than those with one; what ratings say of their origin."""

    user: str
    at: datetime
    lists_are: Label = "like"
    keeps_mine: bool = False
    untimed_first: bool = False
    source: str = SOURCE


@dataclass(frozen=True)
class Step:
    """A row and what becomes of it, in words where there is more to say; the rating or signal that is stored."""

    resolved: Resolved
    outcome: Outcome
    note: str = ""
    rating: Rating | None = None
    signal: Signal | None = None

    @property
    def waits(self) -> bool:
        """Whether the rating is stored only once arXiv has said that its paper exists."""
        return self.rating is not None and self.resolved.state == "waiting"


def plan(rows: Iterable[Resolved], standing: Standing, terms: Terms) -> list[Step]:
    """A step for each row."""
    groups: dict[str, list[Resolved]] = defaultdict(list)
    steps: list[Step] = []
    for row in rows:
        said = said_of(row, terms)
        if row.state in ("offered", "not found"):
            steps.append(Step(row, cast(Outcome, row.state), row.why))
        elif said == "unknown":
            steps.append(Step(row, "without rating"))
        elif row.row.stored is not None:
            steps.append(_of_export(row, standing, terms))
        else:
            groups[row.paper_id].append(row)
    for group in groups.values():
        steps += _of_paper(group, standing, terms)
    return steps


def said_of(row: Resolved, terms: Terms) -> Said:
    return row.row.said or terms.lists_are


def _of_paper(group: Sequence[Resolved], standing: Standing, terms: Terms) -> list[Step]:
    """The newest row counts; the others say the same or something else."""
    untimed = FIRST_MOMENT if terms.untimed_first else terms.at
    number = max(range(len(group)), key=lambda each: (group[each].row.rated_at or untimed, each))
    chosen = group[number]
    others = [row for index, row in enumerate(group) if index != number]
    return [*(_beside(row, chosen, terms) for row in others), _of_row(chosen, standing, terms)]


def _beside(row: Resolved, chosen: Resolved, terms: Terms) -> Step:
    said, counts = said_of(row, terms), said_of(chosen, terms)
    if said == counts:
        return Step(row, "doubled")
    place = f"line {chosen.row.line}" if chosen.file == row.file else f"{chosen.file}, line {chosen.row.line}"
    return Step(row, "conflicting", f"{said} here, {counts} in {place}, which counts")


def _of_row(row: Resolved, standing: Standing, terms: Terms) -> Step:
    said = said_of(row, terms)
    if said == "neutral":
        return _neutral(row, standing, terms)
    event_id = _event_id(terms.user, row.paper_id, said, row.row.rated_at)
    if (event_id, row.paper_id) in standing.keys:
        return Step(row, "repeated")
    if row.state == "waiting" and (event_id, row.paper_id) in standing.waiting_keys:
        return Step(row, "still waiting")
    stands = standing.ratings.get(row.paper_id)
    label = cast(Label, said)
    if stands is None:
        if label == "clear":
            return Step(row, "without rating")
        return Step(row, "new", rating=_rating(event_id, row, label, terms, row.row.rated_at or terms.at))
    if stands.label == label and stands.occurred_at == row.row.rated_at:
        return Step(row, "repeated")
    if stands.label == label:
        return Step(
            row, "agreeing", rating=_rating(event_id, row, label, terms, row.row.rated_at or stands.occurred_at)
        )
    return _against(row, label, event_id, stands, terms)


def _against(row: Resolved, label: Label, event_id: str, stands: Rating, terms: Terms) -> Step:
    """A row that says something else than the user's rating: the newer word counts."""
    at = row.row.rated_at
    if at is None and terms.keeps_mine:
        return Step(row, "kept", f"{label} in the file; yours stays {stands.label}")
    rating = _rating(event_id, row, label, terms, at or terms.at)
    if rating.occurred_at < stands.occurred_at:
        return Step(row, "earlier", rating=rating)
    was = f"{stands.label} of {stands.occurred_at:%Y-%m-%d} ({stands.source})"
    return Step(row, "changed", f"{label} in place of your {was}", rating=rating)


def _neutral(row: Resolved, standing: Standing, terms: Terms) -> Step:
    """Seen, no opinion: that is what skipping a paper says. A rating that stands is not taken back by it."""
    if row.paper_id in standing.ratings:
        return Step(row, "neutral but rated")
    event_id = _event_id(terms.user, row.paper_id, "neutral", row.row.rated_at)
    if (event_id, row.paper_id) in standing.signal_keys:
        return Step(row, "repeated")
    if row.state == "waiting":
        return Step(row, "without rating")
    at = row.row.rated_at or terms.at
    return Step(row, "skipped", signal=Signal(event_id, terms.user, row.paper_id, "skip", terms.source, at))


def _of_export(row: Resolved, standing: Standing, terms: Terms) -> Step:
    """A row of an export of papersys is stored as it was, one of another user under an event of its own."""
    stored, said = row.row.stored, said_of(row, terms)
    assert stored is not None  # noqa: S101
    event_id = stored.event_id
    if stored.user != terms.user:
        event_id = _import_id(terms.user, event_id)
    if (event_id, row.paper_id) in standing.keys or said == "neutral":
        return Step(row, "repeated" if said != "neutral" else "without rating")
    at = row.row.rated_at or terms.at
    facts = event_id, row.paper_id, terms.user, cast(Label, said), stored.source, stored.actor, stored.weight, at
    stands = standing.ratings.get(row.paper_id)
    rating = Rating(*facts)
    if stands is None or stands.label == said:
        return Step(row, "new" if stands is None else "agreeing", rating=rating)
    return Step(row, "earlier", rating=rating) if at < stands.occurred_at else _changed(row, stands, rating)


def _changed(row: Resolved, stands: Rating, rating: Rating) -> Step:
    note = f"{rating.label} in place of your {stands.label} of {stands.occurred_at:%Y-%m-%d} ({stands.source})"
    return Step(row, "changed", note, rating=rating)


def _rating(event_id: str, row: Resolved, label: Label, terms: Terms, at: datetime) -> Rating:
    return Rating(event_id, row.paper_id, terms.user, label, terms.source, terms.user, 1.0, at)


def _event_id(user: str, paper_id: str, said: Said, rated_at: datetime | None) -> str:
    """The same for the same row of whatever file, so that it is stored once."""
    return _import_id(user, paper_id, said, rated_at.isoformat() if rated_at else "")


def _import_id(*facts: str) -> str:
    return f"import-{uuid.uuid5(_NAMESPACE, '|'.join(facts)).hex}"
