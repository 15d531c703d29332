"""Pages about a paper that open on demand."""

from shared.store.files.data_folder import DataFolder
from shared.store.papers.documents import DocumentRecord, DocumentStore
from tests.support.browsing.reader import FakeReader, page
from tests.support.folders.seed import GRAPHS, NOON, OLD


def put_text(data: DataFolder, version: int, markdown: str) -> None:
    record = DocumentRecord(paper_id=GRAPHS, version=version, status="converted", made_at=NOON)
    DocumentStore(data).put(record, markdown, [])


async def test_two_stored_versions_can_be_compared(fake_reader: FakeReader, data: DataFolder) -> None:
    put_text(data, 1, "# One\n\nIt takes five <b>rounds</b> of $x$.\n")
    put_text(data, 2, "# One\n\nIt takes six <b>rounds</b> of $x$.\n")
    assert f"/paper/{GRAPHS}/changes?from=1&amp;to=2" in await page(fake_reader, f"/paper/{GRAPHS}")
    text = await page(fake_reader, f"/paper/{GRAPHS}/changes?from=1&to=2")
    assert "<mark>five</mark>" in text
    assert "<mark>six</mark>" in text
    assert "<b>rounds" not in text


async def test_a_version_whose_text_is_not_stored_is_named(fake_reader: FakeReader) -> None:
    assert "The text of version 2 of arXiv:2611.00101 is not stored" in await page(
        fake_reader, f"/paper/{GRAPHS}/changes?from=1&to=2", 404
    )
    assert "needs both" in await page(fake_reader, f"/paper/{OLD}/changes?from=1", 404)
    assert "whole number" in await page(fake_reader, f"/paper/{GRAPHS}/changes?from=../1&to=2", 404)


async def test_a_summary_of_an_older_version_can_be_made_again(fake_reader: FakeReader) -> None:
    text = await page(fake_reader, f"/paper/{GRAPHS}")
    assert "This summary is of v1; v2 is out." in text
    assert "Read v2</button>" in text
