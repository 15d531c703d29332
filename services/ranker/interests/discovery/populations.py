"""What likes are compared with: a sample of arXiv, and summarised papers that are not liked."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from services.ranker.interests.discovery.association import Mask, PermutationTest
from services.ranker.interests.discovery.concepts import Concept, Rows, concepts_of, summary_concepts
from services.ranker.interests.discovery.evidence import Evidence
from services.ranker.interests.discovery.phrases import Phrase, counts_of, phrases_of

FEWEST_READ_LIKES = 8
FEWEST_READ_OTHERS = 16


@dataclass(frozen=True, eq=False)
class Population:
    """Papers, `liked` ones first, and the concepts over them. `evidence_rows` are those of the liked ones in it."""

    against: str
    texts: Sequence[str]
    categories: Sequence[str]
    evidence_rows: NDArray[np.intp]
    concepts: Sequence[Concept]

    @property
    def likes(self) -> int:
        return len(self.evidence_rows)

    @property
    def others(self) -> int:
        return len(self.texts) - len(self.evidence_rows)

    @cached_property
    def liked(self) -> Mask:
        return np.arange(len(self.texts)) < self.likes

    @cached_property
    def test(self) -> PermutationTest:
        return PermutationTest(self.concepts, len(self.texts))

    @cached_property
    def phrases(self) -> list[frozenset[Phrase]]:
        return [phrases_of(text) for text in self.texts]

    @cached_property
    def phrases_of_others(self) -> Counter[Phrase]:
        return counts_of(self.phrases[self.likes :])

    def liked_rows(self, concept: Concept) -> Rows:
        """The evidence's rows of the likes that have a concept."""
        return np.sort(self.evidence_rows[concept.rows[concept.rows < self.likes]])

    def own_rows(self, rows: Rows) -> list[int]:
        """The likes at rows of the evidence, as they are numbered here."""
        return np.flatnonzero(np.isin(self.evidence_rows, rows)).tolist()


def against_arxiv(evidence: Evidence) -> Population:
    """Likes and a sample of what arXiv offers, by what their titles, abstracts, categories and vectors tell."""
    texts = [item.text for item in evidence.items]
    return Population("arxiv", texts, evidence.categories, np.arange(evidence.likes), concepts_of(evidence))


def against_read(evidence: Evidence) -> Population | None:
    """Likes that have a summary, and the other papers that have one, by what summaries say; None where too few do."""
    rows = read_likes(evidence)
    if len(rows) < FEWEST_READ_LIKES or len(evidence.read) < FEWEST_READ_OTHERS:
        return None
    items = [*(evidence.items[row] for row in rows), *evidence.read]
    summaries = [item.summary for item in items if item.summary is not None]
    categories = [item.category for item in items]
    return Population(
        "read", [text.text for text in summaries], categories, np.array(rows), summary_concepts(summaries)
    )


def read_likes(evidence: Evidence) -> list[int]:
    """The rows of the likes that have a summary."""
    return [row for row, item in enumerate(evidence.items[: evidence.likes]) if item.summary is not None]
