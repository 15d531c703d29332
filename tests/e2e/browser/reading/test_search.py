"""Search and follows in a real browser: by mouse, by keys, on a phone and without script."""

import pytest
from playwright.sync_api import Browser, expect

from shared.contracts import (
    Followed,
    FollowedReply,
    FollowMatches,
    Hit,
    HitsReply,
    Search,
    SetFollow,
    SetFollowReply,
    now,
)
from shared.store.files.data_folder import DataFolder
from shared.store.people.follows import Follow, FollowStore
from tests.support.browsing.browser import Visit
from tests.support.folders.seed import GRAPHS, PROTEINS, TIDES

PHONE = 360
pytestmark = [pytest.mark.browser, pytest.mark.proof, pytest.mark.xdist_group("browser")]


@pytest.fixture
def searching(visit: Visit) -> Visit:
    """The ranker finds two papers on every page of five, and follows are stored as the feedback service does."""
    follows = FollowStore(DataFolder(visit.root, 0))

    def store(request: SetFollow) -> SetFollowReply:
        follows.put(Follow(**request.model_dump(), at=now()))
        return SetFollowReply(kind=request.kind, value=request.value, followed=request.followed)

    hits = (
        Hit(
            paper_id=GRAPHS,
            score=2,
            title="⟦Message⟧ passing needs $O(\\log n)$ rounds",
            snippet="…a ⟦message⟧ of $n$ bits…",
        ),
        Hit(paper_id=PROTEINS, score=1),
    )
    matches = (FollowMatches(kind="search", value="message", paper_ids=(GRAPHS, TIDES), total=2),)
    visit.fake_reader.bus.answers |= {
        SetFollow: store,
        Search: HitsReply(hits=hits, total=150),
        Followed: FollowedReply(matches=matches),
    }
    return visit


def test_a_query_of_one_endless_word_scrolls_nothing_sideways(visit: Visit) -> None:
    visit.page.set_viewport_size({"width": 360, "height": 740})
    visit.page.goto(f"{visit.address}/search?q={'a' * 2000}")
    assert visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_search_is_read_in_pages_ordered_and_followed_by_keys(searching: Visit) -> None:
    page = searching.page
    page.goto(searching.address)
    page.keyboard.press("/")
    page.keyboard.type("message")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=message")
    expect(page.locator(".card h2 .katex")).to_have_count(1)
    expect(page.locator(".card mark").first).to_have_text("Message")
    page.keyboard.press("]")
    page.wait_for_url("**page=2")
    expect(page.locator(".pager")).to_contain_text("Page 2 of 5")
    page.keyboard.press("[")
    page.wait_for_url("**/search?q=message*")
    page.get_by_role("link", name="Newest").click()
    page.wait_for_url("**order=date")
    page.get_by_role("button", name="Follow this search").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_have_text("You follow this search now.")
    expect(page.get_by_role("button", name="Unfollow this search")).to_be_focused()
    page.reload()
    page.get_by_text("More pages").click()
    page.get_by_role("link", name="Follows").click()
    expect(page.locator(".followed h2")).to_have_text("message")
    expect(page.locator(".followed .links li")).to_have_count(2)
    page.get_by_role("button", name="Unfollow message").click()
    expect(page.get_by_role("button", name="Follow message", exact=True)).to_be_visible()


def test_what_could_not_be_saved_is_said_and_the_button_stays(searching: Visit) -> None:
    page = searching.page
    page.goto(f"{searching.address}/paper/{GRAPHS}")
    del searching.fake_reader.bus.answers[SetFollow]
    page.locator(".follow-menu summary").click()
    page.get_by_role("button", name="Follow Mira Oduya").click()
    expect(page.locator(".toaster.wrong")).to_contain_text("This was not saved")
    expect(page.get_by_role("button", name="Follow Mira Oduya", exact=True)).to_be_visible()
    searching.complaints[:] = [text for text in searching.complaints if "503" not in text]


def test_a_phone_shows_it_all_and_without_script_a_follow_begins_too(
    searching: Visit,
    browser: Browser,
) -> None:
    page = searching.page
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{searching.address}/search?q=message&category=cs")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
    context = browser.new_context(viewport={"width": PHONE, "height": 740}, java_script_enabled=False)
    plain = context.new_page()
    plain.goto(f"{searching.address}/paper/{GRAPHS}")
    plain.locator(".follow-menu summary").click()
    plain.get_by_role("button", name="Follow cs.LG").click()
    plain.wait_for_url(f"**/paper/{GRAPHS}")
    assert FollowStore(DataFolder(searching.root, 0)).has("me", "category", "cs.LG")
    context.close()
