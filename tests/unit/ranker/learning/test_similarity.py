"""The neighbourhood of what was judged, and the background it is seen against."""

import numpy as np
import pytest

from services.ranker.learning.background_papers import Background, background_of
from services.ranker.learning.similarity import (
    Array,
    Neighbourhood,
    Pool,
    Projector,
    empty_pool,
    neighbourhood_of,
    projected_vectors,
)
from shared.store.vectors.embeddings import Matrix

EMPTY = background_of((), np.empty((0, 3), np.float32))


def unit(*rows: list[float]) -> Matrix:
    matrix = np.array(rows, dtype=np.float32)
    return np.asarray(matrix / np.linalg.norm(matrix, axis=1, keepdims=True), dtype=np.float32)


def pool(*rows: list[float], weights: list[float] | None = None) -> Pool:
    names = tuple(f"p{number}" for number in range(len(rows)))
    return Pool(names, unit(*rows), np.array(weights or [1.0] * len(rows)))


def near(judged: Pool, background: Background = EMPTY) -> Neighbourhood:
    return neighbourhood_of(judged, Projector(background)(judged), background.correction)


def affinity(papers: Matrix, judged: Pool, background: Background = EMPTY) -> Array:
    return near(judged, background).affinity(projected_vectors(papers, background))


def test_a_paper_near_a_like_is_nearer_than_one_near_nothing() -> None:
    near_like, near_nothing = affinity(unit([1, 0.1, 0], [0, 0, 1]), pool([1, 0, 0]))
    assert near_like > near_nothing


def test_two_interests_are_not_blurred_into_one_between_them() -> None:
    at_one, between = affinity(unit([1, 0, 0], [1, 1, 0]), pool([1, 0, 0], [0, 1, 0]))
    assert at_one > between


def test_two_likes_nearby_count_for_more_than_one() -> None:
    at_two, at_one = affinity(unit([1, 0, 0], [0, 1, 0]), pool([1, 0.1, 0], [1, -0.1, 0], [0, 1, 0.1]))
    assert at_two > at_one


def test_nothing_judged_says_nothing() -> None:
    assert affinity(unit([1, 0, 0]), empty_pool(3)).tolist() == [0.0]
    assert near(pool([1, 0, 0])).own().tolist() == [0.0]


def test_a_like_that_weighs_more_pulls_more() -> None:
    first, second = affinity(unit([1, 0, 0], [0, 1, 0]), pool([1, 0, 0], [0, 1, 0], weights=[3.0, 1.0]))
    assert first > second
    assert len(pool([1, 0, 0]).weighted(0)) == 0


@pytest.mark.parametrize("seed", range(3))
def test_what_is_left_without_one_is_what_the_rest_says(seed: int) -> None:
    rng = np.random.default_rng(seed)
    others = background_of([f"b{n}" for n in range(40)], unit(*rng.normal(size=(40, 6)).tolist()))
    judged = Pool(tuple("abcd"), unit(*rng.normal(size=(4, 6)).tolist()), rng.uniform(0.2, 3, 4))
    paper = unit(*rng.normal(size=(1, 6)).tolist())
    left_out = near(judged, others).left_out(projected_vectors(paper, others))[0]
    own = near(judged, others).own()
    for row, name in enumerate(judged.names):
        rest = judged.without(name)
        assert left_out[row] == pytest.approx(affinity(paper, rest, others)[0], abs=1e-4)
        assert own[row] == pytest.approx(affinity(judged.vectors[[row]], rest, others)[0], abs=1e-4)


def test_what_all_papers_share_is_taken_out() -> None:
    rng = np.random.default_rng(0)
    shared = rng.normal(size=(400, 16)) + 3
    others = background_of([str(n) for n in range(400)], unit(*shared.tolist()))
    assert others.centred(unit(*shared.tolist())).mean(axis=0) == pytest.approx(0, abs=0.12)


def test_a_paper_in_a_crowd_is_near_to_nobody_in_particular() -> None:
    rng = np.random.default_rng(0)
    crowd = np.concatenate([rng.normal(size=(800, 16)), np.eye(16)[0] * 6 + rng.normal(size=(200, 16))])
    others = background_of([str(n) for n in range(1000)], unit(*crowd.tolist()))
    hub, hermit = projected_vectors(unit(crowd[900].tolist(), (-crowd[900]).tolist()), others).hubness
    assert hub > hermit


def test_a_place_is_remembered_by_name() -> None:
    projector = Projector(EMPTY)
    first = projector(pool([1, 0, 0], [0, 1, 0]))
    again = projector(pool([1, 0, 0]))
    assert (first.vectors[:1] == again.vectors).all()
