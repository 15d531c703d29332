"""Selections of two places: one that is here stays, one that cannot be used takes no other with it."""

import io
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from shared.store.files.data_folder import DataFolder
from shared.store.selections import SelectionStore
from tests.support.folders.bundles import merge, rewritten
from tests.support.folders.seed import GRAPHS, TODAY, pick

FILE = "selections/2026-11.parquet"


def test_a_selection_that_is_here_stays(whole: Path, empty: DataFolder) -> None:
    store = SelectionStore(empty)
    store.write(TODAY, f"run-{TODAY}", [pick(GRAPHS, 1)])
    tally = merge(whole, empty)["selections"]
    assert len(store.read(TODAY, f"run-{TODAY}")) == 1
    assert tally.conflicts == [f"The selection run-{TODAY} of me on {TODAY} differs; the one here stays"]
    assert store.of("anna").read(TODAY, "run-anna")


@pytest.mark.parametrize(
    ("column", "value"), [("file", "../../x"), ("file", ""), ("paper_id", "x/../y"), ("outcome", "?")]
)
def test_a_selection_that_cannot_be_used_takes_no_other_with_it(
    column: str, value: str, whole: Path, empty: DataFolder, tmp_path: Path
) -> None:
    def spoil(content: bytes) -> bytes:
        sink = io.BytesIO()
        with pq.ParquetFile(io.BytesIO(content)) as file:
            groups = [file.read_row_group(number) for number in range(file.num_row_groups)]
        place = groups[0].column_names.index(column)
        odd = pa.array([value] * groups[0].num_rows, pa.string())
        groups[0] = groups[0].set_column(place, groups[0].schema.field(place), odd)
        with pq.ParquetWriter(sink, groups[0].schema) as writer:
            for group in groups:
                writer.write_table(group)
        return sink.getvalue()

    tally = merge(rewritten(whole, tmp_path / "odd.zip", {FILE: spoil}), empty)["selections"]
    assert len(tally.problems) == 1
    assert SelectionStore(empty, "anna").days() == [TODAY]
    assert tally.new > 0
