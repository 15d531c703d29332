"""The full text in a real browser: from a claim to its sentence and back; progress, phone, no script."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from shared.store.files.data_folder import DataFolder
from shared.store.papers.documents import Caption, DocumentStore, Reference
from tests.support.browsing.browser import serving
from tests.support.browsing.reader import reader
from tests.support.checks.waiting import eventually_sync
from tests.support.folders.seed import GRAPHS, TIDES, seed
from tests.support.papers.written_summary import MARKDOWN, store_written_summary

pytestmark = [pytest.mark.browser, pytest.mark.proof, pytest.mark.xdist_group("browser")]

TEXT = f"/paper/{GRAPHS}/text"
FILLER = "\n\n".join(f"Paragraph {number} of the appendix, with $x_{{{number}}}$ in it." for number in range(150))
NOTES = "\n\nA last word[^1] on the earlier work [@smith2020], Table [tab:rounds].\n\n[^1]: And a note.\n"
HOSTILE = '\n\n<img src=x onerror="alert(1)"> [x](javascript:alert(1)) {{ 7*7 }} $\\href{javascript:alert(1)}{y}$\n'
ENTRY = Reference(text="A. Smith. Bounds. arXiv:1706.03762, 2020.", arxiv_id="1706.03762", key="smith2020")


def long_text(data: DataFolder) -> None:
    """The text of the summary, longer: quotes keep their places."""
    store_written_summary(data)
    record = DocumentStore(data).record(GRAPHS)
    assert record is not None
    captions = (Caption(kind="table", number=1, text="Rounds.", labels=("tab:rounds",)),)
    appendix = f"\n\n## Appendix\n\n**Table 1.** Rounds.\n\n{FILLER}{HOSTILE}{NOTES}\n\n## References\n\n1. A. Smith.\n"
    longer = record.model_copy(update={"references": (ENTRY,), "captions": captions, "detail": "all words kept"})
    DocumentStore(data).put(longer, MARKDOWN + appendix, [])


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    data = seed(tmp_path_factory.mktemp("data"))
    long_text(data)
    with serving(reader(data)) as address:
        yield address


Opened = Callable[..., Page]


@pytest.fixture
def opened(browser: Browser, address: str) -> Iterator[Opened]:
    """Opens a page in a context of its own; no page may complain."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(path: str, **options: Any) -> Page:
        context = browser.new_context(reduced_motion="reduce", **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: None if "404" in message.text else complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(f"dialog: {dialog.message}"))
        page.goto(address + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def test_a_claim_opens_at_its_sentence_and_leads_back_by_mouse_and_by_keys(opened: Opened) -> None:
    page = opened(f"/paper/{GRAPHS}")
    page.locator("#claim-method-1 [data-evidence]").first.click()
    expect(page.locator("#quote mark").first).to_have_text("We count walks of length ")
    expect(page.locator("#quote")).to_be_in_viewport()
    expect(page.locator("[data-claim=method-1][aria-current]")).to_have_count(1)
    page.keyboard.press("e")
    page.wait_for_url("**/paper/*#claim-method-1")
    page.keyboard.press("e")
    page.wait_for_url("**/text?start=*")
    expect(page.locator("[data-claim=method-1][aria-current]")).to_have_count(1)
    page.keyboard.press("n")
    expect(page.locator("[data-claim=result-1][aria-current]")).to_have_count(1)
    expect(page.locator("#quote")).to_be_in_viewport()
    page.keyboard.press("p")
    expect(page.locator("[data-claim=method-1][aria-current]")).to_have_count(1)


def test_what_the_text_points_to_is_a_click_away_and_nothing_of_it_runs(opened: Opened) -> None:
    page = opened(TEXT)
    expect(page.locator(".math:not(.typeset)")).to_have_count(0)
    page.locator(".cite", has_text="1").last.click()
    page.locator("#sheet").get_by_role("link", name="See the reference").click()
    expect(page.locator("#sheet")).to_be_hidden()
    expect(page.locator("#ref-1")).to_be_in_viewport()
    expect(page.locator("#ref-1 a")).to_have_attribute("href", "/paper/1706.03762")
    page.locator(".footnote").click()
    expect(page.locator("#fn-1")).to_contain_text("And a note.")
    page.get_by_role("link", name="2 Method").click()
    expect(page.locator("#s-2-method")).to_be_in_viewport()
    expect(page.locator("article img")).to_have_count(0)
    expect(page.locator("article")).to_contain_text('<img src=x onerror="alert(1)">')
    expect(page.locator("article")).to_contain_text("{{ 7*7 }}")


def test_reading_goes_on_where_it_stopped_in_the_chosen_size(opened: Opened, address: str) -> None:
    page = opened(TEXT)
    page.get_by_role("button", name="Text size and width").click()
    page.get_by_role("button", name="Very large").click()
    expect(page.locator(".reading")).to_have_class("reading width-m skim-0 size-x")
    page.keyboard.press("Escape")
    page.get_by_text("Paragraph 90 of").scroll_into_view_if_needed()
    page.mouse.wheel(0, 200)
    kept = "Object.keys(localStorage).some((key) => key.startsWith('papersys.reading.me.'))"
    eventually_sync(lambda: bool(page.evaluate(kept)))
    page.goto(f"{address}/")
    page.goto(address + TEXT)
    expect(page.locator(".reading")).to_have_class("reading size-x width-m skim-0")
    page.get_by_role("link", name="Continue at").click()
    expect(page.get_by_text("Paragraph 90 of")).to_be_in_viewport()


def test_a_phone_shows_contents_and_claims_on_demand(opened: Opened) -> None:
    page = opened(TEXT, viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    expect(page.locator("#contents")).to_be_hidden()
    page.get_by_role("button", name="Contents").tap()
    page.get_by_role("link", name="4 Limitations").tap()
    expect(page.locator("#contents")).to_be_hidden()
    expect(page.locator("#s-4-limitations")).to_be_in_viewport()
    page.get_by_role("button", name="Claims").tap()
    page.locator("#claims").get_by_role("link", name="Walks of length").tap()
    expect(page.locator("#quote")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_paper_is_rated_where_its_text_is_read_by_key_and_by_button(opened: Opened) -> None:
    page = opened(TEXT)
    foot = page.locator(".rate-text")
    page.keyboard.press("s")
    expect(page.locator(".toast")).to_contain_text("Saved for later")
    expect(foot.get_by_role("button", name="Save for later")).to_have_attribute("aria-pressed", "true")
    foot.get_by_role("button", name="Save for later").click()
    expect(page.locator(".toast")).to_contain_text("Removed from Saved")
    page.keyboard.press("z")
    expect(page.locator(".toast")).to_contain_text("Undone")
    expect(foot.get_by_role("button", name="Save for later")).to_have_attribute("aria-pressed", "true")


def test_a_place_that_the_text_does_not_have_leads_to_its_beginning_without_a_fault_of_any_script(
    opened: Opened,
) -> None:
    page = opened(f"/paper/{TIDES}/text")
    expect(page.get_by_role("button", name="Fetch the text from arXiv")).to_be_visible()
    page.goto(page.url.replace(f"{TIDES}/text", f"{GRAPHS}/text?start=1&end=99999999"))
    page.get_by_role("link", name="Read the text from its beginning").click()
    expect(page.locator(".full-text")).to_be_visible()


def test_without_script_the_text_its_quotes_and_its_size_work(opened: Opened) -> None:
    page = opened(f"{TEXT}?claim=method-1#quote", java_script_enabled=False)
    expect(page.locator("#quote")).to_be_in_viewport()
    page.get_by_role("button", name="Text size and width").click()
    page.get_by_role("button", name="Large", exact=True).click()
    expect(page.locator(".reading")).to_have_class("reading size-l width-m skim-0")
    page.get_by_role("link", name="Back to the claim").click()
    expect(page.locator("#claim-method-1")).to_be_in_viewport()
