"""Places among a day's picks that are kept for small interests: the best papers of each by its own model. Pure.

Only an interest with fewer picks by score than it is due needs one; the last pick that no interest needs makes room.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from services.ranker.selection.picking import RankedPaper


@dataclass(frozen=True)
class KeptPlaces:
    """The papers as they were ranked; for which interest (its number) some were picked, and which papers made room."""

    ranked: list[RankedPaper]
    facet_of: dict[str, int] = field(default_factory=dict)
    displaced: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Claim:
    """What an interest is due: so many `places`, for `papers`, best first."""

    places: int
    papers: Sequence[str]


def keep_places(ranked: Sequence[RankedPaper], claims: Sequence[Claim], most: int) -> KeptPlaces:
    """At most so many picks go to interests that have fewer than they are due, the first claims first."""
    by_score = [paper.paper_id for paper in ranked if paper.outcome == "picked" and paper.slot == "top"]
    picked = {paper.paper_id for paper in ranked if paper.outcome == "picked"}
    can_be_picked = {paper.paper_id for paper in ranked if paper.outcome in ("below_quota", "thinned")}
    needed = {name for claim in claims for name in _served(by_score, claim)}
    facet_of: dict[str, int] = {}
    displaced: set[str] = set()
    for number, claim in enumerate(claims):
        for _ in range(claim.places - len(picked & set(claim.papers))):
            chosen = next((name for name in claim.papers if name in can_be_picked and name not in facet_of), None)
            room = next((name for name in reversed(by_score) if name not in needed | displaced), None)
            if len(facet_of) < most and chosen is not None and room is not None:
                facet_of[chosen] = number
                displaced.add(room)
    return KeptPlaces([_moved(paper, facet_of, displaced) for paper in ranked], facet_of, frozenset(displaced))


def _served(by_score: Sequence[str], claim: Claim) -> list[str]:
    """The picks by score that an interest has, as many as it is due."""
    papers = set(claim.papers)
    return [name for name in by_score if name in papers][: claim.places]


def _moved(paper: RankedPaper, facet_of: dict[str, int], displaced: set[str]) -> RankedPaper:
    if paper.paper_id in facet_of:
        return replace(paper, outcome="picked", slot="facet", similar_to="", cosine=0.0, propensity=1.0)
    if paper.paper_id in displaced:
        return replace(paper, outcome="below_quota", slot="", propensity=0.0)
    return paper
