"""Single rows by bisection, where a month was not read; and what is not there."""

from pathlib import Path

import pytest

from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore
from tests.support.papers.embedder import paper

IDS = [f"2611.{number:05}" for number in range(1, 400, 3)]


@pytest.mark.parametrize("count", [1, 2, 3, 10, len(IDS)])
def test_every_paper_of_a_month_is_found_and_no_other(tmp_path: Path, count: int) -> None:
    store = MetadataStore(DataFolder(tmp_path, 0))
    papers = [paper(one, f"Title, \n{one}", "x" * (index % 7 * 90)) for index, one in enumerate(IDS[:count])]
    store.put(papers)
    unread = MetadataStore(DataFolder(tmp_path, 0))
    for one in papers:
        assert unread.get([one.paper_id]) == {one.paper_id: one}
    assert unread.get(IDS[:count]) == {one.paper_id: one for one in papers}
    for _ in range(2):
        assert unread.get(["2611.00000", "2611.00002", "2611.00399", "2612.00001"]) == {}
    assert unread.count() == count


def test_what_is_not_in_an_unsorted_file_is_looked_for_in_all_of_it(tmp_path: Path) -> None:
    MetadataStore(DataFolder(tmp_path, 0)).put(map(paper, IDS[:9]))
    path = tmp_path / "metadata" / "2026-11.csv"
    header, *rows = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(header + b"".join(reversed(rows)))
    for one in IDS[:9]:
        assert set(MetadataStore(DataFolder(tmp_path, 0)).get([one, "2611.00399"])) == {one}


def test_a_file_that_others_wrote_is_read_in_whole(tmp_path: Path) -> None:
    store = MetadataStore(DataFolder(tmp_path, 0))
    store.put(map(paper, IDS[:5]))
    path = tmp_path / "metadata" / "2026-11.csv"
    path.write_bytes(path.read_bytes().replace(b"\r\n", b"\n"))
    unread = MetadataStore(DataFolder(tmp_path, 0))
    assert set(unread.get(IDS[:6])) == set(IDS[:5])
    assert unread.count() == 5
