"""Papers of one field over time, and the phrases that stand in them. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.ranker.interests.discovery.evidence import category_means
from services.ranker.interests.discovery.phrases import Phrase, read_phrases
from services.ranker.rising.author_groups import author_key
from services.ranker.rising.first_publication import WINDOW_DAYS
from shared.store.vectors.embeddings import Matrix

_FEWEST_PAPERS = 8
_MOST_COMMON = 0.12
_TOPICAL = 0.02
_FEWEST_OF_A_STRATUM = 40
_WEEK = 7


@dataclass(frozen=True)
class DatedPaper:
    """A paper with the day of its first version."""

    paper_id: str
    text: str
    category: str
    authors: tuple[str, ...]
    day: date


@dataclass(frozen=True, eq=False)
class Population:
    """`papers[i]` has the vector `vectors[i]` (length 1); `newest` is the last day of the newest window."""

    papers: Sequence[DatedPaper]
    vectors: Matrix
    newest: date

    @cached_property
    def ages(self) -> NDArray[np.int_]:
        """Days before the newest."""
        return np.array([(self.newest - paper.day).days for paper in self.papers], dtype=np.int_)

    @property
    def windows(self) -> NDArray[np.int_]:
        """The window of each paper, 0 for the newest."""
        return self.ages // WINDOW_DAYS

    @property
    def weeks(self) -> NDArray[np.int_]:
        """The week of each paper, 0 for the newest."""
        return self.ages // _WEEK

    @cached_property
    def strata(self) -> NDArray[np.int_]:
        """The primary category of each paper as a number; small categories together are one."""
        _, numbers, counts = np.unique(
            [paper.category for paper in self.papers], return_inverse=True, return_counts=True
        )
        return np.where(counts[numbers] >= _FEWEST_OF_A_STRATUM, numbers, len(counts))

    @cached_property
    def authors(self) -> list[tuple[str, ...]]:
        return [tuple(dict.fromkeys(map(author_key, paper.authors))) for paper in self.papers]

    @cached_property
    def concepts(self) -> "PhraseConcepts":
        return read_concepts(self.papers, self._residuals)

    @property
    def _residuals(self) -> Matrix:
        """The vectors without what their category has in common."""
        categories = [paper.category for paper in self.papers]
        means = category_means(self.vectors, categories)
        rest = self.vectors - np.array([means.get(category, means[""]) for category in categories])
        return np.asarray(rest / np.maximum(np.linalg.norm(rest, axis=1, keepdims=True), 1e-9), dtype=np.float32)


@dataclass(frozen=True, eq=False)
class PhraseConcepts:
    """Phrases that enough and not too many papers have: `members` is papers x phrases, 1 where a paper has it.

    Phrases are kept as hashes, as all those of thousands of papers would fill the memory.
    """

    members: Any
    hashes: NDArray[np.int64]
    papers: Sequence[DatedPaper]

    def __len__(self) -> int:
        return len(self.hashes)

    def rows(self, concept: int) -> NDArray[np.intp]:
        """The papers that have a phrase."""
        columns = self._by_phrase
        return np.sort(columns.indices[columns.indptr[concept] : columns.indptr[concept + 1]]).astype(np.intp)

    def phrase(self, concept: int) -> Phrase:
        """The phrase itself, read again from a paper that has it."""
        wanted = int(self.hashes[concept])
        text = self.papers[int(self.rows(concept)[0])].text
        return next(phrase for phrase in read_phrases(text) if hash(phrase) == wanted)

    @cached_property
    def _by_phrase(self) -> Any:
        return self.members.tocsc()


def read_concepts(papers: Sequence[DatedPaper], residuals: Matrix) -> PhraseConcepts:
    """The phrases whose papers are nearer to each other than papers drawn at random, whenever they were published."""
    from scipy.sparse import csr_matrix

    hashes, starts = _hashes_of(papers)
    kept, places, counts = np.unique(hashes, return_inverse=True, return_counts=True)
    fits = (counts >= _FEWEST_PAPERS) & (counts <= max(_MOST_COMMON * len(papers), 2 * _FEWEST_PAPERS))
    shape = len(papers), len(kept)
    members = csr_matrix((np.ones(len(hashes), np.int32), places, starts), shape=shape)[:, np.flatnonzero(fits)]
    topical = np.flatnonzero(_closeness(members, residuals) >= _TOPICAL)
    return PhraseConcepts(members[:, topical], kept[fits][topical], papers)


def _hashes_of(papers: Sequence[DatedPaper]) -> tuple[NDArray[np.int64], NDArray[np.int_]]:
    """The hashes of the phrases of all papers end to end, and where those of each begin."""
    parts = [phrase_hashes(paper.text) for paper in papers]
    starts = np.concatenate([[0], np.cumsum([len(part) for part in parts])]).astype(np.int_)
    return np.concatenate([np.empty(0, np.int64), *parts]), starts


def phrase_hashes(text: str) -> NDArray[np.int64]:
    """The hashes of a text's phrases; the same within one process."""
    phrases = read_phrases(text)
    return np.fromiter(map(hash, phrases), np.int64, len(phrases))


def _closeness(members: Any, residuals: Matrix) -> NDArray[np.float64]:
    """Of each phrase the mean cosine between its papers: the square of the mean of n unit vectors is
    1/n + (1 - 1/n) times that."""
    sizes = np.asarray(members.sum(axis=0)).ravel()
    sums = members.T.astype(np.float32) @ (residuals - residuals.mean(axis=0))
    squares = (np.asarray(sums, dtype=np.float64) ** 2).sum(axis=1) / np.maximum(sizes, 1)
    return np.asarray((squares - 1) / np.maximum(sizes - 1, 1), dtype=np.float64)
