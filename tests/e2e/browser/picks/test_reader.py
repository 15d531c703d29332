"""The reader in a real browser: keys, mouse, formulas, a page that fills by itself, nothing asked of anybody else."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from shared.contracts import Hit, HitsReply, Search
from shared.store.papers.summaries import SummaryStore
from tests.support.browsing.browser import Visit, serving
from tests.support.browsing.reader import reader
from tests.support.checks.waiting import eventually_sync
from tests.support.folders.seed import GRAPHS, PROTEINS, TIDES, UNREAD, seed, summary

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def card(visit: Visit, paper_id: str) -> str:
    return f'.card[data-paper="{paper_id}"]'


def test_papers_are_rated_and_opened_by_keys_alone(visit: Visit) -> None:
    page = visit.page
    page.goto(visit.address)
    page.keyboard.press("j")
    expect(page.locator(card(visit, GRAPHS))).to_be_focused()
    page.keyboard.press("l")
    like = page.locator(f"{card(visit, GRAPHS)} button", has_text="Like").first
    expect(like).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".toast")).to_contain_text("Liked “Message passing on sparse")
    expect(page.locator(card(visit, TIDES))).to_be_focused()
    page.keyboard.press("d")
    expect(page.locator(f"{card(visit, TIDES)}")).to_have_attribute("data-label", "dislike")
    page.keyboard.press("k")
    page.keyboard.press("u")
    expect(page.locator(".toast")).to_have_text("Rating removed: “Tidal heating of eccentric sub-Neptunes”.")
    assert visit.labels() == [(GRAPHS, "like"), (TIDES, "dislike"), (TIDES, "clear")]
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/paper/{GRAPHS}")
    expect(page.locator("article.paper")).to_have_attribute("data-label", "like")
    page.keyboard.press("d")
    expect(page.locator("article.paper")).to_have_attribute("data-label", "dislike")
    page.keyboard.press("t")
    page.wait_for_url(f"{visit.address}/")
    page.keyboard.press("[")
    page.wait_for_url("**/day/2026-11-05")


def test_the_mouse_does_the_same_and_a_second_press_takes_it_back(visit: Visit) -> None:
    page = visit.page
    page.goto(visit.address)
    like = page.locator(f"{card(visit, TIDES)} button", has_text="Like").first
    like.click()
    expect(like).to_have_attribute("aria-pressed", "true")
    page.reload()
    expect(like).to_have_attribute("aria-pressed", "true")
    like.click()
    expect(like).to_have_attribute("aria-pressed", "false")
    eventually_sync(lambda: visit.labels() == [(TIDES, "like"), (TIDES, "clear")])


def test_what_was_said_just_before_the_page_is_left_is_shown_and_kept_once(visit: Visit) -> None:
    """NATS takes its time: one rating is on its way, two wait behind it, and the page is left."""
    page, bus = visit.page, visit.fake_reader.bus
    page.goto(visit.address)
    bus.confirms_after_seconds = 1.5
    page.keyboard.press("j")
    for key in ("l", "d", "l"):
        page.keyboard.press(key)
    names = page.evaluate("unanswered().map((word) => word.id)")
    assert len(names) == 3
    page.reload()
    for name, label in zip(names, ("like", "dislike", "like"), strict=True):
        expect(page.locator(card(visit, name))).to_have_attribute("data-label", label)
    eventually_sync(lambda: visit.labels() == list(zip(names, ("like", "dislike", "like"), strict=True)))
    page.wait_for_function("unanswered().length === 0")
    page.goto(f"{visit.address}/paper/{names[1]}")
    expect(page.locator("article.paper")).to_have_attribute("data-label", "dislike")


def test_a_rating_that_could_not_be_saved_is_shown_as_not_saved(visit: Visit) -> None:
    page = visit.page
    page.goto(visit.address)
    visit.fake_reader.problems["bus"] = "NATS is away"
    page.keyboard.press("j")
    page.keyboard.press("l")
    expect(page.locator(".toast")).to_contain_text("was not saved (NATS is away)")
    expect(page.locator(card(visit, GRAPHS))).to_have_attribute("data-label", "")
    assert visit.labels() == []
    visit.complaints[:] = [text for text in visit.complaints if "503" not in text]


def test_formulas_are_typeset_without_asking_anybody(visit: Visit) -> None:
    page = visit.page
    page.goto(f"{visit.address}/paper/{GRAPHS}")
    expect(page.locator("h1 .katex")).to_have_count(1)
    expect(page.locator(".math:not(.typeset)")).to_have_count(0)
    fonts = page.evaluate(
        "document.fonts.ready.then(() => [...document.fonts].filter(f => f.status == 'loaded').length)"
    )
    assert fonts > 0


def test_the_page_fills_by_itself_and_keeps_the_chosen_paper(visit: Visit) -> None:
    page = visit.page
    page.goto(visit.address)
    page.keyboard.press("j")
    expect(page.locator(card(visit, UNREAD))).to_contain_text("Being summarised")
    SummaryStore(seed(visit.root)).put(summary(UNREAD))
    expect(page.locator(card(visit, UNREAD))).to_contain_text("no AI text", timeout=15_000)
    expect(page.locator(card(visit, GRAPHS))).to_be_focused()
    page.keyboard.press("l")
    expect(page.locator(card(visit, GRAPHS))).to_have_attribute("data-label", "like")


def test_the_help_names_the_keys_that_do_something_on_the_page_and_no_others(visit: Visit) -> None:
    page, help_of_keys = visit.page, visit.page.locator("dialog.help")
    for path, there, absent in (
        ("/", ["next and previous paper", "like"], ["On this page"]),
        (f"/paper/{GRAPHS}", ["like", "read a claim’s sentence"], ["next and previous paper"]),
        (f"/paper/{GRAPHS}/text", ["like", "next and previous section"], ["next and previous paper"]),
        ("/status", ["undo the last action", "search"], ["like", "next and previous paper"]),
    ):
        page.set_viewport_size({"width": 360, "height": 500})
        page.goto(visit.address + path)
        page.keyboard.press("?")
        expect(help_of_keys.get_by_role("heading", name="Keyboard shortcuts")).to_be_in_viewport()
        for words in there:
            expect(help_of_keys.get_by_text(words, exact=words == "like").first).to_be_visible()
        for words in absent:
            expect(help_of_keys.get_by_text(words, exact=True).filter(visible=True)).to_have_count(0)


def test_keys_are_explained_and_leave_fields_alone(visit: Visit) -> None:
    page = visit.page
    visit.fake_reader.bus.answers[Search] = HitsReply(hits=(Hit(paper_id=PROTEINS, score=1),))
    page.goto(visit.address)
    page.keyboard.press("?")
    expect(page.locator("dialog.help")).to_be_visible()
    page.keyboard.press("l")
    page.keyboard.press("Escape")
    expect(page.locator("dialog.help")).to_be_hidden()
    page.keyboard.press("/")
    page.keyboard.type("jolly lidded duck")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=jolly+lidded+duck")
    expect(page.locator(card(visit, PROTEINS))).to_be_visible()
    assert visit.labels() == []


def test_without_javascript_the_buttons_still_work(browser: Browser, tmp_path: Path) -> None:
    fake_reader = reader(seed(tmp_path))
    with serving(fake_reader) as address:
        context = browser.new_context(java_script_enabled=False)
        page = context.new_page()
        page.goto(f"{address}/paper/{TIDES}")
        page.locator("button", has_text="Like").first.click()
        page.wait_for_url(f"**/paper/{TIDES}")
        expect(page.locator("article.paper")).to_have_attribute("data-label", "like")
        page.goto(f"{address}/paper/{PROTEINS}")
        page.locator("button", has_text="Read this paper").click()
        page.wait_for_url(f"**/paper/{PROTEINS}")
        expect(page.locator(".reading")).to_contain_text("This paper is being read")
        context.close()
