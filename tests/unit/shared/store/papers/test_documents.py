"""Documents: one with a report that can be read counts."""

from datetime import UTC, datetime

from shared.store.files.data_folder import DataFolder
from shared.store.papers.documents import DocumentRecord, DocumentStore, Section

NOON = datetime(2026, 11, 6, 12, tzinfo=UTC)


def test_a_document_without_a_report_does_not_count(data: DataFolder) -> None:
    store = DocumentStore(data)
    record = DocumentRecord(
        paper_id="hep-th/9901001", version=2, status="converted", route="latex", grade="good", made_at=NOON
    )
    store.put(record, "# Title\n", [Section(title="Title", level=1, text="")])
    data.path("documents", "hep-th_9901001", "v3").mkdir()
    assert store.record("hep-th/9901001") == record
    assert store.sections("hep-th/9901001", 2)[0].title == "Title"
    assert store.reply(record).folder == "documents/hep-th_9901001/v2"
    assert store.record("2410.12850") is None


def test_a_document_with_a_spoilt_report_does_not_count(data: DataFolder) -> None:
    documents = DocumentStore(data)
    documents.put(DocumentRecord(paper_id="2410.00001", version=1, status="converted", made_at=NOON), "x", [])
    data.write_bytes(data.path("documents", "2410.00001", "v1", "report.json"), b"\0" * 80)
    data.path("documents", "2410.00001", "vault").mkdir()
    assert documents.record("2410.00001") is None
