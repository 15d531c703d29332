"""What the columns of a table are taken for."""

from pathlib import Path

import pyarrow as pa
import pytest

from deploy.migrating.column_map import ColumnMap
from deploy.migrating.tables.table_schema import read_schema
from shared.errors import PapersysError
from tests.support.folders.older_system import row, vector, write_table


def test_columns_are_told_by_name_and_vectors_by_type(tmp_path: Path) -> None:
    table = write_table(
        tmp_path / "2024.parquet", [row("2401.00001", jasper_v1=None), row("2401.00002", jasper_v1=vector(1, 8))]
    )
    schema = read_schema(table, ColumnMap())
    assert dict(schema.papers) == {name: name for name in row("x")}
    (column,) = schema.vectors
    assert (column.alias, column.dimension) == ("jasper_v1", 8)
    assert schema.has_papers
    assert schema.bytes_of_text > 0


def test_another_name_that_is_taken_is_shown_and_a_second_one_is_not_taken(tmp_path: Path) -> None:
    schema = read_schema(
        write_table(tmp_path / "a.parquet", [{"arxiv_id": "2401.00001", "paper_id": "x"}]), ColumnMap()
    )
    assert schema.papers == {"id": "arxiv_id"}
    assert "read from arxiv_id already" in schema.not_taken["paper_id"]


def test_a_table_without_ids_says_how_to_name_their_column(tmp_path: Path) -> None:
    table = write_table(tmp_path / "a.parquet", [{"Kennung": "2401.00001"}])
    assert "--map COLUMN=id" in read_schema(table, ColumnMap()).problem
    assert not read_schema(table, ColumnMap({"Kennung": "id"})).problem


def test_vectors_whose_name_is_no_alias_get_one(tmp_path: Path) -> None:
    table = write_table(
        tmp_path / "a.parquet", [{"id": "2401.00001", "Big Model": vector(1, 4)}], {"Big Model": pa.list_(pa.float32())}
    )
    assert read_schema(table, ColumnMap()).vectors[0].alias == "big-model"
    assert read_schema(table, ColumnMap({"Big Model": "vector:big"})).vectors[0].alias == "big"


def test_a_map_that_says_vectors_of_a_text_is_refused(tmp_path: Path) -> None:
    table = write_table(tmp_path / "a.parquet", [row("2401.00001")])
    with pytest.raises(PapersysError, match="title holds vectors, but it is string"):
        read_schema(table, ColumnMap({"title": "vector:x"}))


def test_a_cut_vector_at_the_beginning_does_not_say_how_long_the_others_are(tmp_path: Path) -> None:
    rows = [row(f"2401.0000{number}", jasper_v1=vector(number, 8)) for number in range(2, 6)]
    cut = row("2401.00001", jasper_v1=vector(1, 8)[:5])
    (column,) = read_schema(write_table(tmp_path / "a.parquet", [cut, *rows]), ColumnMap()).vectors
    assert column.dimension == 8


def test_a_table_whose_content_was_not_fetched_says_how_to_fetch_it(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 12\n")
    assert "git lfs pull" in read_schema(tmp_path / "a.parquet", ColumnMap()).problem
