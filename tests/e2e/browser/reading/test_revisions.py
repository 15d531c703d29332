"""New versions in a browser: from the line on Today to the changes of a paper, on a phone's size too."""

import re

import pytest
from playwright.sync_api import expect

from shared.store.files.data_folder import DataFolder
from shared.store.papers.revisions import RevisionStore
from shared.store.people.preferences import RatingStore, ratings_of
from tests.support.browsing.browser import Visit
from tests.support.folders.seed import GRAPHS, rating
from tests.support.papers.revisions import revision
from tests.unit.publisher.paper.revisions.test_pages import store_texts

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.mark.parametrize("width", [1280, 360])
def test_the_line_on_today_leads_to_what_changed(visit: Visit, width: int) -> None:
    data = DataFolder(visit.root, 0)
    store_texts(data)
    RatingStore(data).append(ratings_of(rating(GRAPHS, "like")))
    RevisionStore(data).put(revision(GRAPHS))
    visit.page.set_viewport_size({"width": width, "height": 800})
    visit.page.goto(visit.address)
    visit.page.get_by_text("Changed since you knew it").get_by_role("link").click()
    expect(visit.page.get_by_role("heading", name="What changed in v2")).to_be_in_viewport()
    visit.page.locator(".revised summary", has_text="Abstract").click()
    expect(visit.page.get_by_text("93.2 became 97.8")).to_be_visible()
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
    visit.page.locator(".revised a", has_text="Read it in the text").first.click()
    expect(visit.page).to_have_url(re.compile(rf"/paper/{GRAPHS}/text\?start=\d+&end=\d+&version=2"))
    expect(visit.page.locator("#quote")).to_contain_text("97.8")
    assert visit.complaints == []
