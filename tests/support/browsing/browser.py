"""A real browser, and the reader on a port for it."""

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, Playwright

from services.publisher.serving import listen
from shared.contracts import FeedbackLabel
from tests.support.browsing.reader import FakeReader
from tests.support.bus.ports import free_port
from tests.support.checks.waiting import eventually_sync

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_ARGUMENTS = ("--no-sandbox", "--disable-background-networking")


def chromium() -> str | None:
    """The program of a browser on this machine."""
    return next(filter(None, map(shutil.which, _NAMES)), None)


def needs_chromium() -> None:
    """Skip the test aloud where there is none; in CI it fails."""
    if chromium() is None:
        if os.environ.get("CI"):
            pytest.fail("No Chromium is installed, and in CI the browser tests must run: apt-get install chromium")
        pytest.skip("no Chromium is installed (apt-get install chromium)")


@dataclass
class Visit:
    """A page of the reader, with what went wrong in it and whom it asked."""

    page: Page
    address: str
    fake_reader: FakeReader
    root: Path
    complaints: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)

    def labels(self) -> list[tuple[str, str]]:
        """The ratings published so far; one that was published again under its id counts once, as NATS has it."""
        published = self.fake_reader.bus.published
        ratings = {event.event_id: event for event in published if isinstance(event, FeedbackLabel)}
        return [(event.paper_ids[0], event.label) for event in ratings.values()]


@contextmanager
def launched(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=chromium(), args=list(_ARGUMENTS))
    try:
        yield browser
    finally:
        browser.close()


@contextmanager
def serving(fake_reader: FakeReader) -> Iterator[str]:
    """The reader's address."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(fake_reader.app, log_config=None, lifespan="off"))
    with listen("127.0.0.1", port) as listener:
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        eventually_sync(lambda: server.started)
        yield f"http://127.0.0.1:{port}"
        server.should_exit = True
        thread.join(10)


@contextmanager
def visiting(browser: Browser, fake_reader: FakeReader, root: Path) -> Iterator[Visit]:
    """A page at a desk; at its end nothing may have gone wrong in it, and nobody else been asked."""
    with serving(fake_reader) as address:
        context = browser.new_context(viewport={"width": 1200, "height": 900}, reduced_motion="reduce")
        page = context.new_page()
        visit = Visit(page, address, fake_reader, root)
        page.on("console", lambda message: visit.complaints.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: visit.complaints.append(str(error)))
        page.on("request", lambda request: visit.hosts.add(request.url.split("/")[2].split(":")[0]))
        yield visit
        context.close()
    assert visit.complaints == []
    assert visit.hosts == {"127.0.0.1"}
