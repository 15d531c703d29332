"""The score of relatedness."""

import numpy as np
import pytest

from services.summarizer.relatedness.scoring import ScoredText, relatedness, spread, standardised
from services.summarizer.relatedness.terms import Rarity, terms_of
from services.summarizer.vectors import Matrix
from tests.support.papers.summarizer import vector_of

TITLES = ["Merge trees on disks", "Sorting with merge trees", "Black holes and light", "Light bends near stars"]


def scored(title: str, *, with_vector: bool = True) -> ScoredText:
    vector = vector_of(title) if with_vector else None
    return ScoredText(terms_of(title, ""), vector, None if vector is None else vector[None, :])


@pytest.mark.parametrize("with_vector", [True, False])
def test_the_candidate_on_the_same_subject_comes_first_with_vectors_or_without(with_vector: bool) -> None:
    candidates = [scored(title, with_vector=with_vector) for title in TITLES]
    query = scored("Merge trees for sorting", with_vector=with_vector)
    values = relatedness(query, candidates, Rarity(candidate.terms for candidate in candidates))
    assert set(np.argsort(-values)[:2]) == {0, 1}


def test_a_missing_vector_of_one_candidate_leaves_out_all_vectors_and_nobody() -> None:
    candidates = [scored(TITLES[0]), scored(TITLES[1], with_vector=False), scored(TITLES[2])]
    values = relatedness(scored("Merge trees"), candidates, Rarity(candidate.terms for candidate in candidates))
    assert len(values) == 3
    assert values.argmin() == 2


def test_of_two_equal_candidates_the_one_in_better_company_wins() -> None:
    vectors = np.array([[1, 0], [0.95, 0.31], [0, 1], [0.1, 0.99]], dtype=np.float32)
    mixed = spread(np.array([0.5, 1.0, 0.5, -1.0]), vectors)
    assert mixed[0] > mixed[2]


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_candidates_have_finite_scores(count: int) -> None:
    candidates = [scored(title) for title in TITLES[:count]]
    values = relatedness(scored("Merge trees"), candidates, Rarity(candidate.terms for candidate in candidates))
    assert len(values) == count
    assert np.isfinite(values).all()


def test_equal_values_are_all_zero_when_standardised() -> None:
    values: Matrix = np.ones(3, dtype=np.float32)
    assert standardised(values).tolist() == [0.0, 0.0, 0.0]
