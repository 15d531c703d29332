"""Facets keep their keys and names while likes grow: a facet that has an earlier one's papers is that one. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from services.ranker.interests.discovery.evidence import Evidence
from services.ranker.interests.discovery.facets import Facet
from services.ranker.interests.discovery.naming import is_apt
from shared.contracts import InterestFacet

SAME_FACET = 0.5


def continued(facets: Sequence[Facet], evidence: Evidence, earlier: Sequence[InterestFacet]) -> list[Facet]:
    """The facets, each under the key of the earlier one that it continues, and its name where that still fits.

    An earlier facet is continued by one facet at most: the one with most of its papers.
    """
    papers = [{evidence.items[row].paper_id for row in facet.rows} for facet in facets]
    pairs = [
        (shared_papers(papers[row], before.paper_ids), row, number)
        for row in range(len(facets))
        for number, before in enumerate(earlier)
    ]
    home: dict[int, InterestFacet] = {}
    taken: set[int] = set()
    for share, row, number in sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2])):
        if share >= SAME_FACET and row not in home and number not in taken:
            home[row] = earlier[number]
            taken.add(number)
    return [_as_before(facet, evidence, home.get(row)) for row, facet in enumerate(facets)]


def shared_papers(papers: set[str], others: Sequence[str]) -> float:
    """How much of the smaller of two sets of papers both have."""
    return len(papers & set(others)) / max(1, min(len(papers), len(others)))


def _as_before(facet: Facet, evidence: Evidence, before: InterestFacet | None) -> Facet:
    if before is None:
        return facet
    keeps_name = is_apt(before.name, [evidence.items[row] for row in facet.rows])
    return replace(facet, key=before.key, name=before.name if keeps_name else facet.name)
