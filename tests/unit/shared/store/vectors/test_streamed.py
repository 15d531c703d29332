"""Very many vectors as a stream: they count all at once, by year and whole."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from shared.errors import PapersysError
from shared.store.files.data_folder import DataFolder
from shared.store.vectors.embeddings import Recipe, VectorStore
from shared.store.vectors.streamed import VectorStream
from shared.store.vectors.table import Embedded
from shared.store.vectors.writer import VectorWriter

RECIPE = Recipe("unknown", "", 8, 0)
AT = datetime(2026, 11, 6, tzinfo=UTC)


def some(ids: list[str], source: str = "file") -> Embedded:
    matrix = np.random.default_rng(len(ids)).standard_normal((len(ids), 8)).astype(np.float32)
    matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
    return Embedded(ids, matrix, [""] * len(ids), source, AT)


def ids_of(year: int, count: int) -> list[str]:
    return [f"{year % 100}01.{number:05}" for number in range(1, count + 1)]


def test_nothing_counts_before_the_commit_and_all_of_it_after(tmp_path: Path) -> None:
    data = DataFolder(tmp_path, 0)
    stream = VectorStream(data, "old", RECIPE, tmp_path / "drafts")
    first, second = some(ids_of(2023, 5_000)), some(ids_of(2024, 10))
    stream.add(first)
    stream.add(second)
    assert VectorStore(data, "old").count() == 0
    assert stream.commit() == []
    store = VectorStore(data, "old")
    assert store.count() == 5_010
    assert np.array_equal(store.get(first.paper_ids).matrix, first.matrix)
    assert stream.stored(["2401.00001", "2401.00011"]) == {"2401.00001": "file"}
    assert not (tmp_path / "drafts").exists()


def test_rows_that_come_in_no_order_are_found_and_can_be_sorted(tmp_path: Path) -> None:
    data = DataFolder(tmp_path, 0)
    rows = some(list(reversed(ids_of(2023, 20))))
    stream = VectorStream(data, "old", RECIPE, tmp_path / "drafts")
    stream.add(rows)
    assert stream.commit() == [2023]
    assert np.array_equal(VectorStore(data, "old").get(rows.paper_ids).matrix, rows.matrix)
    writer = VectorWriter.of_stored(data, "old")
    assert writer is not None
    writer.sort([2023])
    store = VectorStore(data, "old")
    assert store.all().ids == ids_of(2023, 20)
    assert np.array_equal(store.get(rows.paper_ids).matrix, rows.matrix)


def test_a_set_of_another_recipe_is_not_added_to(tmp_path: Path) -> None:
    data = DataFolder(tmp_path, 0)
    VectorWriter(data, "old", Recipe("another", "", 8, 0)).put(some(["2401.00001"]))
    stream = VectorStream(data, "old", RECIPE, tmp_path / "drafts")
    stream.add(some(["2401.00002"]))
    with pytest.raises(PapersysError, match="another recipe"):
        stream.commit()
    assert VectorStore(data, "old").count() == 1


def test_what_is_discarded_leaves_nothing(tmp_path: Path) -> None:
    stream = VectorStream(DataFolder(tmp_path, 0), "old", RECIPE, tmp_path / "drafts")
    stream.add(some(ids_of(2023, 3_000)))
    stream.discard()
    assert not (tmp_path / "drafts").exists()
