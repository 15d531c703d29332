"""The reading list's page, its forms, and the button on every paper."""

from datetime import timedelta

import httpx
import pytest

from shared.contracts import AddPapers, ListedPaper, ReadingListReply, RemovePapers, UpdatePapers
from shared.errors import RequestFailed
from shared.store.files.data_folder import DataFolder
from shared.store.papers.documents import DocumentRecord, DocumentStore, Section
from shared.store.research.reading_list import ReadingListStore
from tests.support.browsing.reader import FORM, FakeReader, page
from tests.support.folders.seed import GRAPHS, NOON

HOSTILE = '"><script>alert(1)</script> {{ 7*7 }}'
OWN = "local:0123456789abcdef"


def listed(paper_id: str, minutes: int = 0, **facts: object) -> ListedPaper:
    at = NOON + timedelta(minutes=minutes)
    return ListedPaper.model_validate({"paper_id": paper_id, "added_at": at, "changed_at": at, **facts})


async def send(fake_reader: FakeReader, **fields: str) -> httpx.Response:
    async with fake_reader.client() as client:
        return await client.post("/api/reading-list", data=fields, headers=FORM)


async def test_a_button_puts_a_paper_on_the_list_and_leads_back(fake_reader: FakeReader) -> None:
    fake_reader.bus.answers |= {AddPapers: ReadingListReply(), RemovePapers: ReadingListReply()}
    answer = await send(fake_reader, papers=GRAPHS, next=f"/paper/{GRAPHS}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/paper/{GRAPHS}")
    answer = await send(fake_reader, papers=GRAPHS, wanted="remove", next="//evil.example")
    assert answer.headers["location"] == "/"
    assert fake_reader.bus.asked == [AddPapers(paper_ids=(GRAPHS,)), RemovePapers(paper_ids=(GRAPHS,))]


async def test_the_form_takes_several_ids_addresses_and_versions(fake_reader: FakeReader) -> None:
    fake_reader.bus.answers[AddPapers] = ReadingListReply()
    text = "2403.12345v2, https://arxiv.org/abs/hep-th/9901001\n local:0123456789abcdef"
    assert (await send(fake_reader, papers=text)).status_code == 303
    ids = ("2403.12345", "hep-th/9901001", OWN)
    assert fake_reader.bus.asked == [AddPapers(paper_ids=ids, versions={"2403.12345": 2})]


@pytest.mark.parametrize(
    ("fields", "status", "says"),
    [
        ({"papers": "nonsense"}, 422, "is not an arXiv id"),
        ({"papers": " , "}, 422, "Name between 1"),
        ({"papers": "/etc/passwd"}, 422, "is not an arXiv id"),
        ({"papers": GRAPHS, "local_path": "/etc/passwd"}, 422, "local_path"),
        ({"papers": GRAPHS, "wanted": "burn"}, 422, "wanted"),
        ({"papers": " ".join(f"2403.{number:05}" for number in range(101))}, 422, "papersys arxiv add"),
    ],
)
async def test_what_is_no_paper_is_refused(
    fake_reader: FakeReader, fields: dict[str, str], status: int, says: str
) -> None:
    answer = await send(fake_reader, **fields)
    assert (answer.status_code, says in answer.text) == (status, True)
    assert fake_reader.bus.asked == []


async def test_a_refusal_and_an_absent_service_are_said(fake_reader: FakeReader) -> None:
    fake_reader.bus.answers[UpdatePapers] = ReadingListReply(refused={GRAPHS: f"{GRAPHS} is not on the list."})
    answer = await send(fake_reader, papers=GRAPHS, wanted="update")
    assert (answer.status_code, "is not on the list" in answer.text) == (409, True)
    fake_reader.bus.answers[AddPapers] = RequestFailed("Nobody answers.", code="unavailable", retryable=True)
    async with fake_reader.client() as client:
        answer = await client.post("/api/reading-list", json={"papers": GRAPHS})
    assert answer.status_code == 503


async def test_the_page_tells_how_far_each_paper_is(data: DataFolder, fake_reader: FakeReader) -> None:
    papers = [
        listed(GRAPHS, version=1, state="ready", sections=4, chunks=9, newer_version=3, title="Graphs"),
        listed("2403.00001", 1, title=HOSTILE, state="failed", problem=f"It was withdrawn: {HOSTILE}"),
        listed("2403.00002", 2, state="embedding", title="Third"),
    ]
    ReadingListStore(data).put(papers)
    text = await page(fake_reader, "/reading-list")
    for words in ("4 sections, 9 passages", "Update to v3", "Being embedded", "3 papers, 1 on the way, 1 failed"):
        assert words in text
    assert "<script>alert" not in text
    assert text.index("Third") < text.index("Graphs")
    assert 'data-poll="3"' in text


async def test_a_paper_says_whether_it_is_on_the_list(data: DataFolder, fake_reader: FakeReader) -> None:
    text = await page(fake_reader, f"/paper/{GRAPHS}")
    assert 'Add to reading list (for Ask)<span class="hidden">: ' in text
    ReadingListStore(data).put([listed(GRAPHS)])
    text = await page(fake_reader, f"/paper/{GRAPHS}")
    assert 'On the reading list (for Ask)<span class="hidden">: ' in text
    assert 'value="remove" aria-pressed="true"' in text


async def test_an_own_file_is_read_by_its_owner_alone(data: DataFolder, fake_reader: FakeReader) -> None:
    record = DocumentRecord(paper_id=OWN, version=1, status="converted", made_at=NOON)
    DocumentStore(data).put(record, "# Mine\n\nA secret.\n", [Section(title="", level=1, text="A secret.")])
    assert "A secret." not in await page(fake_reader, f"/paper/{OWN}/text", 404)
    ReadingListStore(data).put([listed(OWN, version=1, state="ready", title="Mine", file_name="mine.pdf")])
    assert "A secret." in await page(fake_reader, f"/paper/{OWN}/text")
    assert f"/paper/{OWN.replace(':', '%3A')}/text" in await page(fake_reader, "/reading-list")
