"""One column as a stream."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from deploy.migrating.tables.column_rows import ColumnRows


def test_rows_come_in_the_numbers_asked_for_whatever_the_row_groups_are(tmp_path: Path) -> None:
    pq.write_table(pa.table({"n": list(range(5_000))}), tmp_path / "t.parquet", row_group_size=700)
    rows = ColumnRows(tmp_path / "t.parquet", "n")
    taken = [rows.take(count).to_pylist() for count in (1, 699, 2_300, 2_000)]
    assert [number for part in taken for number in part] == list(range(5_000))
    assert list(map(len, taken)) == [1, 699, 2_300, 2_000]
    with pytest.raises(OSError, match="different numbers of rows"):
        rows.take(1)
    rows.close()
