"""Places among a day's picks that are kept for small interests: the best paper of each by its own model. Pure.

Only an interest that no pick by score belongs to needs one; the last pick that no interest needs makes room.
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


def keep_places(ranked: Sequence[RankedPaper], facets: Sequence[Sequence[str]], most: int) -> KeptPlaces:
    """At most so many picks go to interests without one. `facets[i]` are the papers of an interest, best first."""
    by_score = [paper.paper_id for paper in ranked if paper.outcome == "picked" and paper.slot == "top"]
    picked = {paper.paper_id for paper in ranked if paper.outcome == "picked"}
    can_be_picked = {paper.paper_id for paper in ranked if paper.outcome in ("below_quota", "thinned")}
    needed = {served for papers in facets if (served := _first(by_score, set(papers)))}
    facet_of: dict[str, int] = {}
    displaced: set[str] = set()
    for number, papers in enumerate(facets):
        chosen = _first(papers, can_be_picked - set(facet_of))
        room = next((name for name in reversed(by_score) if name not in needed | displaced), None)
        if len(facet_of) == most or picked & set(papers) or chosen is None or room is None:
            continue
        facet_of[chosen] = number
        displaced.add(room)
    return KeptPlaces([_moved(paper, facet_of, displaced) for paper in ranked], facet_of, frozenset(displaced))


def _first(papers: Sequence[str], among: set[str]) -> str | None:
    return next((paper_id for paper_id in papers if paper_id in among), None)


def _moved(paper: RankedPaper, facet_of: dict[str, int], displaced: set[str]) -> RankedPaper:
    if paper.paper_id in facet_of:
        return replace(paper, outcome="picked", slot="facet", similar_to="", cosine=0.0, propensity=1.0)
    if paper.paper_id in displaced:
        return replace(paper, outcome="below_quota", slot="", propensity=0.0)
    return paper
