"""Writing vectors: idempotent, newest wins, one recipe, nothing lost."""

import errno
from datetime import UTC, datetime

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.errors import PapersysError, TemporaryFailure
from shared.store.files.data_folder import DataFolder
from shared.store.vectors.embeddings import VectorStore
from shared.store.vectors.manifest import Recipe
from shared.store.vectors.recipe_sets import RecipeSets
from shared.store.vectors.rows import load_year
from shared.store.vectors.writer import Embedded, VectorWriter
from tests.support.papers.vectors import RECIPE, embedded


def files(data: DataFolder) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in data.path("embeddings", "tiny").iterdir()}


def test_the_same_vectors_again_write_nothing(data: DataFolder, writer: VectorWriter) -> None:
    rows = embedded(["2401.00001", "2312.00001"])
    assert writer.put(rows) == 2
    before = files(data)
    assert writer.put(rows) == 0
    assert files(data) == before


def test_a_changed_vector_takes_the_place_of_the_old_one(writer: VectorWriter, store: VectorStore) -> None:
    writer.put(embedded(["2401.00001", "2401.00002"]))
    newer = embedded(["2401.00002"], seed=9, text="revised")
    assert writer.put(newer) == 1
    np.testing.assert_array_equal(store.get(["2401.00002"]).matrix, newer.matrix)
    assert store.hashes(["2401.00002"]) == {"2401.00002": "revised-2401.00002"}
    assert store.count() == 2
    assert len(store.all().ids) == 2


def test_a_paper_named_twice_in_one_batch_is_stored_once_as_it_was_last(
    writer: VectorWriter, store: VectorStore
) -> None:
    rows = embedded(["2401.00001", "2401.00001"])
    assert writer.put(rows) == 1
    np.testing.assert_array_equal(store.all().matrix, rows.matrix[1:])


def test_the_files_have_the_columns_that_were_promised(data: DataFolder, writer: VectorWriter) -> None:
    writer.put(embedded(["2401.00010"]))
    table = pq.read_table(data.path("embeddings", "tiny", "2024.parquet"))
    assert table.column_names == ["paper_id", "embedding", "generated_at", "model_dim", "source", "text_hash"]
    vector = table.schema.field("embedding").type
    assert (vector.list_size, vector.value_type, vector.value_field.nullable) == (4, pa.float32(), False)
    assert table.column("paper_id").to_pylist() == ["2401.00010"]
    assert table.column("model_dim").to_pylist() == [4]


def test_other_programs_read_ids_and_numbers(data: DataFolder, writer: VectorWriter) -> None:
    rows = embedded(["2401.00010", "2401.00020"])
    writer.put(rows)
    path = data.path("embeddings", "tiny", "2024.parquet")
    stored = duckdb.sql(f"select paper_id, embedding from '{path}' order by paper_id").fetchall()
    assert [paper_id for paper_id, _ in stored] == rows.paper_ids
    np.testing.assert_array_equal(np.array([vector for _, vector in stored], np.float32), rows.matrix)


def test_adding_to_a_year_leaves_its_file_alone_and_compaction_joins_many_parts(
    data: DataFolder, writer: VectorWriter, store: VectorStore
) -> None:
    writer.put(embedded(["2401.00001"]))
    year_file = files(data)["2024.parquet"]
    for number in (2, 3):
        writer.put(embedded([f"2401.0000{number}"], seed=number))
    assert writer.compact() == 0
    writer.put(embedded(["2401.00004"], seed=4))
    assert files(data)["2024.parquet"] == year_file
    assert {"2024.part-1.parquet", "2024.part-2.parquet", "2024.part-3.parquet"} <= files(data).keys()
    assert writer.compact() == 1
    assert set(files(data)) == {"2024.parquet", "manifest.json"}
    assert store.all().ids == [f"2401.0000{number}" for number in (1, 2, 3, 4)]


def test_few_rows_beside_a_large_year_become_one_part_and_the_year_stays(
    data: DataFolder, writer: VectorWriter, store: VectorStore
) -> None:
    writer.put(embedded([f"2401.{number:05}" for number in range(1, 41)]))
    year_file = files(data)["2024.parquet"]
    for number in (2, 3, 50, 2):
        writer.put(embedded([f"2401.{number:05}"], seed=number, text=f"new {len(files(data))}"))
    before = store.all()
    assert writer.compact() == 1
    assert set(files(data)) == {"2024.parquet", "2024.part-5.parquet", "manifest.json"}
    assert files(data)["2024.parquet"] == year_file
    after = VectorStore(data, "tiny").all()
    assert after.ids == before.ids
    assert store.count() == len(after.ids) == 41
    np.testing.assert_array_equal(after.matrix, before.matrix)
    assert store.hashes(["2401.00002"]) == {"2401.00002": "new 5-2401.00002"}


def test_where_nobody_compacts_parts_are_compacted_at_last(data: DataFolder, writer: VectorWriter) -> None:
    for number in range(1, 11):
        writer.put(embedded([f"2401.{number:05}"], seed=number))
    assert set(files(data)) == {"2024.parquet", "manifest.json"}


def test_compacting_changes_no_vector(data: DataFolder, writer: VectorWriter, store: VectorStore) -> None:
    writer.put(embedded(["2401.00001", "2401.00002"]))
    writer.put(embedded(["2401.00002", "2401.00003"], seed=2))
    before = store.all()
    assert writer.compact_fully() == 1
    after = VectorStore(data, "tiny").all()
    assert after.ids == before.ids
    np.testing.assert_array_equal(after.matrix, before.matrix)
    assert writer.compact_fully() == 0


