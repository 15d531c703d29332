"""How related each candidate is to a paper: shared words, nearness of whole texts and of sentences, and company.

Company: of two candidates as near to the paper, the one whose own neighbours among the candidates are near to it
counts more (the cluster hypothesis; spreading of scores over the graph of nearest neighbours as in Zhou et al.,
Ranking on Data Manifolds, 2003). The weights were chosen on proxies for relatedness; tests/bench/picks/bench_related.py
measures them, docs/links.md has the figures.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.summarizer.relatedness.terms import Rarity, Terms, shared_terms

Matrix = NDArray[np.float32]
Scores = NDArray[np.float64]

_WORDS, _TEXT, _SENTENCES = 0.5, 1.0, 1.0
_COMPANY = 0.65
_NEIGHBOURS = 10
_ROUNDS = 6


@dataclass(frozen=True)
class ScoredText:
    """A paper as it is compared: its words and, if known, unit vectors of it (d) and its sentences (s x d)."""

    terms: Terms
    vector: Matrix | None = None
    sentences: Matrix | None = None


def relatedness(paper: ScoredText, candidates: Sequence[ScoredText], rarity: Rarity) -> Scores:
    """A score a candidate; only their order and differences within this call mean something.

    What is missing (vectors, sentences) for the paper or any candidate is left out for all.
    """
    if not candidates:
        return np.zeros(0)
    terms = [candidate.terms for candidate in candidates]
    scores = _WORDS * standardised(np.array(shared_terms(paper.terms, terms, rarity)))
    vectors = _all_vectors(candidates) if paper.vector is not None else None
    if vectors is None or paper.vector is None:
        return scores
    scores = scores + _TEXT * standardised(vectors @ paper.vector)
    alignment = _alignments(paper, candidates)
    if alignment is not None:
        scores = scores + _SENTENCES * standardised(alignment)
    return spread(scores, vectors)


def standardised(values: NDArray[np.floating]) -> Scores:
    """Mean 0 and standard deviation 1; zeros where all are equal."""
    deviation = float(values.std())
    return np.asarray((values - values.mean()) / (deviation if deviation > 1e-9 else 1.0), dtype=np.float64)


def spread(scores: Scores, vectors: Matrix) -> Scores:
    """Each score mixed with those of the candidate's nearest candidates; `vectors` n x d."""
    if len(scores) <= 2:
        return scores
    weights = _neighbour_weights(vectors)
    mixed = scores
    for _ in range(_ROUNDS):
        mixed = (1 - _COMPANY) * scores + _COMPANY * weights @ mixed
    return mixed


def _neighbour_weights(vectors: Matrix) -> Scores:
    """Rows of cosines to the nearest other candidates, each row's sum 1."""
    near = np.asarray(vectors @ vectors.T, dtype=np.float64)
    np.fill_diagonal(near, 0.0)
    kept = min(_NEIGHBOURS, len(near) - 1)
    least = np.partition(near, -kept, axis=1)[:, -kept][:, None]
    near = np.where(near >= least, np.maximum(near, 0.0), 0.0)
    return np.asarray(near / (near.sum(axis=1, keepdims=True) + 1e-9), dtype=np.float64)


def _all_vectors(candidates: Sequence[ScoredText]) -> Matrix | None:
    vectors = [candidate.vector for candidate in candidates if candidate.vector is not None]
    return np.stack(vectors) if len(vectors) == len(candidates) else None


def _alignments(paper: ScoredText, candidates: Sequence[ScoredText]) -> Scores | None:
    """For each candidate how well its sentences and the paper's find a counterpart in each other."""
    if paper.sentences is None or not len(paper.sentences):
        return None
    alignments = []
    for candidate in candidates:
        if candidate.sentences is None or not len(candidate.sentences):
            return None
        cosines = paper.sentences @ candidate.sentences.T
        alignments.append(float(cosines.max(axis=1).mean() + cosines.max(axis=0).mean()))
    return np.array(alignments)
