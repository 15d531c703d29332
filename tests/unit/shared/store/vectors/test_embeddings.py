"""Vectors as readers see them."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from shared.errors import PapersysError
from shared.store.files.data_folder import DataFolder
from shared.store.vectors import table
from shared.store.vectors.embeddings import VectorStore
from shared.store.vectors.writer import VectorWriter
from tests.support.papers.vectors import embedded


def test_an_empty_store_answers_every_question(store: VectorStore) -> None:
    assert store.count() == 0
    assert store.recipe is None
    assert store.years() == []
    assert store.get(["2401.00010"]).ids == []
    assert store.all().matrix.shape == (0, 0)
    assert store.has(["2401.00010"]) == set()


def test_vectors_come_back_in_the_order_asked_and_unknown_ids_are_left_out(
    writer: VectorWriter, store: VectorStore
) -> None:
    rows = embedded(["2401.00010", "hep-th/9901001", "2401.00002"])
    writer.put(rows)
    ids, matrix = store.get(["hep-th/9901001", "2401.99999", "2401.00002", "2401.00010"])
    assert ids == ["hep-th/9901001", "2401.00002", "2401.00010"]
    np.testing.assert_array_equal(matrix, rows.matrix[[1, 2, 0]])
    assert matrix.dtype == np.float32


def test_when_a_vector_was_made_is_known(writer: VectorWriter, store: VectorStore) -> None:
    rows = embedded(["2401.00010", "2401.00002"])
    writer.put(rows)
    later = rows.generated_at + timedelta(days=1)
    writer.put(replace(embedded(["2401.00011"]), generated_at=later))
    assert store.embedded_at("2401.00002") == rows.generated_at
    assert store.embedded_at("2401.00011") == later
    assert store.embedded_at("2401.99999") is store.embedded_at("hep-th/9901001") is None


def test_all_goes_by_year_and_id_and_can_be_limited_to_years(writer: VectorWriter, store: VectorStore) -> None:
    writer.put(embedded(["2401.00010", "hep-th/9901001", "2401.00002"]))
    assert store.all().ids == ["hep-th/9901001", "2401.00002", "2401.00010"]
    assert store.all(years=[2024]).ids == ["2401.00002", "2401.00010"]
    assert store.all(years=[2024, 1950]).matrix.shape == (2, 4)
    assert store.ids(1999) == ["hep-th/9901001"]


def test_all_can_be_limited_to_months(writer: VectorWriter, store: VectorStore) -> None:
    rows = embedded(["2401.00010", "hep-th/9901001", "2402.00002", "2401.00002"])
    writer.put(rows)
    ids, matrix = store.all(months=["2024-01", "1999-01"])
    assert ids == ["hep-th/9901001", "2401.00002", "2401.00010"]
    np.testing.assert_array_equal(matrix, rows.matrix[[1, 3, 0]])
    assert store.all(years=[2024], months=["1999-01"]).ids == []


def test_blocks_hold_every_vector_once(writer: VectorWriter, store: VectorStore) -> None:
    assert list(store.blocks()) == []
    writer.put(embedded(["2401.00010", "hep-th/9901001", "2402.00002"]))
    assert [block.ids for block in store.blocks()] == [["hep-th/9901001"], ["2401.00010", "2402.00002"]]


def test_a_reader_sees_what_is_written_after_it_first_read(writer: VectorWriter, store: VectorStore) -> None:
    writer.put(embedded(["2401.00001"]))
    assert store.all().ids == ["2401.00001"]
    writer.put(embedded(["2401.00002"], seed=1))
    assert store.all().ids == ["2401.00001", "2401.00002"]


def test_asking_again_reads_no_file_again(
    writer: VectorWriter, store: VectorStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer.put(embedded(["2401.00001"]))
    first = store.get(["2401.00001"])
    monkeypatch.setattr("shared.store.vectors.embeddings.load_year", None)
    np.testing.assert_array_equal(store.get(["2401.00001"]).matrix, first.matrix)
    assert store.hashes(["2401.00001"]) == {"2401.00001": "text-2401.00001"}
    assert store.has(["2401.00001", "2401.00009"]) == {"2401.00001"}


def test_a_damaged_manifest_is_an_error_that_names_the_file(
    data: DataFolder, writer: VectorWriter, store: VectorStore
) -> None:
    writer.put(embedded(["2401.00001"]))
    path = data.path("embeddings", "tiny", "manifest.json")
    path.write_text(path.read_text()[:50])
    with pytest.raises(PapersysError, match=r"manifest\.json cannot be read"):
        store.all()


def test_a_missing_or_damaged_data_file_is_an_error_that_says_what_to_do(
    data: DataFolder, writer: VectorWriter, store: VectorStore
) -> None:
    writer.put(embedded(["2401.00001"]))
    path = data.path("embeddings", "tiny", "2024.parquet")
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(PapersysError, match="verify embeddings"):
        store.all()
    path.unlink()
    with pytest.raises(PapersysError, match="verify embeddings"):
        VectorStore(data, "tiny").all()


def test_tables_go_on_where_a_compaction_takes_the_files_away(
    writer: VectorWriter, store: VectorStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table, "ROW_GROUP", 2)
    for number in range(3):
        writer.put(embedded([f"2401.0000{number}", f"2401.0001{number}"], seed=number))
    tables = store.tables(2024)
    first = next(tables)
    writer.compact_fully()
    writer.put(embedded(["2401.00020", "2401.00000"], seed=9))
    ids = [paper_id for each in (first, *tables) for paper_id in each.column("paper_id").to_pylist()]
    assert ids == sorted(set(ids)) == store.ids(2024)
