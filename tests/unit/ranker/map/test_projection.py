"""Places in the plane: like papers near each other, and where they were the day before."""

import numpy as np
import pytest
from numpy.typing import NDArray

from services.ranker.learning.similarity import Array
from services.ranker.map.projection import aligned, beside_neighbours, project
from shared.store.vectors.embeddings import Matrix

NOWHERE = np.nan


def papers(count: int, seed: int = 0, groups: int = 4) -> tuple[Matrix, NDArray[np.intp]]:
    """Unit vectors in some groups, and the group of each."""
    centres = np.random.default_rng(42).normal(size=(groups, 32))
    rng = np.random.default_rng(seed)
    group = rng.integers(0, groups, count)
    vectors = centres[group] + 0.5 * rng.normal(size=(count, 32))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32), group


def unknown(count: int) -> Array:
    return np.full((count, 2), NOWHERE)


def neighbours_in_group(places: Array, group: NDArray[np.intp]) -> float:
    """The share of papers whose nearest neighbour on the map is of their group."""
    distances = np.linalg.norm(places[:, None] - places[None], axis=2) + np.diag(np.full(len(places), np.inf))
    return float((group[distances.argmin(axis=1)] == group).mean())


def test_papers_of_a_group_lie_together() -> None:
    vectors, group = papers(60)
    assert neighbours_in_group(project(vectors, unknown(60)), group) > 0.9


def test_a_day_later_papers_are_where_they_were_and_new_ones_lie_with_their_group() -> None:
    vectors, group = papers(70)
    earlier = unknown(70)
    earlier[:60] = project(vectors[:60], unknown(60))
    later = project(vectors, earlier)
    moved = np.linalg.norm(later[:60] - earlier[:60], axis=1) / np.ptp(earlier[:60], axis=0).max()
    assert np.median(moved) < 0.03
    assert neighbours_in_group(later, group) > 0.9


@pytest.mark.parametrize("count", [1, 2, 3, 9, 10, 12])
def test_a_few_papers_have_places_too(count: int) -> None:
    vectors, _ = papers(count)
    assert np.isfinite(project(vectors, unknown(count))).all()


def test_equal_papers_do_no_harm() -> None:
    vectors = np.full((12, 4), 0.5, dtype=np.float32)
    assert np.isfinite(project(vectors, unknown(12))).all()


def test_a_turned_mirrored_and_scaled_map_comes_back_onto_the_old_one() -> None:
    old = np.random.default_rng(0).normal(size=(20, 2))
    turned = 3 * old @ np.array([[0.0, 1.0], [1.0, 0.0]]) + 7
    assert np.allclose(aligned(turned, old, np.ones(20, dtype=bool)), old)


def test_a_new_paper_begins_beside_those_most_like_it() -> None:
    vectors = np.eye(3, dtype=np.float32)[[0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 0]]
    earlier = np.array([[0.0, 0.0]] * 5 + [[100.0, 0.0]] * 5 + [[NOWHERE, NOWHERE]])
    known = ~np.isnan(earlier).any(axis=1)
    assert np.linalg.norm(beside_neighbours(vectors, earlier, known)[10]) < 10
