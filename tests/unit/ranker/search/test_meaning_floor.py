"""The floor under meaning: above what queries about nothing find, measured for the vectors that there are."""

from pathlib import Path

import numpy as np
import pytest

from services.ranker.search.meaning_floor import MeaningFloor, floor_of
from services.ranker.search.vector_search import VectorSearch
from tests.unit.ranker.world import World


def test_the_floor_lies_above_the_mean_of_what_is_nearest_to_nothing() -> None:
    assert floor_of(np.array([0.2, 0.3, 0.4], dtype=np.float32)) == pytest.approx(0.3 + 3 * 0.0816, abs=1e-3)
    assert floor_of(np.empty(0, np.float32)) == -1.0


def test_it_is_measured_once_and_again_when_there_are_a_quarter_more(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.add_papers(*range(1, 21))
    floor = MeaningFloor(VectorSearch(world.vectors))
    assert (floor.is_known, floor.value()) == (False, -1.0)
    axes = np.eye(16, dtype=np.float32)
    floor.learn(axes[10:])
    first = floor.value()
    assert 0.0 < first < 0.7
    floor.learn(axes[:1])
    world.add_papers(21, 22)
    assert floor.value() == first
    world.add_papers(*range(23, 40))
    assert floor.value() > 0.8