def test_a_reader_that_read_the_old_manifest_is_not_disturbed_by_a_compaction(
    writer: VectorWriter, store: VectorStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer.put(embedded(["2401.00001"]))
    writer.put(embedded(["2401.00002"], seed=2))
    honest = load_year
    calls = []

    def compact_first(*arguments: object) -> object:
        calls.append(arguments)
        if len(calls) == 1:
            monkeypatch.setattr("shared.store.vectors.embeddings.load_year", honest)
            writer.compact_fully()
            monkeypatch.setattr("shared.store.vectors.embeddings.load_year", compact_first)
        return honest(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr("shared.store.vectors.embeddings.load_year", compact_first)
    assert store.all(years=[2024]).ids == ["2401.00001", "2401.00002"]
    assert calls


@pytest.mark.parametrize(
    "other",
    [
        Recipe("other-model", "1", 4, 256),
        Recipe("test-model", "2", 4, 256),
        Recipe("test-model", "1", 8, 256),
        Recipe("test-model", "1", 4, 128),
        Recipe("test-model", "1", 4, 256, text="abstract"),
    ],
)
def test_vectors_of_another_recipe_are_refused_with_the_way_out_and_can_start_a_set_of_their_own(
    data: DataFolder, writer: VectorWriter, store: VectorStore, other: Recipe
) -> None:
    writer.put(embedded(["2401.00001"]))
    before = files(data)
    stranger = VectorWriter(data, "tiny", other)
    matrix = np.eye(1, other.dimension, dtype=np.float32)
    with pytest.raises(PapersysError, match="another recipe"):
        stranger.put(Embedded(["2401.00002"], matrix, ["x"], "test", datetime.now(UTC)))
    assert files(data) == before
    assert not RecipeSets(data, "tiny", other).is_current()

    RecipeSets(data, "tiny", other).start()
    assert store.count() == 0
    stranger.put(Embedded(["2401.00002"], matrix, ["x"], "test", datetime.now(UTC)))
    assert store.recipe == other
    RecipeSets(data, "tiny", writer.recipe).start()
    assert files(data) == before
    assert store.all().ids == ["2401.00001"]


@pytest.mark.parametrize(
    "matrix",
    [
        np.zeros((1, 4), np.float32),
        np.full((1, 4), np.nan, np.float32),
        np.eye(1, 3, dtype=np.float32),
        np.eye(2, 4, dtype=np.float32),
        np.eye(1, 4, dtype=np.float64),
    ],
)
def test_unusable_vectors_are_refused(writer: VectorWriter, store: VectorStore, matrix: np.ndarray) -> None:
    with pytest.raises(PapersysError, match="must be"):
        writer.put(Embedded(["2401.00001"], matrix, ["x"], "test", datetime.now(UTC)))
    assert store.count() == 0


def test_what_a_killed_writer_left_is_removed_by_the_next(data: DataFolder, writer: VectorWriter) -> None:
    writer.put(embedded(["2401.00001"]))
    folder = data.path("embeddings", "tiny")
    for name in ("2024.part-7.parquet", "2023.parquet", ".2024.parquet.12345678.tmp"):
        (folder / name).write_bytes(b"torn")
    (folder / "notes.txt").write_text("a person's own")
    writer.put(embedded(["2401.00002"], seed=1))
    assert set(files(data)) == {"2024.parquet", "2024.part-1.parquet", "manifest.json", "notes.txt"}


def test_vectors_whose_manifest_was_lost_are_not_taken_for_rubbish(data: DataFolder, writer: VectorWriter) -> None:
    writer.put(embedded(["2401.00001"]))
    data.path("embeddings", "tiny", "manifest.json").unlink()
    with pytest.raises(PapersysError, match=r"no manifest\.json"):
        writer.put(embedded(["2401.00002"]))
    assert "2024.parquet" in files(data)


def test_a_full_disk_leaves_the_old_state_and_it_goes_on_when_there_is_room(
    data: DataFolder, writer: VectorWriter, store: VectorStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer.put(embedded(["2401.00001"]))
    before = files(data)

    def full(writer: pq.ParquetWriter, table: pa.Table, **_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("shared.store.vectors.table.pq.ParquetWriter.write_table", full)
        with pytest.raises(TemporaryFailure, match="No space left"):
            writer.put(embedded(["2401.00002"], seed=1))
    assert files(data) == before
    assert writer.put(embedded(["2401.00002"], seed=1)) == 1
    assert store.count() == 2


IDS = st.sampled_from(["2401.00001", "2401.00002", "2312.00001", "hep-th/9901001"])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.lists(IDS, min_size=1, max_size=4), st.integers(0, 3)), max_size=8))
def test_any_sequence_of_puts_reads_like_a_dictionary(
    tmp_path_factory: pytest.TempPathFactory, puts: list[tuple[list[str], int]]
) -> None:
    data = DataFolder(tmp_path_factory.mktemp("vectors"), min_free_mb=0)
    writer, store = VectorWriter(data, "tiny", RECIPE, max_parts=2), VectorStore(data, "tiny")
    expected: dict[str, np.ndarray] = {}
    for ids, seed in puts:
        rows = embedded(ids, seed)
        writer.put(rows)
        expected.update(zip(ids, rows.matrix, strict=True))
    ids, matrix = store.all()
    assert set(ids) == set(expected)
    assert len(ids) == store.count()
    for paper_id, vector in zip(ids, matrix, strict=True):
        np.testing.assert_array_equal(vector, expected[paper_id])
