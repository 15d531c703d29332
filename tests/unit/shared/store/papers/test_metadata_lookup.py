"""Single rows by bisection."""

from pathlib import Path

import pytest

from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore
from tests.support.embedder import paper

IDS = [f"2611.{number:05}" for number in range(1, 400, 3)]


@pytest.mark.parametrize("count", [1, 2, 3, 10, len(IDS)])
def test_every_paper_of_a_month_is_found_and_no_other(tmp_path: Path, count: int) -> None:
    store = MetadataStore(DataFolder(tmp_path, 0))
    store.put(paper(one, f"Title, \n{one}", "x" * (index % 7 * 90)) for index, one in enumerate(IDS[:count]))
    assert store.find(IDS[:count]) == store.get(IDS[:count])
    assert len(store.find(IDS[:count])) == count
    assert store.find(["2611.00000", "2611.00002", "2611.00399", "2612.00001"]) == {}


def test_a_file_that_others_wrote_is_read_in_whole(tmp_path: Path) -> None:
    store = MetadataStore(DataFolder(tmp_path, 0))
    store.put(map(paper, IDS[:5]))
    path = tmp_path / "metadata" / "2026-11.csv"
    path.write_bytes(path.read_bytes().replace(b"\r\n", b"\n"))
    assert set(store.find(IDS[:6])) == set(IDS[:5])
