"""Triage in a real browser: twenty papers by keys and by touch, undo across pages, the place on a list, the library."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from shared.contracts import FeedbackLabel
from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore
from shared.store.papers.summaries import SummaryStore
from shared.store.people.signals import SignalStore
from shared.store.selections import SelectionStore
from tests.support.browsing.browser import serving
from tests.support.browsing.reader import FakeReader, reader
from tests.support.checks.waiting import eventually_sync
from tests.support.folders.seed import FAR, GRAPHS, TIDES, TODAY, UNREAD, paper, pick, seed, summary

pytestmark = [pytest.mark.browser, pytest.mark.proof, pytest.mark.xdist_group("browser")]

MANY = [f"2611.{number:05}" for number in range(201, 221)]
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
DESK = {"viewport": {"width": 1100, "height": 800}}


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    """Twenty more picks of today."""
    data = seed(tmp_path)
    base = paper(GRAPHS)
    many = [replace(base, paper_id=name, title=f"Paper {name}") for name in MANY]
    MetadataStore(data).put(many)
    SelectionStore(data).write(TODAY, "run-many", [pick(name, 10 + place) for place, name in enumerate(MANY)])
    return data


@pytest.fixture
def fake_reader(data: DataFolder) -> FakeReader:
    return reader(data)


Visit = Callable[..., Page]


@pytest.fixture
def visit(browser: Browser, fake_reader: FakeReader) -> Iterator[Visit]:
    """Opens a page of the reader in a browser of its own; what goes wrong in it is told at the end."""
    complaints: list[str] = []
    contexts = []
    with serving(fake_reader) as address:

        def open_page(path: str = "/", **device: Any) -> Page:
            context = browser.new_context(base_url=address, reduced_motion="reduce", **(device or DESK))
            contexts.append(context)
            page = context.new_page()
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.goto(path)
            return page

        yield open_page
        for context in contexts:
            context.close()
    assert complaints == []


def labels(fake_reader: FakeReader) -> list[tuple[str, str]]:
    ratings = [event for event in fake_reader.bus.published if isinstance(event, FeedbackLabel)]
    return [(event.paper_ids[0], event.label) for event in ratings]


def card(page: Page, paper_id: str) -> Any:
    return page.locator(f'.card[data-paper="{paper_id}"]')


def shown(page: Page) -> list[str]:
    return list(page.evaluate("[...document.querySelectorAll('.card')].map(card => card.dataset.paper)"))


def test_twenty_papers_are_triaged_by_keys_and_each_is_undone(
    visit: Visit, fake_reader: FakeReader, data: DataFolder
) -> None:
    page = visit()
    names = shown(page)
    page.keyboard.press("j")
    for number in range(20):
        expect(card(page, names[number])).to_be_focused()
        assert page.evaluate("isInView(document.activeElement)")
        page.keyboard.press("ldsx"[number % 4])
    signals = SignalStore(data)
    eventually_sync(lambda: (len(labels(fake_reader)), signals.count()) == (10, 10))
    assert labels(fake_reader)[:2] == [(names[0], "like"), (names[1], "dislike")]
    expect(page.locator(".toast")).to_contain_text("Skipped")
    for number in reversed(range(20)):
        page.keyboard.press("z")
        expect(page.locator(".toast")).to_contain_text("Undone")
        expect(card(page, names[number])).to_be_focused()
    eventually_sync(lambda: not signals.current("save") and not signals.current("skip"))
    page.keyboard.press("z")
    expect(page.locator(".toast")).to_contain_text("Nothing to undo")
    page.reload()
    for number in range(20):
        expect(card(page, names[number])).to_have_attribute("data-label", "")


def test_twenty_papers_are_triaged_by_touch_and_the_last_tap_is_undone_by_the_toast(
    visit: Visit, fake_reader: FakeReader, data: DataFolder
) -> None:
    page = visit("/", **PHONE)
    names = shown(page)
    for number in range(20):
        button = ("Like", "Dislike", "Save", "Skip")[number % 4]
        target = card(page, names[number]).get_by_role("button", name=f"{button}", exact=False).first
        target.tap()
        expect(card(page, names[number + 1])).to_be_in_viewport()
    eventually_sync(lambda: (len(labels(fake_reader)), SignalStore(data).count()) == (10, 10))
    page.locator(".toaster").get_by_role("button", name="Undo").tap()
    expect(page.locator(".toast")).to_have_text(f"Undone: skipping “{title_of(page, names[19])}”.")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def title_of(page: Page, paper_id: str) -> str:
    return str(card(page, paper_id).get_attribute("data-title"))


def test_an_action_is_undone_from_another_page_and_the_earlier_rating_is_back(
    visit: Visit, fake_reader: FakeReader
) -> None:
    page = visit(f"/paper/{FAR}")
    page.keyboard.press("d")
    expect(page.locator(".toast")).to_contain_text("Disliked")
    page.goto("/")
    page.keyboard.press("z")
    expect(page.locator(".toast")).to_have_text(
        "Undone: dislike of “Loopy belief propagation revisited”. It is liked again."
    )
    eventually_sync(lambda: labels(fake_reader) == [(FAR, "dislike"), (FAR, "like")])


def test_the_place_on_the_list_and_the_read_mark_are_there_after_opening_and_coming_back(visit: Visit) -> None:
    page = visit()
    names = shown(page)
    for _ in range(8):
        page.keyboard.press("j")
    expect(card(page, names[7])).to_be_focused()
    top = card(page, names[7]).bounding_box()["y"]
    page.keyboard.press("o")
    page.wait_for_url(f"**/paper/{names[7]}")
    expect(page.locator("article.paper")).to_have_attribute("data-opened", "yes")
    page.keyboard.press("l")
    expect(page.locator(".toast")).to_contain_text("Liked")
    page.keyboard.press("b")
    page.wait_for_url("**/")
    expect(card(page, names[7])).to_be_focused()
    expect(card(page, names[7])).to_have_attribute("data-label", "like")
    expect(card(page, names[7]).locator(".read-mark")).to_be_visible()
    expect(card(page, names[6]).locator(".read-mark")).to_be_hidden()
    assert abs(card(page, names[7]).bounding_box()["y"] - top) < 3


def test_keys_switched_off_do_nothing_and_stay_off_until_switched_on(visit: Visit, fake_reader: FakeReader) -> None:
    page = visit()
    page.get_by_role("button", name="Keyboard shortcuts").click()
    page.get_by_label("Use these keys in this browser").uncheck()
    page.keyboard.press("Escape")
    page.reload()
    for key in "jl?z":
        page.keyboard.press(key)
    expect(page.locator("dialog.help")).to_be_hidden()
    expect(page.locator(".card.current")).to_have_count(0)
    assert labels(fake_reader) == []
    page.get_by_role("button", name="Keyboard shortcuts").click()
    page.get_by_label("Use these keys in this browser").check()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.locator(".card.current")).to_have_count(1)


def test_a_paper_out_of_view_is_not_rated_and_a_key_held_down_rates_once(visit: Visit, fake_reader: FakeReader) -> None:
    page = visit()
    page.keyboard.press("j")
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    page.keyboard.press("l")
    expect(page.locator(".toast")).to_contain_text("out of view")
    assert labels(fake_reader) == []
    page.keyboard.down("l")
    page.keyboard.down("l")
    page.keyboard.down("l")
    page.keyboard.up("l")
    eventually_sync(lambda: labels(fake_reader) == [(GRAPHS, "like")])


def test_the_library_works_without_script(visit: Visit, fake_reader: FakeReader) -> None:
    page = visit("/", **DESK, java_script_enabled=False)
    card(page, TIDES).get_by_role("button", name="Save for later").click()
    page.wait_for_url(f"**/#p-{TIDES}")
    page.get_by_role("link", name="Saved").click()
    expect(page.locator(".card")).to_have_count(1)
    assert shown_in(page) == [TIDES]
    page.get_by_role("link", name="My ratings").click()
    expect(page.get_by_text("Liked Friday, 6 November 2026")).to_be_visible()
    page.get_by_role("button", name="Undo last action").click()
    expect(page.locator(".notice")).to_contain_text("Undone: saving “Tidal heating of eccentric sub-Neptunes”.")
    page.reload()
    page.get_by_role("link", name="Saved").click()
    expect(page.locator("main")).to_contain_text("Nothing is saved")


def shown_in(page: Page) -> list[str | None]:
    return [one.get_attribute("data-paper") for one in page.locator(".card").all()]


def test_my_ratings_are_found_filtered_and_taken_back(visit: Visit, fake_reader: FakeReader) -> None:
    page = visit("/ratings")
    expect(card(page, FAR)).to_contain_text("Liked Friday, 6 November 2026")
    page.get_by_label("Title, author or id").fill("adler loopy")
    page.get_by_role("button", name="Filter").click()
    expect(page).to_have_url(re.compile("adler"))
    expect(page.locator(".card")).to_have_count(1)
    assert shown(page) == [FAR]
    card(page, FAR).get_by_role("button", name="Like").first.click()
    eventually_sync(lambda: labels(fake_reader) == [(FAR, "clear")])
    page.get_by_role("button", name="Undo last action").click()
    expect(card(page, FAR)).to_have_attribute("data-label", "like")


def test_the_focus_is_lost_neither_when_the_page_fills_nor_when_a_button_goes(visit: Visit, data: DataFolder) -> None:
    page = visit()
    dislike = card(page, TIDES).get_by_role("button", name="Dislike: Tidal heating")
    page.get_by_text("Calendar").click()
    dislike.focus()
    SummaryStore(data).put(summary(UNREAD))
    expect(card(page, UNREAD)).to_contain_text("no AI text", timeout=15_000)
    expect(dislike).to_be_focused()
    expect(page.locator("details.calendar")).to_have_attribute("open", "")
    page.goto(f"/paper/{TIDES}")
    page.get_by_role("button", name="Skip").focus()
    page.keyboard.press("l")
    expect(page.get_by_role("button", name="Like: Tidal heating", exact=False).first).to_be_focused()
