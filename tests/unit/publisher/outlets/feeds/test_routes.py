"""Feeds answer at their secret address alone; the page tells it and renews it."""

import re
from pathlib import Path

import feedparser
import pytest

from shared.settings.sections.webhooks import WebhookSettings
from tests.support.arxiv.hostile_text import Tags
from tests.support.browsing.reader import FORM, FakeReader, page, reader
from tests.support.folders.seed import FAR, GRAPHS, HOSTILE, OLD, TIDES, UNREAD, seed

TOKEN = "a-token-of-decent-length"


@pytest.fixture
def fake_reader(tmp_path: Path) -> FakeReader:
    return reader(seed(tmp_path))


async def addresses(fake_reader: FakeReader) -> list[str]:
    return re.findall(r'value="(http://[^"]+/feed/[^"]+)"', await page(fake_reader, "/feeds"))


async def test_a_feed_needs_no_session(tmp_path: Path) -> None:
    data = seed(tmp_path)
    rss, atom, json_feed = await addresses(reader(data))
    async with reader(data, token=TOKEN).client() as client:
        answer = await client.get(atom)
        assert answer.status_code == 200
        assert (await client.get(rss)).headers["content-type"].startswith("application/rss+xml")
        assert (await client.get(json_feed)).json()["items"][0]["title"]
        assert (await client.get("/feeds")).status_code == 401
        assert (await client.get(re.sub(r"/feed/[^/]+", "/feed/guessed", atom))).status_code == 404
    picked = [entry.link.partition("/paper/")[2] for entry in feedparser.parse(answer.content).entries]
    assert set(picked) == {GRAPHS, TIDES, UNREAD, HOSTILE, FAR, OLD}


async def test_what_is_private_stays_out_and_hostile_text_is_text(fake_reader: FakeReader) -> None:
    async with fake_reader.client() as client:
        for address in await addresses(fake_reader):
            answer = await client.get(address)
            assert "because you liked" not in answer.text
            entries = feedparser.parse(answer.content, sanitize_html=False).entries
            contents = [entry.content[0].value if "content" in entry else entry.summary for entry in entries]
            contents += [item["content_html"] for item in answer.json()["items"]] if address.endswith("json") else []
            tags = {tag for content in contents for tag, _ in Tags(content).seen}
            assert contents
            assert tags <= {"p", "dl", "dt", "dd", "small", "a", "code", "em", "strong"}


async def test_a_feed_that_did_not_change_is_not_sent_again(fake_reader: FakeReader) -> None:
    (_, atom, _) = await addresses(fake_reader)
    async with fake_reader.client() as client:
        tag = (await client.get(atom)).headers["etag"]
        again = await client.get(atom, headers={"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")


async def test_renewing_ends_the_old_address(fake_reader: FakeReader) -> None:
    before = await addresses(fake_reader)
    async with fake_reader.client() as client:
        answer = await client.post("/feeds/renew", headers=FORM)
        assert answer.headers["location"] == "/feeds?renewed=1"
        after = await addresses(fake_reader)
        assert not set(before) & set(after)
        assert [(await client.get(address)).status_code for address in before] == [404] * 3
        assert [(await client.get(address)).status_code for address in after] == [200] * 3


async def test_the_page_tells_a_persons_own_chats_without_their_addresses(tmp_path: Path) -> None:
    secret = "https://hooks.slack.com/services/T0/B0/very-secret"
    webhooks = {
        "team": WebhookSettings(kind="slack", url=secret, threshold=0.7, hours="08:00-19:00"),
        "hers": WebhookSettings(kind="slack", url=secret, user="ana"),
    }
    text = await page(reader(seed(tmp_path), webhooks=webhooks), "/feeds")
    assert "picks with a match score of 70% or more, 08:00-19:00 UTC" in text
    assert "Nothing sent yet." in text
    assert "hers" not in text
    assert "very-secret" not in text
