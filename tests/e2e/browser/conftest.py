"""A browser for the tests of a module, and a visit to the seeded reader."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.support.browser import Visit, launched, needs_chromium, serving
from tests.support.reader import reader
from tests.support.seed import seed

expect.set_options(timeout=30_000)  # a busy machine is slow; what never comes still fails


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    needs_chromium()
    with sync_playwright() as playwright, launched(playwright) as browser:
        yield browser


@pytest.fixture
def visit(browser: Browser, tmp_path: Path) -> Iterator[Visit]:
    fake_reader = reader(seed(tmp_path), demo=True)
    with serving(fake_reader) as address:
        context = browser.new_context(viewport={"width": 1200, "height": 900}, reduced_motion="reduce")
        page = context.new_page()
        visit = Visit(page, address, fake_reader, tmp_path)
        page.on("console", lambda message: visit.complaints.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: visit.complaints.append(str(error)))
        page.on("request", lambda request: visit.hosts.add(request.url.split("/")[2].split(":")[0]))
        yield visit
        context.close()
    assert visit.complaints == []
    assert visit.hosts == {"127.0.0.1"}
