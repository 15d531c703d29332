"""Axe finds nothing on any page, in light and dark, at a desk and on a phone; no page jumps or is heavy."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

from shared.contracts import ListedPaper, Rising
from shared.store.research.reading_list import ReadingListStore
from tests.support.browsing.browser import serving
from tests.support.browsing.reader import reader
from tests.support.folders.seed import FAR, GRAPHS, HOSTILE, NOON, TIDES, UNREAD, seed
from tests.support.papers.answered_questions import TRACE_ID, answered, write_question
from tests.support.people.rising_answers import rising_answer

pytestmark = [pytest.mark.proof, pytest.mark.browser, pytest.mark.xdist_group("axe")]

PAGES = (
    "/",
    "/day/2026-11-05",
    f"/paper/{GRAPHS}",
    f"/paper/{HOSTILE}",
    f"/paper/{TIDES}",
    f"/paper/{UNREAD}",
    f"/paper/{FAR}",
    "/paper/2601.99999",
    "/search",
    "/search?q=graphs",
    "/best",
    "/interests",
    "/missed",
    "/rising",
    "/tags",
    "/saved",
    "/ratings",
    "/days",
    "/follows",
    "/notes",
    "/feeds",
    "/map",
    "/setup",
    "/setup/rate",
    f"/paper/{GRAPHS}/text",
    f"/paper/{GRAPHS}/similar",
    "/tag/planets",
    "/category/cs.LG",
    "/status",
    "/nothing-here",
    "/ratings/import",
    "/reading-list",
    "/results",
    "/revisions",
    f"/paper/{GRAPHS}/citing",
    "/ask",
    f"/ask/{TRACE_ID}",
)
DESK: ViewportSize = {"width": 1200, "height": 900}
PHONE: ViewportSize = {"width": 320, "height": 740}
MOST_KB = 100
MOST_SHIFT = 0.05

_SHIFT_AND_WEIGHT = """() => new Promise((done) => {
  let shift = 0;
  const add = (list) => { for (const entry of list.getEntries()) if (!entry.hadRecentInput) shift += entry.value; };
  new PerformanceObserver(add).observe({ type: 'layout-shift', buffered: true });
  setTimeout(() => {
    const parts = performance.getEntriesByType('resource').filter((part) => !part.name.includes('/katex/'));
    const page = performance.getEntriesByType('navigation')[0];
    done({ shift, kb: parts.reduce((sum, part) => sum + part.transferSize, page.transferSize) / 1000 });
  }, 150);
})"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("axe")
    data = seed(folder)
    ReadingListStore(data).put([listed(GRAPHS, "ready", newer_version=2), listed(TIDES, "failed", problem="No text.")])
    write_question(data, result=answered())
    fake_reader = reader(data)
    fake_reader.bus.answers[Rising] = rising_answer()
    with serving(fake_reader) as address:
        yield address


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_nothing_jumps_is_heavy_or_wider_than_a_phone(
    browser: Browser, address: str, path: str
) -> None:
    context, page, at_desk = first_visit(browser, address + path)
    if at_desk["shift"] >= MOST_SHIFT:  # on a busy machine a font may come after the first paint
        context.close()
        context, page, at_desk = first_visit(browser, address + path)
    in_light_at_a_desk = complaints(page)
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size(PHONE)
    in_dark_on_a_phone = complaints(page)
    too_wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    context.close()
    assert (in_light_at_a_desk, in_dark_on_a_phone) == ([], [])
    assert too_wide <= 0
    assert at_desk["shift"] < MOST_SHIFT
    assert at_desk["kb"] < MOST_KB


def test_axe_finds_nothing_in_the_open_menu_and_the_help(browser: Browser, address: str) -> None:
    context, page, _ = first_visit(browser, f"{address}/paper/{GRAPHS}/text")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.locator(".menu summary").click()
        assert complaints(page) == []
        page.keyboard.press("Escape")
        page.keyboard.press("?")
        assert complaints(page) == []
        page.keyboard.press("Escape")
    context.close()


def listed(paper_id: str, state: str, **facts: object) -> ListedPaper:
    given = {"paper_id": paper_id, "state": state, "version": 1, "title": "On graphs", "sections": 3, "chunks": 9}
    return ListedPaper.model_validate({**given, **facts, "added_at": NOON, "changed_at": NOON})


def first_visit(browser: Browser, address: str) -> tuple[BrowserContext, Page, dict[str, float]]:
    """A page opened with an empty cache; how much it moved, how heavy it is."""
    context = browser.new_context(viewport=DESK, color_scheme="light", reduced_motion="reduce")
    page = context.new_page()
    page.goto(address)
    seen: dict[str, float] = page.evaluate(_SHIFT_AND_WEIGHT)
    return context, page, seen


def complaints(page: Page) -> list[str]:
    """What axe finds, with where: its rule, what is wrong, the first places."""
    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    return [f"{item['id']}: {item['help']}: {[node['target'] for node in item['nodes'][:4]]}" for item in found]
