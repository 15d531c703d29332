"""What is nearest in meaning: the same over blocks, over the mapped copy and by hand."""

from pathlib import Path

import numpy as np
import pytest

from services.ranker.search.index.paper_documents import numbers_of
from services.ranker.search.index.passing_papers import PassingPapers
from services.ranker.search.vector_search import VectorSearch, closeness
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


def these(*numbers: int, others: bool = False) -> PassingPapers:
    """These papers pass or, `others`, all but these of the 45."""
    listed = numbers_of([paper_id(n) for n in numbers])
    return PassingPapers(45 - len(numbers) if others else len(numbers), lambda: listed, others)


@pytest.mark.parametrize("cached", [True, False])
def test_mapped_or_read_in_blocks_the_same_papers_are_nearest(world: World, cached: bool) -> None:
    store = VectorStore(world.data, "test", cached=cached)
    assert (store.mapped() is not None) == cached
    meaning, (query,) = VectorSearch(store), world.vectors.get([paper_id(6)]).matrix
    everything = world.vectors.all()
    order = np.argsort(-(everything.matrix @ query), kind="stable")[:9]
    assert list(meaning.nearest(query[None], 9)) == [everything.ids[row] for row in order]
    some = [paper_id(n) for n in (104, 2, 999, 103, 10)]
    assert set(meaning.nearest(query[None], 2, these(104, 2, 999, 103, 10))) == {paper_id(2), paper_id(10)}
    assert list(meaning.nearest(query[None], 2, these(999, 101))) == [paper_id(101)]
    assert meaning.nearest(query[None], 2, these()) == {}
    others = meaning.nearest(query[None], 45, these(2, 6, 103, others=True))
    assert list(others) == [one for one in meaning.nearest(query[None], 45) if one not in map(paper_id, (2, 6, 103))]
    found = meaning.vectors_of(some)
    assert set(found) == {paper_id(n) for n in (104, 2, 103, 10)}
    for name, vector in found.items():
        assert vector == pytest.approx(world.vectors.get([name]).matrix[0])


def test_queries_of_another_dimension_are_near_nothing(world: World) -> None:
    meaning = VectorSearch(VectorStore(world.data, "test"))
    strange = np.ones((1, 3), np.float32)
    assert meaning.nearest(strange, 5) == meaning.nearest(strange, 5, these(1)) == {}
