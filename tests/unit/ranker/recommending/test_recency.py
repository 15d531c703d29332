"""Which papers are recent."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.ranker.recommending.recency import window_of
from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore, Paper

NEWEST = datetime(2026, 11, 20, tzinfo=UTC)


def paper(paper_id: str, days: int, *, withdrawn: bool = False) -> Paper:
    at = NEWEST - timedelta(days=days)
    return Paper(paper_id, 1, "T", "A", (), ("cs.LG",), "cs.LG", at, at, withdrawn=withdrawn)


PAPERS = [
    paper("2611.00001", 0),
    paper("2611.00002", 40),  # held for weeks before it got its id
    paper("2611.00003", 1, withdrawn=True),
    paper("2610.00001", 25),
    paper("2610.00002", 45),
    paper("2609.00001", 70),
    paper("hep-th/9901001", 10_000),
]


@pytest.fixture
def metadata(tmp_path: Path) -> MetadataStore:
    store = MetadataStore(DataFolder(tmp_path, 0))
    store.put(PAPERS)
    return store


@pytest.mark.parametrize(
    ("days", "recent"),
    [
        (2, ["2611.00001"]),
        (30, ["2611.00001", "2610.00001"]),
        (42, ["2611.00001", "2611.00002", "2610.00001"]),
        (60, ["2611.00001", "2611.00002", "2610.00001", "2610.00002"]),
        (36_500, [one.paper_id for one in PAPERS if not one.withdrawn]),
    ],
)
def test_recent_are_papers_submitted_in_the_last_days(metadata: MetadataStore, days: int, recent: list[str]) -> None:
    window = window_of(metadata, days)
    assert window is not None
    for one in PAPERS:
        (admitted,) = window.admits([one.paper_id])
        assert (bool(admitted) and window.has(one)) == (one.paper_id in recent)
        assert one.paper_id not in recent or int(one.paper_id.rpartition("/")[2][:2]) + 2000 >= window.year or days > 60


def test_an_unknown_paper_is_not_recent_and_an_empty_house_has_no_window(tmp_path: Path) -> None:
    empty = MetadataStore(DataFolder(tmp_path, 0))
    assert window_of(empty, 60) is None
    empty.put(PAPERS[:1])
    window = window_of(empty, 60)
    assert window is not None
    assert not window.has(None)
