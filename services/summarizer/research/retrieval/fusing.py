"""Rankings by words and by vectors as one.

The scores themselves are added, each in standard deviations of its ranking: on real papers better than reciprocal
ranks, as in Bruch, Gai and Ingber, An Analysis of Fusion Functions for Hybrid Retrieval, TOIS 2023.
"""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from services.summarizer.research.retrieval.abstracts import ComparedAbstract
from services.summarizer.research.retrieval.passage_words import ScoredChunk

DEPTH = 100
"""So many of each ranking are fused; what is no further down has no words of the question, or is far from it."""
_WORDS_WEIGHT = 0.6


class FusedChunk(NamedTuple):
    """A chunk with its rank (from 1) in each of the rankings that have it."""

    chunk_id: str
    score: float
    word_rank: int | None
    vector_rank: int | None


def fused(by_words: Sequence[ScoredChunk], by_vectors: Sequence[ScoredChunk]) -> list[FusedChunk]:
    """What either ranking has, best first, with a score between 0 and 1. Both are given best first."""
    of_words, of_vectors = _standardised(by_words, 0.0), _standardised(by_vectors, None)
    weight = _WORDS_WEIGHT if by_vectors else 1.0
    word_ranks = {hit.chunk_id: rank for rank, hit in enumerate(by_words, 1)}
    vector_ranks = {hit.chunk_id: rank for rank, hit in enumerate(by_vectors, 1)}
    sums = {
        chunk_id: weight * of_words(chunk_id) + (1 - weight) * of_vectors(chunk_id)
        for chunk_id in word_ranks | vector_ranks
    }
    best = sorted(sums, key=lambda chunk_id: (-sums[chunk_id], chunk_id))
    return [
        FusedChunk(chunk_id, _between_0_and_1(sums[chunk_id]), word_ranks.get(chunk_id), vector_ranks.get(chunk_id))
        for chunk_id in best
    ]


def with_abstracts(
    by_words: Sequence[ScoredChunk], by_vectors: Sequence[ScoredChunk], abstracts: Sequence[ComparedAbstract]
) -> tuple[list[ScoredChunk], list[ScoredChunk]]:
    """The rankings of chunks with abstracts in them: by cosine, and by the share of words as if all were the best."""
    best = by_words[0].score if by_words else 1.0
    near = [ScoredChunk(hit.chunk.chunk_id, hit.cosine) for hit in abstracts if hit.cosine is not None]
    worded = [ScoredChunk(hit.chunk.chunk_id, best * hit.word_share) for hit in abstracts if hit.word_share]
    return _sorted([*by_words, *worded]), _sorted([*by_vectors, *near])


def _sorted(hits: Sequence[ScoredChunk]) -> list[ScoredChunk]:
    return sorted(hits, key=lambda hit: -hit.score)


def _standardised(hits: Sequence[ScoredChunk], absent: float | None) -> Callable[[str], float]:
    """How far a chunk's score is from the mean, in standard deviations.

    One that the ranking lacks has the score `absent` where the ranking is not cut, and its lowest one else.
    """
    if not hits:
        return lambda chunk_id: 0.0
    scores = {hit.chunk_id: hit.score for hit in hits}
    lowest = absent if absent is not None and len(hits) < DEPTH else hits[-1].score
    every = np.array([*scores.values(), lowest])
    mean, deviation = float(every.mean()), float(every.std())
    return lambda chunk_id: (scores.get(chunk_id, lowest) - mean) / deviation if deviation > 0 else 0.0


def _between_0_and_1(value: float) -> float:
    return 1 / (1 + math.exp(-value))
