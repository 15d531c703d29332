"""Chats and phones on the page of feeds, in a real browser and at a phone's size."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browsing.browser import serving
from tests.support.browsing.reader import FakeReader, reader
from tests.support.checks.waiting import eventually_sync
from tests.support.folders.seed import seed
from tests.support.outside.chat_server import ChatServer, chat_server

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture
def chats() -> Iterator[ChatServer]:
    with chat_server() as server:
        yield server


@pytest.fixture
def fake_reader(tmp_path: Path, chats: ChatServer) -> FakeReader:
    return reader(seed(tmp_path), webhooks={"team": chats.webhook("slack"), "phone": chats.webhook("ntfy")})


@pytest.fixture
def page(browser: Browser, fake_reader: FakeReader) -> Iterator[Page]:
    """A phone; nothing in the page may go wrong."""
    complaints: list[str] = []
    with serving(fake_reader) as address:
        context = browser.new_context(base_url=address, viewport={"width": 360, "height": 740}, reduced_motion="reduce")
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        yield page
        context.close()
    assert complaints == []


def test_a_persons_threshold_hours_and_pause(page: Page, fake_reader: FakeReader, chats: ChatServer) -> None:
    deliveries = fake_reader.outgoing.deliveries
    page.goto("/feeds")
    form = page.get_by_role("form", name="team")
    form.get_by_label("Match score").fill("70")
    form.get_by_label("Hours").fill("08:00-19:00")
    form.get_by_role("button", name="Save").click()
    eventually_sync(lambda: deliveries.get("team").wish.threshold == 0.7)
    expect(page.get_by_text("picks with a match score of 70% or more, 08:00-19:00 UTC")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    form.get_by_role("button", name="Send a test message").click()
    expect(page.get_by_text("team took the test message.")).to_be_visible()
    assert [shown.kind for shown in chats.shown] == ["slack"]
    form.get_by_role("button", name="Pause").click()
    eventually_sync(lambda: deliveries.get("team").wish.is_paused)
    form.get_by_role("button", name="Go on").click()
    eventually_sync(lambda: not deliveries.get("team").wish.is_paused)
    expect(form.get_by_label("Match score")).to_have_value("70")
