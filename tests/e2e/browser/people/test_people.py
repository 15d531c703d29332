"""Two people in two real browsers on one reader: each has own picks, ratings and session."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from shared.contracts import FeedbackLabel
from shared.store.people.users import UserStore
from shared.store.selections import SelectionStore
from tests.support.browsing.browser import serving
from tests.support.browsing.logging_in import TOKEN
from tests.support.browsing.reader import reader
from tests.support.folders.seed import GRAPHS, PROTEINS, TODAY, pick, seed

pytestmark = [pytest.mark.browser, pytest.mark.proof, pytest.mark.xdist_group("browser")]


def opened(context: BrowserContext, address: str, token: str) -> Page:
    page = context.new_page()
    page.goto(f"{address}/?token={token}")
    assert "token" not in page.url
    return page


def test_each_of_two_people_has_own_picks_ratings_and_session(browser: Browser, tmp_path: Path) -> None:
    data = seed(tmp_path)
    _, token = UserStore(data).add("anna")
    mine = pick(PROTEINS, 1).model_copy(update={"user": "anna"})
    SelectionStore(data).of("anna").write(TODAY, f"run-{TODAY}", [mine])
    fake_reader = reader(data, token=TOKEN)
    with serving(fake_reader) as address:
        desk, phone = browser.new_context(), browser.new_context(viewport={"width": 360, "height": 700}, has_touch=True)
        owner, anna = opened(desk, address, TOKEN), opened(phone, address, token)
        expect(owner.locator(f'.card[data-paper="{GRAPHS}"]')).to_be_visible()
        expect(anna.locator(f'.card[data-paper="{PROTEINS}"]')).to_be_visible()
        expect(anna.locator(".card")).to_have_count(1)
        anna.locator(f'.card[data-paper="{PROTEINS}"] button', has_text="Like").first.tap()
        expect(anna.locator(f'.card[data-paper="{PROTEINS}"]')).to_have_attribute("data-label", "like")
        expect(anna.locator(".toast")).to_contain_text("Liked")  # the reader has it
        owner.goto(f"{address}/paper/{PROTEINS}")
        expect(owner.locator("article.paper")).not_to_have_attribute("data-label", "like")
        assert [event.user for event in fake_reader.bus.published if isinstance(event, FeedbackLabel)] == ["anna"]
        anna.get_by_role("button", name="Log out anna").tap()
        anna.wait_for_url("**/login")
        owner.reload()
        expect(owner.locator("article.paper")).to_be_visible()
        UserStore(data).remove("anna")
        anna.goto(f"{address}/?token={token}")
        assert anna.url.endswith("/login?wrong=1")
        desk.close()
        phone.close()
