"""A weak day in a real browser: what is folded opens by mouse and by key, and numbers are under Details."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from shared.store.selections import SelectionStore
from tests.support.browsing.browser import launched, needs_chromium, serving
from tests.support.browsing.reader import reader
from tests.support.folders.seed import GRAPHS, HOSTILE, PROTEINS, TIDES, TODAY, UNREAD, matched, pick, seed

pytestmark = [pytest.mark.browser, pytest.mark.proof, pytest.mark.xdist_group("browser")]


@pytest.fixture
def weak_day(tmp_path: Path) -> Iterator[Page]:
    """A day with one strong match of four picks by score, and an exploration."""
    needs_chromium()
    data = seed(tmp_path)
    picks = [
        matched(pick(GRAPHS, 1, "top", TODAY, "like “Loopy”, which you liked in May"), "strong"),
        *(matched(pick(paper_id, rank), "weak") for rank, paper_id in enumerate((TIDES, UNREAD, PROTEINS), 2)),
        pick(HOSTILE, 9, "explore"),
    ]
    SelectionStore(data).write(TODAY, f"run-{TODAY}", picks)
    with serving(reader(data)) as address, sync_playwright() as playwright, launched(playwright) as browser:
        page = browser.new_page(viewport={"width": 360, "height": 800}, reduced_motion="reduce")
        page.goto(address)
        yield page


def card(page: Page, paper_id: str) -> str:
    return f'.card[data-paper="{paper_id}"]'


def test_a_weak_day_shows_its_strong_match_and_opens_the_rest_by_mouse_and_by_key(weak_day: Page) -> None:
    page = weak_day
    expect(page.locator(".sub")).to_contain_text("Only 1 strong match today")
    expect(page.locator(card(page, GRAPHS))).to_be_visible()
    expect(page.locator(card(page, HOSTILE))).to_be_visible()
    expect(page.locator(card(page, TIDES))).to_be_hidden()
    page.get_by_text("3 more picks, all weak matches").click()
    expect(page.locator(card(page, TIDES))).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.reload()
    page.evaluate("scrollTo(0, 0)")
    for _ in range(3):
        page.keyboard.press("j")
    expect(page.locator(card(page, TIDES))).to_be_focused()
    expect(page.locator(card(page, TIDES))).to_be_visible()
    first = page.locator(card(page, GRAPHS))
    expect(first).to_contain_text("like “Loopy”, which you liked in May")
    expect(first.get_by_text("cosine 0.62")).to_be_hidden()
    first.get_by_text("Details").click()
    expect(first.get_by_text("Rank 1 of 5")).to_be_visible()
    expect(first.get_by_text("cosine 0.62")).to_be_visible()
