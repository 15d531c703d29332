"""Which liked papers the ranking had buried: candidates of a day that were not picked and were liked later. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.ranker.replay.days import RecordedDay
from services.ranker.selection.blind_check import REJECTED
from services.ranker.selection.blind_check import SLOT as BLIND_CHECK
from shared.reached import IN_WORDS, place_of, way_of
from shared.store.people.preferences import Rating
from shared.store.people.signals import Signal
from shared.store.selections import Candidate

_BY_SOURCE = {
    "reader": "in the reader",
    "import": "in a file that you imported",
    "setup": "while setting papersys up",
    "zotero": "in Zotero",
    "notion": "in Notion",
    "giscus": "in a discussion on GitHub",
    "digest": "in an e-mail",
    "mcp": "with an agent",
    "cli": "on the command line",
    "migrate": "in an older system",
}
_SHOWN = frozenset({"top", "explore", "revised"})


@dataclass(frozen=True)
class Missed:
    """A candidate of `recorded` that its user liked later, and how the user came to it, in words."""

    candidate: Candidate
    recorded: RecordedDay
    rating: Rating
    found_by: str

    @property
    def paper_id(self) -> str:
        return self.candidate.paper_id

    @property
    def ranked(self) -> int:
        """How many papers had a rank that day."""
        return sum(one.rank is not None for one in self.recorded.candidates)


def find_missed(
    days: Sequence[RecordedDay],
    picks: Iterable[Candidate],
    ratings: Mapping[str, Rating],
    signals: Iterable[Signal] = (),
) -> list[Missed]:
    """The papers among standing ratings that were missed, in the order in which they were rated.

    `days` are oldest first; `picks` all that was ever shown; `signals` tell how the person came to what was opened.
    The first day on which a paper competed counts.
    """
    liked = {name: rating for name, rating in ratings.items() if rating.label == "like"}
    shown, checked = _first_shown(picks)
    opened = [signal for signal in signals if signal.kind == "open" and way_of(signal.source)]
    found: dict[str, Missed] = {}
    seen: set[str] = set()
    for recorded in days:
        for candidate in recorded.candidates:
            name = candidate.paper_id
            if name not in liked or name in seen:
                continue
            seen.add(name)
            if _is_missed(candidate, liked[name], shown.get(name)):
                is_checked = name in checked and checked[name] <= liked[name].occurred_at
                words = _found_by(liked[name], opened, is_checked=is_checked)
                found[name] = Missed(candidate, recorded, liked[name], words)
    return sorted(found.values(), key=lambda missed: (missed.rating.occurred_at, missed.paper_id))


def _first_shown(picks: Iterable[Candidate]) -> tuple[dict[str, datetime], dict[str, datetime]]:
    """When each paper was first picked by the ranking, and when for a blind check."""
    shown, checked = dict[str, datetime](), dict[str, datetime]()
    for pick in picks:
        first = shown if pick.slot in _SHOWN else checked if pick.slot == BLIND_CHECK else None
        if first is not None:
            first[pick.paper_id] = min(pick.made_at, first.get(pick.paper_id, pick.made_at))
    return shown, checked


def _is_missed(candidate: Candidate, rating: Rating, shown_at: datetime | None) -> bool:
    is_buried = candidate.outcome in REJECTED and candidate.rank is not None and candidate.score is not None
    was_shown = shown_at is not None and shown_at <= rating.occurred_at
    return is_buried and candidate.made_at <= rating.occurred_at and not was_shown


def _found_by(rating: Rating, opened: Iterable[Signal], *, is_checked: bool) -> str:
    """In words. In the reader the first way that led to the paper before it was rated counts, where one is known."""
    if is_checked:
        return "by the blind check"
    place = place_of(rating.source)
    if place != "reader":
        return _BY_SOURCE.get(place, "elsewhere")
    before = [one for one in opened if one.paper_id == rating.paper_id and one.occurred_at <= rating.occurred_at]
    first = min(before, key=lambda one: one.occurred_at, default=None)
    way = way_of(first.source if first else rating.source)
    return IN_WORDS[way] if way else _BY_SOURCE[place]
