"""Missed papers in a browser: from the line on Today to a follow, on a phone's size too."""

import pytest
from playwright.sync_api import expect

from shared.contracts import SetFacetPreference, SetFacetPreferenceReply, SetFollow, SetFollowReply
from shared.store.files.data_folder import DataFolder
from shared.store.people.missed import MissedStore
from tests.support.browsing.browser import Visit
from tests.support.checks.waiting import eventually_sync
from tests.support.people.missed import CLICK, MISSED, missed_week

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.mark.parametrize("width", [1280, 360])
def test_from_today_to_the_click_that_mends(visit: Visit, width: int) -> None:
    def followed(request: SetFollow) -> SetFollowReply:
        return SetFollowReply(kind=request.kind, value=request.value, followed=request.followed)

    def boosts(request: SetFacetPreference) -> SetFacetPreferenceReply:
        return SetFacetPreferenceReply(key=request.key, name="sparse graphs", preference=request.preference)

    visit.fake_reader.bus.answers[SetFollow] = followed
    visit.fake_reader.bus.answers[SetFacetPreference] = boosts
    boost = CLICK.model_copy(update={"kind": "boost", "value": "3fa90c12", "label": "sparse graphs of many kinds"})
    MissedStore(DataFolder(visit.root, 0)).put(missed_week(MISSED.model_copy(update={"clicks": (CLICK, boost)})))
    visit.page.set_viewport_size({"width": width, "height": 800})
    visit.page.goto(visit.address)
    visit.page.get_by_role("link", name="See which, and why").click()
    expect(visit.page.get_by_role("heading", name="Missed papers")).to_be_visible()
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
    visit.page.get_by_role("button", name="Follow quantum walks").click()
    expect(visit.page.get_by_role("button", name="Unfollow quantum walks")).to_be_visible()
    eventually_sync(lambda: SetFollow(kind="phrase", value="quantum walks") in visit.fake_reader.bus.asked)
    visit.page.get_by_role("button", name="Show more of sparse graphs of many kinds").click()
    visit.page.wait_for_url("**/interests#f-3fa90c12")
    (boosted,) = [request for request in visit.fake_reader.bus.asked if isinstance(request, SetFacetPreference)]
    assert (boosted.key, boosted.preference) == ("3fa90c12", "boost")
    assert visit.complaints == []
