"""Vectors of several models as one."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from shared.store.files.data_folder import DataFolder
from shared.store.vectors.embeddings import Matrix, Recipe, VectorStore
from shared.store.vectors.joined_vectors import joined, open_joined
from shared.store.vectors.writer import Embedded, VectorWriter


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path, 0)


def unit(count: int, dimension: int) -> Matrix:
    rows = np.random.default_rng(dimension).normal(size=(count, dimension)).astype(np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def put(data: DataFolder, alias: str, dimension: int, *ids: str, revision: str = "main") -> Matrix:
    matrix = unit(len(ids), dimension)
    embedded = Embedded(list(ids), matrix, ["hash"] * len(ids), "test", datetime(2026, 11, 2, tzinfo=UTC))
    VectorWriter(data, alias, Recipe(alias, revision, dimension, 256)).put(embedded)
    return matrix


def test_joined_vectors_have_length_one_and_the_mean_of_the_cosines() -> None:
    small, large = unit(5, 3), unit(5, 8)
    both = joined([small, large])
    assert both.shape == (5, 11)
    assert both.dtype == np.float32
    np.testing.assert_allclose(both @ both.T, (small @ small.T + large @ large.T) / 2, atol=1e-6)


def test_a_paper_that_lacks_one_vector_counts_as_without(data: DataFolder) -> None:
    small = put(data, "small", 3, "2312.00001", "2401.00001", "2401.00002")
    large = put(data, "large", 8, "2401.00002", "2401.00001", "2402.00001")
    both = open_joined(data, ["small", "large"])
    asked = ["2401.00002", "2312.00001", "2402.00001", "2401.00001", "9901.00001"]
    ids, matrix = both.get(asked)
    assert ids == ["2401.00002", "2401.00001"]
    np.testing.assert_allclose(matrix, joined([small[[2, 1]], large[[0, 1]]]), atol=1e-7)
    assert both.has(asked) == set(ids)
    assert (both.years(), both.ids(2024), both.ids(2023)) == ([2024], ["2401.00001", "2401.00002"], [])
    assert (both.alias, both.dimension, both.count()) == ("small+large", 11, 3)
    assert [(block.ids, block.matrix.shape) for block in both.blocks() if block.ids] == [
        (["2401.00001", "2401.00002"], (2, 11))
    ]
    np.testing.assert_allclose(both.of_first(matrix), small[[2, 1]], atol=1e-6)


def test_one_model_alone_is_its_own_store(data: DataFolder) -> None:
    small = put(data, "small", 3, "2312.00001", "2401.00001")
    alone, store = open_joined(data, ["small"]), VectorStore(data, "small")
    np.testing.assert_array_equal(alone.get(["2401.00001"]).matrix, small[1:])
    assert (alone.alias, alone.dimension, alone.count()) == ("small", 3, 2)
    assert alone.ids(2024) == store.ids(2024)
    assert alone.of_first(small) is small
    assert [block.ids for block in alone.blocks()] == [["2312.00001"], ["2401.00001"]]


def test_while_one_model_has_no_vectors_nobody_has_any(data: DataFolder) -> None:
    put(data, "small", 3, "2401.00001")
    both = open_joined(data, ["small", "large"])
    assert (both.dimension, both.count(), both.years(), both.get(["2401.00001"]).ids) == (None, 0, [], [])


def test_what_made_the_vectors_has_one_name_that_changes_with_any_of_it(data: DataFolder) -> None:
    put(data, "small", 3, "2401.00001")
    put(data, "large", 8, "2401.00001")
    put(data, "other", 8, "2401.00001", revision="v2")
    names = [open_joined(data, aliases).made_by for aliases in (["small"], ["small", "large"], ["small", "other"])]
    assert len(set(names)) == 3
    assert open_joined(data, ["small"]).made_by == names[0]
