"""What a page tells of reading: clicks to the original, and time with the text only while it is in view."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from shared.store.files.data_folder import DataFolder
from shared.store.people.signals import SignalStore
from tests.support.browsing.browser import serving
from tests.support.browsing.reader import reader
from tests.support.checks.waiting import eventually_sync
from tests.support.folders.seed import GRAPHS, seed
from tests.support.papers.written_summary import store_written_summary

pytestmark = [pytest.mark.browser, pytest.mark.proof, pytest.mark.xdist_group("browser")]

TEXT = f"/paper/{GRAPHS}/text"
HIDE = """state => {
  Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    data = seed(tmp_path)
    store_written_summary(data)
    return data


@pytest.fixture
def page(browser: Browser, data: DataFolder) -> Iterator[Page]:
    """A page whose clock the test moves on; arXiv is played by two words."""
    with serving(reader(data)) as address, browser.new_context(base_url=address) as context:
        context.route("https://arxiv.org/**", lambda route: route.fulfill(body="the original"))
        page = context.new_page()
        page.clock.install()
        yield page


@pytest.mark.parametrize("path", [TEXT, f"/paper/{GRAPHS}"])
def test_without_leave_to_keep_signals_a_page_tells_nothing(browser: Browser, data: DataFolder, path: str) -> None:
    with serving(reader(data, keeps_signals=False)) as address, browser.new_context(base_url=address) as context:
        context.route("https://arxiv.org/**", lambda route: route.fulfill(body="the original"))
        page = context.new_page()
        page.clock.install()
        told: list[str] = []
        page.on("request", lambda request: told.append(request.url) if request.method == "POST" else None)
        page.goto(path)
        stay(page, 60)
        page.evaluate(HIDE, "hidden")
        page.evaluate(HIDE, "visible")
        page.goto(f"/paper/{GRAPHS}")
        page.get_by_role("link", name="PDF", exact=True).click(modifiers=["Control"])
        with page.expect_request(lambda request: request.method == "POST"):  # requests are told of while one waits
            page.get_by_role("button", name="Save").first.click()
        eventually_sync(lambda: bool(SignalStore(data).all()))
        assert [address.rpartition("/")[2] for address in told] == ["signal"]
        assert {signal.kind for signal in SignalStore(data).all()} == {"save"}


def told(data: DataFolder, kind: str) -> list[tuple[str, float]]:
    return [(signal.paper_id, signal.value) for signal in SignalStore(data).all() if signal.kind == kind]


def stay(page: Page, seconds: int, *, is_awake: bool = True) -> None:
    """Let so much time pass for the page; somebody who is awake scrolls now and then."""
    for _ in range(0, seconds, 100):
        if is_awake:
            page.mouse.move(20, 20)
            page.evaluate("dispatchEvent(new Event('scroll'))")
        page.clock.run_for(min(100, seconds) * 1000)


def test_time_with_the_text_counts_only_in_view_and_awake(page: Page, data: DataFolder) -> None:
    page.goto(TEXT)
    stay(page, 60)
    page.evaluate(HIDE, "hidden")
    eventually_sync(lambda: len(told(data, "read")) == 1)
    stay(page, 600)
    page.evaluate(HIDE, "visible")
    stay(page, 600, is_awake=False)
    page.goto(f"/paper/{GRAPHS}")
    eventually_sync(lambda: len(told(data, "read")) == 2)
    (first, first_seconds), (second, second_seconds) = told(data, "read")
    assert (first, second) == (GRAPHS, GRAPHS)
    assert 60 <= first_seconds < 120, "and what the machine took: the page's clock goes on by itself as well"
    assert 120 <= second_seconds < 180


def test_a_visit_counts_for_an_hour_at_most_and_a_glance_not_at_all(page: Page, data: DataFolder) -> None:
    page.goto(TEXT)
    page.clock.run_for(3_000)
    page.evaluate(HIDE, "hidden")
    page.evaluate(HIDE, "visible")
    stay(page, 4_500)
    page.evaluate(HIDE, "hidden")
    eventually_sync(lambda: told(data, "read") == [(GRAPHS, 3600)])


def test_a_click_to_the_original_is_told_of_its_paper(page: Page, data: DataFolder) -> None:
    page.goto(f"/paper/{GRAPHS}")
    page.get_by_role("link", name="PDF", exact=True).click(modifiers=["Control"])
    eventually_sync(lambda: told(data, "click") == [(GRAPHS, 0)])
    page.get_by_role("link", name=f"arXiv:{GRAPHS}", exact=True).first.click()
    page.wait_for_url("https://arxiv.org/**")
    eventually_sync(lambda: told(data, "click") == [(GRAPHS, 0)] * 2)
