"""Vectors of two places: never two recipes together, and nothing that is no vector."""

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from shared.store.files.data_folder import DataFolder
from shared.store.vectors.embeddings import VectorStore
from shared.store.vectors.writer import VectorWriter
from tests.support.folders.bundles import merge, rewritten
from tests.support.folders.seed import FAR, GRAPHS, TIDES
from tests.support.papers.vectors import RECIPE, embedded

FILE = "vectors/tiny/2026.parquet"
Change = Callable[[pa.Table], pa.Table]


def changed(change: Change) -> Callable[[bytes], bytes]:
    def rewrite(content: bytes) -> bytes:
        sink = io.BytesIO()
        pq.write_table(change(pq.read_table(io.BytesIO(content))), sink)
        return sink.getvalue()

    return rewrite


def with_ids(*ids: str) -> Change:
    return lambda table: table.set_column(0, table.schema.field(0), pa.array(ids))


def doubled_length(table: pa.Table) -> pa.Table:
    flat = pc.multiply(table.column("embedding").combine_chunks().flatten(), pa.scalar(2, pa.float32()))
    return table.set_column(
        1, table.schema.field(1), pa.FixedSizeListArray.from_arrays(flat, type=table.schema.field(1).type)
    )


def test_a_paper_here_keeps_its_vector_and_the_others_are_added(
    everything: DataFolder, whole: Path, empty: DataFolder
) -> None:
    mine = embedded([GRAPHS], seed=9)
    VectorWriter(empty, "tiny", RECIPE).put(mine)
    tally = merge(whole, empty)["vectors"]
    store, theirs = VectorStore(empty, "tiny"), VectorStore(everything, "tiny")
    assert (tally.new, tally.same) == (3, 1)
    assert np.array_equal(store.get([GRAPHS]).matrix, mine.matrix)
    assert np.array_equal(store.get([FAR, TIDES]).matrix, theirs.get([FAR, TIDES]).matrix)
    assert store.count() == 4


def test_vectors_of_another_recipe_are_left_out_and_told(whole: Path, empty: DataFolder) -> None:
    VectorWriter(empty, "tiny", replace(RECIPE, revision="2")).put(embedded([GRAPHS]))
    tally = merge(whole, empty)["vectors"]
    assert VectorStore(empty, "tiny").count() == 1
    assert (tally.new, tally.older) == (0, 4)
    assert "there / here: revision 1 / 2" in tally.conflicts[0]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (with_ids("2611.00001", "2611.00001", "2611.00102"), "not in its place"),
        (with_ids("2611.00001", "2511.00001", "2611.00102"), "not in its place"),
        (with_ids("../x", "2611.00101", "2611.00102"), "not an arXiv id"),
        (doubled_length, "not of length 1"),
        (lambda table: table.drop_columns(["source"]), "its columns"),
    ],
)
def test_what_is_no_vector_is_refused(change: Change, why: str, whole: Path, empty: DataFolder, tmp_path: Path) -> None:
    tally = merge(rewritten(whole, tmp_path / "odd.zip", {FILE: changed(change)}), empty)["vectors"]
    assert why in tally.problems[0]
    assert VectorStore(empty, "tiny").years() == [1999]


def test_a_file_that_is_no_parquet_or_has_no_recipe_is_refused(whole: Path, empty: DataFolder, tmp_path: Path) -> None:
    torn = rewritten(whole, tmp_path / "torn.zip", {FILE: lambda content: content[:900]})
    assert merge(torn, empty)["vectors"].refused == 1
    bare = rewritten(whole, tmp_path / "bare.zip", {}, lambda resource: resource.update({"papersys:about": {}}))
    assert "no recipe" in merge(bare, empty)["vectors"].problems[0]
