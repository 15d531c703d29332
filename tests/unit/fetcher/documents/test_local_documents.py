"""People's own files as text: converted once, from the copy that is kept, and refused as papers are."""

import gzip
from pathlib import Path

import pytest

from services.fetcher.documents.conversion import Converted
from services.fetcher.documents.converter import ConversionJob, Converter
from services.fetcher.documents.local_documents import LocalDocuments
from shared.store.papers.documents import DocumentStore, Section
from shared.store.research.reading_list import ReadingListStore
from tests.support.arxiv.demo import data_folder, demo_settings


class CountingConverter(Converter):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def convert(self, job: ConversionJob) -> Converted:
        self.seen.append(Path(job.path).name)
        sections = (Section(title="", level=1, text="Mine."),)
        return Converted(status="converted", route="pdf", grade="fair", markdown="Mine.\n", sections=sections)


async def test_a_file_is_converted_once_and_stored_as_its_first_version(tmp_path: Path) -> None:
    data, converter = data_folder(tmp_path), CountingConverter()
    paper_id = ReadingListStore(data).keep_file(b"%PDF-1.4", ".pdf")
    documents = LocalDocuments(data, demo_settings(), converter)
    reply = await documents.get(paper_id)
    assert (reply.status, reply.version, reply.folder) == ("converted", 1, f"documents/{paper_id.replace(':', '_')}/v1")
    assert await documents.get(paper_id) == reply
    assert len(converter.seen) == 1
    assert DocumentStore(data).markdown(paper_id, 1) == "Mine.\n"


async def test_a_file_that_is_gone_has_no_text(tmp_path: Path) -> None:
    documents = LocalDocuments(data_folder(tmp_path), demo_settings(), CountingConverter())
    assert (await documents.get("local:0123456789abcdef")).status == "missing"


@pytest.mark.proof
async def test_a_hostile_file_is_refused_and_leaves_no_text(tmp_path: Path) -> None:
    data = data_folder(tmp_path)
    documents = LocalDocuments(data, demo_settings(), Converter())
    bomb = gzip.compress(bytes(30 * 1024**2))
    paper_id = ReadingListStore(data).keep_file(bomb, ".gz")
    assert (await documents.get(paper_id)).status == "hostile"
    assert DocumentStore(data).versions(paper_id) == []
