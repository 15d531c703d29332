"""Which papers a user's map shows: the newest rated and saved ones, and those that arrived last. Pure."""

from collections.abc import Iterable, Mapping, Sequence

from shared.contracts import MapKind
from shared.store.people.preferences import Rating
from shared.store.selections import Candidate

MOST_LIKED, MOST_DISLIKED, MOST_SAVED, MOST_NEW = 250, 60, 100, 190
"""Six hundred points are what a plane can show, and a page load without weighing too much."""


def chosen_papers(
    ratings: Mapping[str, Rating], saved: Sequence[str], days: Iterable[Sequence[Candidate]]
) -> dict[str, MapKind]:
    """Papers with what they are to the user; a rating says more than saving, saving more than being new.

    `ratings` and `saved` end with the newest, `days` begin with it. A new paper that is rated keeps its place among the
    new ones, so that rating a paper of the map takes no other in.
    """
    labels = {paper_id: rating.label for paper_id, rating in ratings.items()}
    liked = [paper_id for paper_id, label in labels.items() if label == "like"][-MOST_LIKED:]
    disliked = [paper_id for paper_id, label in labels.items() if label == "dislike"][-MOST_DISLIKED:]
    kinds: dict[str, MapKind] = dict.fromkeys(newest(days), "new")
    kinds.update(dict.fromkeys(saved[-MOST_SAVED:], "saved"))
    kinds.update(dict.fromkeys(disliked, "disliked"))
    kinds.update(dict.fromkeys(liked, "liked"))
    return kinds


def newest(days: Iterable[Sequence[Candidate]]) -> list[str]:
    """The papers of the newest selections, in each the picks first, then by rank."""
    ids: dict[str, None] = {}
    for candidates in days:
        for candidate in sorted(candidates, key=_picks_first):
            if len(ids) >= MOST_NEW:
                return list(ids)
            ids[candidate.paper_id] = None
    return list(ids)


def _picks_first(candidate: Candidate) -> tuple[bool, bool, int, str]:
    return candidate.outcome != "picked", candidate.rank is None, candidate.rank or 0, candidate.paper_id
