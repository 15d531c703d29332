"""A day's picks for small interests, with their matches and reasons: models are made, papers compared, places kept."""

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from services.ranker.facets.kept_places import Claim, KeptPlaces, keep_places
from services.ranker.facets.small_facets import SmallFacet, ordered_papers, small_facets
from services.ranker.learning.match import matches_of
from services.ranker.learning.taste import Taste
from services.ranker.selection.day_papers import DayPapers
from services.ranker.selection.picking import RankedPaper
from services.ranker.selection.reason_writer import ReasonWriter
from services.ranker.selection.reasons import Reasons
from shared.contracts import Match
from shared.store.vectors.embeddings import Matrix


class InterestPicks:
    """The picks of one selection with the places that are kept. What is `lowered` by the user's word gets none."""

    def __init__(
        self, taste: Taste, papers: DayPapers, ranked: Sequence[RankedPaper], lowered: NDArray[np.bool_], most: int
    ) -> None:
        by_score = sum(paper.outcome == "picked" and paper.slot == "top" for paper in ranked)
        self._likes = len(taste.likes)
        self._facets: list[SmallFacet] = small_facets(taste, by_score) if min(most, by_score - 1) > 0 else []
        barred = {name for name, is_lowered in zip(papers.ids, lowered, strict=True) if is_lowered}
        projected = papers.projected_by(taste.background) if self._facets else None
        claims = [
            Claim(facet.places, [name for name in ordered_papers(facet, papers.ids, projected) if name not in barred])
            for facet in self._facets
            if projected is not None
        ]
        self.kept: KeptPlaces = keep_places(ranked, claims, min(most, by_score - 1))

    def matches(self, vectors: Mapping[str, Matrix]) -> dict[str, Match]:
        """How well the picks for small interests match these; `vectors` (length 1) by paper."""
        return {
            name: matches_of(facet.taste, facet.taste.score(vectors[name][None]))[0]
            for name, facet in self._picked.items()
        }

    def reasons(
        self, writer: ReasonWriter, vectors: Mapping[str, Matrix], matches: Mapping[str, Match], day: date
    ) -> dict[str, Reasons]:
        """Why these were picked, and what became of the picks that made room."""
        reasons: dict[str, Reasons] = {}
        for name, facet in self._picked.items():
            by_facet = writer.write(facet.taste, {name: vectors[name]}, matches, day)[name]
            size = f"{len(facet.taste.likes)} of your {self._likes} likes"
            text = f"for a smaller interest of yours ({size}): {by_facet.sentences[0]}"
            reasons[name] = Reasons((text,), by_facet.details)
        ranks = {paper.paper_id: paper.rank for paper in self.kept.ranked}
        for name in self.kept.displaced:
            rank = f"rank {ranks[name]} of {len(ranks)}"
            reasons[name] = Reasons((f"{rank}; a smaller interest of yours had its place",))
        return reasons

    @property
    def _picked(self) -> dict[str, SmallFacet]:
        return {name: self._facets[number] for name, number in self.kept.facet_of.items()}
