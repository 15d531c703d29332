import os
from datetime import UTC, datetime
from pathlib import Path

from services.fetcher.documents.cache import DocumentCache
from shared.store.papers.documents import DocumentRecord, DocumentStore
from tests.support.arxiv import data_folder

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
