"""Metadata of two places: the newer version counts, and what is no paper is refused."""

from dataclasses import replace
from pathlib import Path

from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore
from tests.support.folders.bundles import merge, rewritten
from tests.support.folders.seed import GRAPHS, TIDES, paper


def test_the_newer_version_of_a_paper_counts(whole: Path, empty: DataFolder) -> None:
    store = MetadataStore(empty)
    store.put([replace(paper(GRAPHS), version=1, title="Old"), replace(paper(TIDES), version=3, title="New")])
    tally = merge(whole, empty)["papers"]
    stored = store.get([GRAPHS, TIDES])
    assert (stored[GRAPHS].version, stored[TIDES].title) == (2, "New")
    assert (tally.newer, tally.older) == (1, 1)


def test_rows_that_are_no_papers_are_refused_and_the_others_stored(
    whole: Path, empty: DataFolder, tmp_path: Path
) -> None:
    def spoil(content: bytes) -> bytes:
        header, rest = content.split(b"\r\n", 1)
        row = rest[rest.index(TIDES.encode()) :].split(b"\r\n")[0]
        others = (row.replace(TIDES.encode(), other) for other in (b"2401.00001", b"../../etc/x"))
        return b"\r\n".join((header, *others, rest))

    odd = rewritten(whole, tmp_path / "odd.zip", {"papers/2026-11.csv": spoil})
    tally = merge(odd, empty)["papers"]
    assert (tally.new, tally.refused) == (7, 2)
    assert sorted(MetadataStore(empty).months()) == ["1999-01", "2026-11"]


def test_a_file_with_other_columns_is_refused(whole: Path, empty: DataFolder, tmp_path: Path) -> None:
    odd = rewritten(whole, tmp_path / "odd.zip", {"papers/2026-11.csv": lambda content: b"id,title\r\n1,x\r\n"})
    tally = merge(odd, empty)["papers"]
    assert tally.new == 1
    assert "papers/2026-11.csv cannot be read" in tally.problems[0]
