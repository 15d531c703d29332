"""Links of the digest: a GET changes nothing, a POST does what was signed, without a session."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.publisher.outlets.digest.signed_links import MailAction
from shared.contracts import FeedbackLabel
from tests.support.browsing.reader import FORM, HTML, FakeReader, page, pressed, reader
from tests.support.folders.seed import GRAPHS, seed
from tests.support.outside.smtp import Inbox, smtp_server

TOKEN = "a-token-of-decent-length"


@pytest.fixture
def guarded(tmp_path: Path) -> FakeReader:
    """A reader that nobody in these tests has a session of."""
    return reader(seed(tmp_path), token=TOKEN)


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    with smtp_server() as inbox:
        yield inbox


def labels(fake_reader: FakeReader) -> list[tuple[str, str, str]]:
    events = [event for event in fake_reader.bus.published if isinstance(event, FeedbackLabel)]
    return [(event.paper_ids[0], event.label, event.source) for event in events]


async def test_a_like_is_confirmed_before_it_counts(guarded: FakeReader) -> None:
    token = guarded.outgoing.links.token(MailAction("like", "me", GRAPHS))
    async with guarded.client() as client:
        asked = await client.get(f"/mail/rate?t={token}", headers=HTML)
        assert (asked.status_code, labels(guarded)) == (200, [])
        assert "Message passing" in asked.text
        (sent,) = re.findall(r'name="t" value="([^"]+)"', asked.text)
        done = await client.post("/mail/rate", data={"t": sent}, headers=FORM)
    assert "Your rating is saved" in done.text
    assert labels(guarded) == [(GRAPHS, "like", "digest")]


async def test_a_mail_program_unsubscribes_with_one_click(guarded: FakeReader) -> None:
    token = guarded.outgoing.links.token(MailAction("unsubscribe", "me"))
    async with guarded.client() as client:
        assert "Stop the daily e-mail?" in (await client.get(f"/mail/unsubscribe?t={token}", headers=HTML)).text
        assert guarded.outgoing.subscriptions.get("me").is_wanted
        form = {"List-Unsubscribe": "One-Click"}
        answer = await client.post(f"/mail/unsubscribe?t={token}", data=form)
    assert answer.status_code == 200
    assert not guarded.outgoing.subscriptions.get("me").is_wanted


@pytest.mark.parametrize("path", ["/mail/rate", "/mail/unsubscribe"])
async def test_a_link_does_only_what_was_signed(guarded: FakeReader, path: str) -> None:
    links = guarded.outgoing.links
    other = MailAction("unsubscribe", "me") if path == "/mail/rate" else MailAction("like", "me", GRAPHS)
    async with guarded.client() as client:
        for token in ("", "guessed", links.token(other), f"{links.token(other)}x"):
            assert (await client.get(f"{path}?t={token}", headers=HTML)).status_code == 404
            assert (await client.post(path, data={"t": token})).status_code == 404
    assert labels(guarded) == []
    assert guarded.outgoing.subscriptions.get("me").is_wanted


async def test_a_rating_that_could_not_be_saved_says_so(guarded: FakeReader) -> None:
    guarded.problems["bus"] = "NATS is away"
    token = guarded.outgoing.links.token(MailAction("dislike", "me", GRAPHS))
    async with guarded.client() as client:
        answer = await client.post("/mail/rate", data={"t": token}, headers=FORM)
    assert answer.status_code == 503
    assert "was not saved (NATS is away)" in answer.text
    assert f'value="{token}"' in answer.text


async def test_the_page_of_feeds_switches_and_sends(tmp_path: Path, inbox: Inbox) -> None:
    fake = reader(seed(tmp_path), digest=inbox.settings())
    async with fake.client() as client:
        assert "reader@example.org" in await page(fake, "/feeds")
        await client.post("/digest", data={"do": "unsubscribe"}, headers=FORM)
        assert "You have unsubscribed" in await page(fake, "/feeds")
        await client.post("/digest", data={"do": "subscribe"}, headers=FORM)
        answer = await client.post("/digest", data={"do": "send"}, headers=FORM)
        assert answer.headers["location"] == "/feeds?sent=1#digest"
        inbox.refusal = "554 no"
        refused = await client.post("/digest", data={"do": "send"}, headers=FORM)
        assert (refused.status_code, "554 no" in refused.text) == (503, True)
        assert (await client.post("/digest", data={"do": "dance"}, headers=FORM)).status_code == 422
    (message,) = inbox.messages
    body = message.get_body(("plain",))
    assert body is not None
    like = re.search(r"Like:\s+http://127.0.0.1:8080(\S+)", body.get_content())
    assert like is not None
    async with fake.client() as client:
        await client.post(like[1], headers=FORM)
    assert pressed(await page(fake, "/"), GRAPHS) == "like"


async def test_without_a_server_the_page_says_how_to_have_one(tmp_path: Path) -> None:
    assert "Name an SMTP server" in await page(reader(seed(tmp_path)), "/feeds")
