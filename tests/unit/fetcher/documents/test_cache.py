import os
from datetime import UTC, datetime
from pathlib import Path

from services.fetcher.documents.cache import DocumentCache
from shared.contracts import ListedPaper
from shared.store.papers.documents import DocumentRecord, DocumentStore
from shared.store.research.reading_list import ReadingListStore
from tests.support.arxiv.demo import data_folder

NOW = datetime(2026, 11, 6, tzinfo=UTC)


async def test_documents_beyond_the_cap_are_dropped_the_least_recently_used_first(tmp_path: Path) -> None:
    data = data_folder(tmp_path)
    store = DocumentStore(data)
    records = [DocumentRecord(paper_id=f"2611.0000{n}", version=1, status="converted", made_at=NOW) for n in (1, 2, 3)]
    for age, record in zip((100, 300, 200), records, strict=True):
        store.put(record, "x" * 600, [])
        for path in store.folder(record.paper_id, 1).iterdir():
            os.utime(path, (1_000_000 - age, 1_000_000 - age))
    cache = DocumentCache(data, 2_500)
    cache.note_use(records[2])
    assert [folder.parent.name for folder in cache.trim("2611.00001")] == ["2611.00002"]
    assert [store.record(record.paper_id) is None for record in records] == [False, True, False]


async def test_versions_of_a_reading_list_stay_however_long_nobody_asked_for_them(tmp_path: Path) -> None:
    data = data_folder(tmp_path)
    store = DocumentStore(data)
    for paper_id in ("2611.00001", "2611.00002"):
        store.put(DocumentRecord(paper_id=paper_id, version=1, status="converted", made_at=NOW), "x" * 600, [])
        for path in store.folder(paper_id, 1).iterdir():
            os.utime(path, (1_000_000, 1_000_000))
    listed = ListedPaper(paper_id="2611.00001", version=2, earlier_versions=(1,), added_at=NOW, changed_at=NOW)
    ReadingListStore(data).put([listed])
    assert [folder.parent.name for folder in DocumentCache(data, 10).trim("2611.00009")] == ["2611.00002"]
