"""Everything that was said of a paper, wherever it was said: the newest word counts, and disagreement is shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from shared import reached
from shared.contracts import Label
from shared.store.people.preferences import Rating

_SHOWN = 12
_SAID: Mapping[Label, str] = {"like": "Liked", "dislike": "Disliked", "clear": "Rating removed"}
_PLACES = {
    "reader": "in the reader",
    "cli": "on the command line",
    "digest": "in the daily e-mail",
    "feed": "in a feed",
    "setup": "at setup",
    "giscus": "on GitHub (giscus)",
    "notion": "in Notion",
    "nats": "by a program",
    "import": "in an imported file",
    "migrate": "in an older system",
}


@dataclass(frozen=True)
class SaidOnce:
    """One rating; `actor` is empty where it is the user; `counts` marks the one that holds."""

    said: str
    place: str
    actor: str
    at: datetime
    counts: bool


@dataclass(frozen=True)
class RatingHistory:
    """The newest ratings, newest first; `older` are not shown. `disagreement` is empty where there is none."""

    shown: Sequence[SaidOnce] = ()
    older: int = 0
    disagreement: str = ""


def history_of(ratings: Sequence[Rating]) -> RatingHistory:
    """`ratings` are all of one paper and user, oldest first."""
    entries = [_entry(rating, counts=rating is ratings[-1]) for rating in reversed(ratings)]
    return RatingHistory(entries[:_SHOWN], max(0, len(entries) - _SHOWN), _disagreement(ratings))


def place_of(source: str) -> str:
    """Where a rating was given, as in “Liked in the reader”."""
    place = reached.place_of(source)
    return _PLACES.get(place, f"by {place}" if place else "somewhere")


def _entry(rating: Rating, *, counts: bool) -> SaidOnce:
    actor = "" if rating.actor in (rating.user, "") else rating.actor
    return SaidOnce(_SAID[rating.label], place_of(rating.source), actor, rating.occurred_at, counts)


def _disagreement(ratings: Sequence[Rating]) -> str:
    """Whether the last words of two places or accounts contradict each other; what was removed says nothing more."""
    last: dict[tuple[str, str], Rating] = {}
    for rating in ratings:
        if rating.label == "clear":
            last.clear()
        else:
            key = reached.place_of(rating.source), rating.actor
            last.pop(key, None)
            last[key] = rating
    if len({rating.label for rating in last.values()}) < 2:
        return ""
    *_, newest = last.values()
    earlier = " and ".join(place_of(rating.source) for rating in last.values() if rating.label != newest.label)
    opposite = "disliked" if newest.label == "like" else "liked"
    newest_word = f"{_SAID[newest.label].lower()} {place_of(newest.source)}"
    return f"Your ratings disagree: {opposite} {earlier}, later {newest_word}. The newest counts."
