"""What likes are compared with: what arXiv offers, and what was read and not liked."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from services.ranker.interests.association import Mask, Trial
from services.ranker.interests.concepts import Concept, Rows, concepts_of, said_concepts
from services.ranker.interests.evidence import Evidence
from services.ranker.interests.phrases import Phrase, counts_of, phrases_of

FEWEST_READ_LIKES = 8
FEWEST_READ_OTHERS = 16


@dataclass(frozen=True, eq=False)
class Population:
    """Papers, `liked` ones first, and the concepts over them. `places` are the evidence's rows of the liked ones."""

    against: str
    texts: Sequence[str]
    categories: Sequence[str]
    places: NDArray[np.intp]
    concepts: Sequence[Concept]

    @property
    def likes(self) -> int:
        return len(self.places)

    @property
    def others(self) -> int:
        return len(self.texts) - len(self.places)

    @cached_property
    def liked(self) -> Mask:
        return np.arange(len(self.texts)) < self.likes

    @cached_property
    def trial(self) -> Trial:
        return Trial(self.concepts, len(self.texts))

    @cached_property
    def phrases(self) -> list[frozenset[Phrase]]:
        return [phrases_of(text) for text in self.texts]

    @cached_property
    def phrases_of_others(self) -> Counter[Phrase]:
        return counts_of(self.phrases[self.likes :])

    def liked_rows(self, concept: Concept) -> Rows:
        """The evidence's rows of the likes that have a concept."""
        return np.sort(self.places[concept.rows[concept.rows < self.likes]])

    def own_rows(self, rows: Rows) -> list[int]:
        """The likes at rows of the evidence, as they are numbered here."""
        return np.flatnonzero(np.isin(self.places, rows)).tolist()


def against_arxiv(evidence: Evidence) -> Population:
    """Likes and a sample of what arXiv offers, by what their titles, abstracts, categories and vectors tell."""
    texts = [item.text for item in evidence.items]
    return Population("arxiv", texts, evidence.categories, np.arange(evidence.likes), concepts_of(evidence))


def against_read(evidence: Evidence) -> Population | None:
    """Likes that have a summary, and the other papers that have one, by what summaries say; None where too few do."""
    places = read_likes(evidence)
    if len(places) < FEWEST_READ_LIKES or len(evidence.read) < FEWEST_READ_OTHERS:
        return None
    items = [*(evidence.items[row] for row in places), *evidence.read]
    said = [item.said for item in items if item.said is not None]
    categories = [item.category for item in items]
    return Population("read", [one.text for one in said], categories, np.array(places), said_concepts(said))


def read_likes(evidence: Evidence) -> list[int]:
    """The rows of the likes that have a summary."""
    return [row for row, item in enumerate(evidence.items[: evidence.likes]) if item.said is not None]
