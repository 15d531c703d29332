"""Reading lists on disk: each user's own, replaced whole, and no line spoils another."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shared.contracts import ListedPaper
from shared.errors import PermanentFailure
from shared.store.files.data_folder import DataFolder
from shared.store.research import reading_list
from shared.store.research.reading_list import ReadingListStore

NOON = datetime(2026, 11, 6, 12, tzinfo=UTC)


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path, min_free_mb=0)


def listed(paper_id: str, user: str = "me", minutes: int = 0, **facts: object) -> ListedPaper:
    at = NOON + timedelta(minutes=minutes)
    return ListedPaper.model_validate(
        {"paper_id": paper_id, "user": user, "added_at": at, "changed_at": at, **facts},
    )


def test_each_user_has_a_list_of_their_own_in_the_order_of_adding(data: DataFolder) -> None:
    store = ReadingListStore(data)
    store.put([listed("2611.00002", minutes=2), listed("2611.00001", minutes=1), listed("2611.00001", user="ada")])
    assert [paper.paper_id for paper in store.of_user("me")] == ["2611.00001", "2611.00002"]
    assert [paper.paper_id for paper in store.of_user("ada")] == ["2611.00001"]
    assert (store.users(), len(store.lists("2611.00001"))) == (["ada", "me"], 2)
    assert ReadingListStore(data).everybody() == store.everybody()
    assert store.get("ada", "2611.00002") is None


def test_a_line_of_another_version_is_read_and_one_that_cannot_be_read_is_kept_aside(data: DataFolder) -> None:
    store = ReadingListStore(data)
    store.put([listed("2611.00001")])
    path = data.path("reading_list", "me.jsonl")
    line = path.read_text().strip()
    newer = line.replace("2611.00001", "2611.00002").removesuffix("}") + ',"colour":"blue"}'
    path.write_text(f'{line}\n{newer}\nnothing\n{{"paper_id": "x')
    assert [paper.paper_id for paper in store.of_user("me")] == ["2611.00001", "2611.00002"]
    store.put([listed("2611.00003")])
    assert len(path.read_text().splitlines()) == 3
    assert data.path("reading_list", "unreadable", "me.jsonl").read_text() == "nothing\n"


def test_a_user_whose_name_is_a_path_gets_a_plain_file(data: DataFolder) -> None:
    ReadingListStore(data).put([listed("2611.00001", user="../../etc/passwd")])
    assert [path.parent.name for path in data.root.rglob("*.jsonl")] == ["reading_list"]
    assert ReadingListStore(data).users() == ["../../etc/passwd"]


def test_a_file_is_kept_under_its_hash_and_goes_when_no_list_names_it(data: DataFolder) -> None:
    store = ReadingListStore(data)
    paper_id = store.keep_file(b"%PDF-1.4", ".pdf")
    assert paper_id == store.keep_file(b"%PDF-1.4", ".pdf")
    path = store.file_of(paper_id)
    assert path is not None
    assert path.read_bytes() == b"%PDF-1.4"
    assert path.name.startswith("local_")
    store.put([listed(paper_id)])
    store.drop_file(paper_id)
    assert store.file_of(paper_id) == path
    store.change("me", lambda papers: {})
    store.drop_file(paper_id)
    assert store.file_of(paper_id) is None


def test_versions_that_are_asked_were_asked_or_are_fetched_are_pinned(data: DataFolder) -> None:
    store = ReadingListStore(data)
    store.put([listed("hep-th/9901001", version=3, earlier_versions=(1,), wanted_version=4)])
    assert store.pinned() == {("hep-th_9901001", "v1"), ("hep-th_9901001", "v3"), ("hep-th_9901001", "v4")}


def test_there_is_a_most(data: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_list, "MOST_LISTED", 1)
    store = ReadingListStore(data)
    store.put([listed("2611.00001")])
    with pytest.raises(PermanentFailure, match="remove some first"):
        store.put([listed("2611.00002")])
