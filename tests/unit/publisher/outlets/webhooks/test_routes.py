"""Chats and phones on the page of feeds: each person changes their own."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.browsing.reader import FORM, FakeReader, page, reader
from tests.support.folders.seed import seed
from tests.support.outside.chat_server import ChatServer, chat_server


@pytest.fixture
def chats() -> Iterator[ChatServer]:
    with chat_server() as server:
        yield server


@pytest.fixture
def fake_reader(tmp_path: Path, chats: ChatServer) -> FakeReader:
    webhooks = {"team": chats.webhook("slack"), "hers": chats.webhook("slack", user="ana")}
    return reader(seed(tmp_path), webhooks=webhooks)


async def post(fake_reader: FakeReader, **fields: str) -> httpx.Response:
    async with fake_reader.client() as client:
        return await client.post("/webhooks", data={"name": "team", **fields}, headers=FORM)


async def test_threshold_and_hours_are_a_persons_own(fake_reader: FakeReader) -> None:
    answer = await post(fake_reader, do="save", threshold="70", hours="08:00-19:00")
    assert (answer.status_code, answer.headers["location"]) == (303, "/feeds?chat_saved=1#chats")
    text = await page(fake_reader, "/feeds")
    assert "picks with a match score of 70% or more, 08:00-19:00 UTC" in text
    assert 'value="70"' in text


async def test_a_pause_and_its_end(fake_reader: FakeReader) -> None:
    await post(fake_reader, do="pause")
    assert "Paused." in await page(fake_reader, "/feeds")
    await post(fake_reader, do="resume")
    assert "Paused." not in await page(fake_reader, "/feeds")


async def test_a_test_message_is_sent(fake_reader: FakeReader, chats: ChatServer) -> None:
    assert (await post(fake_reader, do="test")).headers["location"] == "/feeds?chat_tested=team#chats"
    assert "A test message" in chats.shown[0].text
    chats.closed = {"slack"}
    refused = await post(fake_reader, do="test")
    assert refused.status_code == 503
    assert "does not let us in" in refused.text
    assert "slack-secret" not in refused.text


@pytest.mark.parametrize(
    ("fields", "status", "says"),
    [
        ({"do": "save", "threshold": "170", "hours": "08:00-19:00"}, 422, "from 0 to 100"),
        ({"do": "save", "threshold": "70", "hours": "8 to 19"}, 422, "look like 08:00-19:00"),
        ({"do": "explode"}, 422, "Not a valid wish"),
        ({"do": "pause", "name": "hers"}, 404, "no webhook of that name"),
        ({"do": "pause", "name": "nobody"}, 404, "no webhook of that name"),
    ],
)
async def test_what_cannot_be_done_says_why(
    fake_reader: FakeReader, fields: dict[str, str], status: int, says: str
) -> None:
    answer = await post(fake_reader, **fields)
    assert answer.status_code == status
    assert says in answer.text
