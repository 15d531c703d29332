"""Likes minus dislikes."""

import numpy as np
import pytest

from services.ranker.similarity import Pool, affinity, affinity_parts, empty_pool, similarity, similarity_parts
from shared.store.embeddings import Matrix


def unit(*rows: list[float]) -> Matrix:
    matrix = np.array(rows, dtype=np.float32)
    return np.asarray(matrix / np.linalg.norm(matrix, axis=1, keepdims=True), dtype=np.float32)


def pool(*rows: list[float], weights: list[float] | None = None) -> Pool:
    names = tuple(f"p{number}" for number in range(len(rows)))
    return Pool(names, unit(*rows), np.array(weights or [1.0] * len(rows)))


def test_a_paper_near_a_like_is_better_than_one_near_nothing_and_that_than_one_near_a_dislike() -> None:
    papers = unit([1, 0.1, 0], [0, 0, 1], [0.1, 1, 0])
    near_like, near_nothing, near_dislike = similarity(papers, pool([1, 0, 0]), pool([0, 1, 0]))
    assert near_like > near_nothing > near_dislike


def test_two_interests_are_not_blurred_into_one_between_them() -> None:
    papers = unit([1, 0, 0], [1, 1, 0])
    at_one, between = affinity(papers, pool([1, 0, 0], [0, 1, 0]))
    assert at_one > between


def test_nothing_liked_and_nothing_disliked_says_nothing() -> None:
    assert similarity(unit([1, 0]), empty_pool(2), empty_pool(2)).tolist() == [0.0]


def test_a_like_that_weighs_more_pulls_more() -> None:
    papers = unit([1, 0], [0, 1])
    first, second = affinity(papers, pool([1, 0], [0, 1], weights=[3.0, 1.0]))
    assert first > second


def test_a_faded_like_pulls_less_as_the_nearest_too() -> None:
    faded, full = pool([1, 0], weights=[0.1]), pool([1, 0])
    assert affinity(unit([1, 0]), faded)[0] < affinity(unit([1, 0]), full)[0]
    assert len(full.weighted(0)) == 0


@pytest.mark.parametrize("seed", range(5))
def test_the_parts_of_each_verdict_sum_to_the_whole(seed: int) -> None:
    rng = np.random.default_rng(seed)
    likes = Pool(tuple("abcd"), unit(*rng.normal(size=(4, 6)).tolist()), rng.uniform(0.2, 3, 4))
    dislikes = Pool(tuple("xyz"), unit(*rng.normal(size=(3, 6)).tolist()), rng.uniform(0.2, 3, 3))
    papers = unit(*rng.normal(size=(1, 6)).tolist())
    wanted, unwanted = similarity_parts(papers[0], likes, dislikes)
    assert wanted.sum() + unwanted.sum() == pytest.approx(similarity(papers, likes, dislikes)[0], abs=1e-5)
    assert affinity_parts(papers[0], likes).sum() == pytest.approx(affinity(papers, likes)[0], abs=1e-5)
