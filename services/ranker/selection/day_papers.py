"""The papers of a day as all users' models need them: what is no one's own is read and projected once for everybody."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property

from services.ranker.features.paper_ages import days_between
from services.ranker.learning.background_papers import Background
from services.ranker.learning.lexicon import Bag, bag_of_paper
from services.ranker.learning.similarity import Array, ProjectedVectors, projected_vectors
from services.ranker.learning.taste import Taste
from shared.contracts import Exclusion, Label
from shared.store.papers.metadata import MetadataStore, Paper
from shared.store.people.preferences import Rating
from shared.store.vectors.joined_vectors import JoinedVectors

_PAPERS_AT_ONCE = 1_000
_BACKGROUNDS_KEPT = 3


class DayPapers:
    """Papers that have a vector: `matrix[i]` (n x d, length 1) is of `ids[i]`. Of texts only the words are kept."""

    def __init__(self, vectors: JoinedVectors, metadata: MetadataStore, paper_ids: Sequence[str]) -> None:
        self.ids, self.matrix = vectors.get(paper_ids)
        self._metadata = metadata
        self._projected: dict[int, tuple[Background, ProjectedVectors]] = {}

    def excluded(self, ratings: Mapping[str, Rating]) -> list[Exclusion | None]:
        """Why each paper cannot be picked for who gave these ratings; None where it can."""
        labels = [ratings[name].label if name in ratings else None for name in self.ids]
        return [exclusion_of(withdrawn, label) for withdrawn, label in zip(self._withdrawn, labels, strict=True)]

    def scores(self, taste: Taste, moment: datetime) -> Array:
        """By a user's taste at a moment."""
        if taste.regime == "typical" or not self.ids:
            return taste.score(self.matrix)
        bags, published_at = self._texts
        days = days_between(published_at, [moment] * len(published_at))
        return taste.score(self.matrix, bags, days, self.projected_by(taste.background))

    @cached_property
    def _withdrawn(self) -> list[bool]:
        return [paper is not None and paper.withdrawn for block in self._blocks() for paper in block]

    @cached_property
    def _texts(self) -> tuple[list[Bag], list[datetime | None]]:
        bags, published_at = list[Bag](), list[datetime | None]()
        for block in self._blocks():
            bags += map(bag_of_paper, block)
            published_at += [paper.published_at if paper else None for paper in block]
        return bags, published_at

    def _blocks(self) -> Iterator[list[Paper | None]]:
        """The papers' metadata, part by part, as the texts take most memory."""
        for start in range(0, len(self.ids), _PAPERS_AT_ONCE):
            names = self.ids[start : start + _PAPERS_AT_ONCE]
            stored = self._metadata.get(names)
            yield [stored.get(name) for name in names]

    def projected_by(self, background: Background) -> ProjectedVectors:
        """The papers as a background sees them. Users' models share one or two: each projects the papers once."""
        if id(background) not in self._projected:
            while len(self._projected) >= _BACKGROUNDS_KEPT:
                del self._projected[next(iter(self._projected))]
            projected = projected_vectors(self.matrix, background)
            background.remember(background.centred(self.matrix), projected.vectors, projected.hubness)
            self._projected[id(background)] = background, projected
        return self._projected[id(background)][1]


def exclusion_of(withdrawn: bool, label: Label | None) -> Exclusion | None:
    """Why a paper cannot be picked; None where it can."""
    if withdrawn:
        return "withdrawn"
    if label == "dislike":
        return "disliked"
    return "already_read" if label == "like" else None
