"""The page that imports ratings: nothing is stored before its report was seen and confirmed."""

from urllib.parse import urlsplit

import httpx
import pytest

from shared.contracts import ImportRatings
from shared.errors import RequestFailed
from shared.store.files.data_folder import DataFolder
from shared.store.people.preferences import RatingStore
from tests.support.browsing.reader import FORM, FakeReader
from tests.support.folders.seed import FAR, UNREAD
from tests.support.papers.rating_imports import answer_imports

CSV = f"id,preference\n{UNREAD},like\n{FAR},dislike\n2410.1285,like\nfoo,like\n"


@pytest.fixture
def importing(data: DataFolder, fake_reader: FakeReader) -> FakeReader:
    """A reader whose feedback service answers."""
    return answer_imports(fake_reader, data)


async def upload(fake_reader: FakeReader, **content: str) -> httpx.Response:
    """Send a file or a text as the form does."""
    file = content.pop("file", None)
    files = {"file": ("C:\\old\\mine.csv", file.encode())} if file is not None else {"file": ("", b"")}
    async with fake_reader.client() as client:
        return await client.post("/ratings/import", data=content, files=files, headers=FORM)


async def get(fake_reader: FakeReader, address: str) -> httpx.Response:
    async with fake_reader.client() as client:
        return await client.get(address, headers=FORM)


def labels(data: DataFolder) -> dict[str, str]:
    return {paper_id: rating.label for paper_id, rating in RatingStore(data).current().items()}


async def test_a_file_is_reported_and_stored_only_when_confirmed(data: DataFolder, importing: FakeReader) -> None:
    before = labels(data)
    answer = await upload(importing, file=CSV)
    assert answer.status_code == 303
    report = (await get(importing, answer.headers["location"])).text
    assert "<strong>mine.csv</strong>" in report
    assert "2410.1285 may be 2410.12850" in report
    assert "&#39;foo like&#39; names no arXiv paper" in report
    assert labels(data) == before
    async with importing.client() as client:
        path = urlsplit(answer.headers["location"]).path
        done = await client.post(path, data={"lists_are": "like"}, headers=FORM)
    assert "2 ratings are stored" in done.text
    assert labels(data) == {**before, UNREAD: "like", FAR: "dislike"}
    again = (await get(importing, answer.headers["location"])).text
    assert "There is nothing new in this file." in again


async def test_pasted_papers_are_disliked_where_the_form_says_so(data: DataFolder, importing: FakeReader) -> None:
    answer = await upload(importing, text=UNREAD, lists_are="dislike")
    assert "Dislikes to store" in (await get(importing, answer.headers["location"])).text


@pytest.mark.parametrize(
    ("content", "says"), [({"text": " "}, "Choose a file"), ({"file": "PK\x03\x04"}, "save it as CSV")]
)
async def test_what_cannot_be_read_is_refused(importing: FakeReader, content: dict[str, str], says: str) -> None:
    answer = await upload(importing, **content)
    assert answer.status_code == 422
    assert says in answer.text


async def test_an_empty_table_says_so_on_the_page(importing: FakeReader) -> None:
    answer = await upload(importing, file="id,preference\n")
    report = await get(importing, answer.headers["location"])
    assert report.status_code == 422
    assert "there is no paper in it" in report.text


async def test_while_the_feedback_service_is_away_nothing_is_lost(fake_reader: FakeReader) -> None:
    fake_reader.bus.answers[ImportRatings] = RequestFailed("Nobody answers now.", code="unavailable", retryable=True)
    answer = await upload(fake_reader, file=CSV)
    report = await get(fake_reader, answer.headers["location"])
    assert report.status_code == 503
    assert "Nothing was imported: Nobody answers now. Try again in a moment." in report.text


async def test_an_address_that_is_none_is_not_found(importing: FakeReader) -> None:
    assert (await get(importing, "/ratings/import/x")).status_code == 404
    assert (await get(importing, f"/ratings/import/{'0' * 32}")).status_code == 422
