"""Addresses of texts and pictures: former ones still lead there, and only what may be shown is."""

import io
from dataclasses import replace

import httpx
import pytest
from PIL import Image

from shared.contracts import Document, DocumentReply
from shared.store.files.data_folder import DataFolder
from shared.store.papers.documents import DocumentStore, Picture
from shared.store.papers.metadata import MetadataStore
from tests.support.browsing.reader import FORM, HTML, FakeReader, page
from tests.support.folders.seed import GRAPHS, TIDES, paper
from tests.support.papers.written_summary import store_written_summary

FIGURE = "\n\n**Figure 1.** Rounds and nodes.\n"
NAME = "figure-1-1.webp"


def store_picture(data: DataFolder) -> bytes:
    store_written_summary(data)
    out = io.BytesIO()
    Image.new("RGB", (8, 4)).save(out, "WEBP")
    record, store = DocumentStore(data).record(GRAPHS), DocumentStore(data)
    assert record is not None
    pictured = record.model_copy(update={"pictures": (Picture(number=1, file=NAME, width=8, height=4),)})
    store.put(pictured, f"# T\n\nWords.{FIGURE}", [], {NAME: out.getvalue()})
    return out.getvalue()


async def get(fake_reader: FakeReader, path: str) -> httpx.Response:
    async with fake_reader.client() as client:
        return await client.get(path, headers=HTML)


@pytest.mark.parametrize(
    ("former", "now"),
    [
        (f"/paper/{GRAPHS}/document?start=4&end=9&context=400", f"/paper/{GRAPHS}/text?start=4&end=9"),
        ("/paper/hep-th/9901001/document", "/paper/hep-th/9901001/text"),
        (f"/paper/{GRAPHS}v2/text?part=2", f"/paper/{GRAPHS}/text?part=2"),
    ],
)  # fmt: skip
async def test_former_addresses_lead_to_the_text(fake_reader: FakeReader, former: str, now: str) -> None:
    answer = await get(fake_reader, former)
    assert (answer.status_code, answer.headers["location"]) == (308, now)


async def test_a_picture_under_a_free_licence_is_shown(fake_reader: FakeReader, data: DataFolder) -> None:
    content = store_picture(data)
    text = await page(fake_reader, f"/paper/{GRAPHS}/text")
    address = f"/paper/{GRAPHS}/picture/1/{NAME}"
    assert f'<img src="{address}" width="8" height="4"' in text
    assert "CC BY 4.0" in text
    answer = await get(fake_reader, address)
    assert answer.content == content
    assert answer.headers["content-type"] == "image/webp"
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_without_a_free_licence_no_picture_is_shown(fake_reader: FakeReader, data: DataFolder) -> None:
    store_picture(data)
    licence = "http://arxiv.org/licenses/nonexclusive-distrib/1.0/"
    MetadataStore(data).put([replace(paper(GRAPHS), license=licence)])
    text = await page(fake_reader, f"/paper/{GRAPHS}/text")
    assert '<img src="/paper' not in text
    assert "See it in the PDF" in text
    assert (await get(fake_reader, f"/paper/{GRAPHS}/picture/1/{NAME}")).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        f"{GRAPHS}/picture/1/figure-2-1.webp",
        f"{GRAPHS}/picture/1/document.md",
        f"{GRAPHS}/picture/1/..%2Freport.json",
        f"{GRAPHS}/picture/x/{NAME}",
        f"{GRAPHS}/picture/9/{NAME}",
        f"{TIDES}/picture/1/{NAME}",
    ],
)
async def test_nothing_else_in_the_folder_can_be_had(fake_reader: FakeReader, data: DataFolder, path: str) -> None:
    store_picture(data)
    assert (await get(fake_reader, f"/paper/{path}")).status_code == 404


async def test_a_text_is_fetched_on_request(fake_reader: FakeReader) -> None:
    fake_reader.bus.answers[Document] = lambda request: DocumentReply(
        paper_id=request.paper_id, version=1, status="withdrawn", detail="it is a stub"
    )
    async with fake_reader.client() as client:
        answer = await client.post(f"/paper/{TIDES}/text", headers=FORM)
    assert answer.status_code == 404
    assert "it is a stub" in answer.text
