"""What is nearest in meaning: the same over blocks, over the mapped copy and by hand."""

from pathlib import Path

import numpy as np
import pytest

from services.ranker.search.vector_search import Nearness, VectorSearch, closeness
from shared.store.vectors import snapshot as embedding_snapshot
from shared.store.vectors.embeddings import VectorStore
from shared.store.vectors.snapshot import SnapshotKeeper
from tests.unit.ranker.world import World, paper_id


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """Forty papers in a mapped copy, and five that came later."""
    made = World(tmp_path)
    made.add_papers(*range(1, 41))
    monkeypatch.setattr(embedding_snapshot, "LEAST_ROWS", 10)
    assert SnapshotKeeper(made.data, "test").refresh()
    made.add_papers(*range(101, 106))
    return made


@pytest.mark.parametrize("count", [1, 3])
def test_several_queries_count_by_half_their_mean_and_half_the_nearest(count: int) -> None:
    rng = np.random.default_rng(0)
    matrix, queries = rng.normal(size=(1500, 8)).astype(np.float32), rng.normal(size=(count, 8)).astype(np.float32)
    products = matrix @ queries.T
    expected = 0.5 * products.mean(axis=1) + 0.5 * products.max(axis=1)
    assert closeness(matrix, queries) == pytest.approx(expected, abs=1e-5)


def test_deeper_looks_add_what_is_further_away_over_all_blocks() -> None:
    rng = np.random.default_rng(0)
    blocks = [([f"{block}-{row}" for row in range(50)], rng.random(50, dtype=np.float32)) for block in range(3)]
    nearness = Nearness(blocks)
    everything = sorted(((float(near), name) for ids, some in blocks for name, near in zip(ids, some, strict=True)))[
        ::-1
    ]
    for depth in (1, 7, 150, 1000):
        assert list(nearness.best(depth)) == [name for _, name in everything[:depth]]
    assert Nearness([]).best(5) == {}


@pytest.mark.parametrize("cached", [True, False])
def test_mapped_or_read_in_blocks_the_same_papers_are_nearest(world: World, cached: bool) -> None:
    store = VectorStore(world.data, "test", cached=cached)
    assert (store.mapped() is not None) == cached
    meaning, (query,) = VectorSearch(store), world.vectors.get([paper_id(6)]).matrix
    everything = world.vectors.all()
    order = np.argsort(-(everything.matrix @ query), kind="stable")[:9]
    assert list(meaning.nearness(query[None]).best(9)) == [everything.ids[row] for row in order]
    some = [paper_id(n) for n in (104, 2, 999, 103, 10)]
    assert set(meaning.nearest_among(query[None], some, 2)) == {paper_id(2), paper_id(10)}
    found = meaning.vectors_of(some)
    assert set(found) == {paper_id(n) for n in (104, 2, 103, 10)}
    for name, vector in found.items():
        assert vector == pytest.approx(world.vectors.get([name]).matrix[0])


def test_queries_of_another_dimension_are_near_nothing(world: World) -> None:
    meaning = VectorSearch(VectorStore(world.data, "test"))
    strange = np.ones((1, 3), np.float32)
    assert meaning.nearness(strange).best(5) == {}
    assert meaning.nearest_among(strange, [paper_id(1)], 5) == {}
