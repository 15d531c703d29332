"""What rises, in a real browser: read, followed, looked at again; at a desk and on a phone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from shared.contracts import Rising, SetFollow, SetFollowReply
from tests.support.browsing.browser import Visit, visiting
from tests.support.browsing.reader import reader
from tests.support.checks.waiting import eventually_sync
from tests.support.folders.seed import seed
from tests.support.people.rising_answers import rising_answer

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture
def visit(browser: Browser, tmp_path: Path) -> Iterator[Visit]:
    fake_reader = reader(seed(tmp_path))
    fake_reader.bus.answers[Rising] = rising_answer()
    fake_reader.bus.answers[SetFollow] = SetFollowReply(kind="phrase", value="sparse attention", followed=True)
    with visiting(browser, fake_reader, tmp_path) as visit:
        yield visit


@pytest.mark.parametrize("width", [1280, 360])
def test_a_rising_concept_is_read_and_its_words_are_followed(visit: Visit, width: int) -> None:
    page = visit.page
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{visit.address}/interests")
    page.get_by_role("link", name="What grows in your fields").click()
    expect(page.get_by_role("heading", name="Just outside your fields")).to_be_visible()
    card = page.get_by_role("article", name="sparse attention")
    expect(card).to_contain_text("14 papers by 12 independent author groups in the last 4 weeks")
    expect(card.get_by_role("img")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    card.get_by_role("button", name="Follow “sparse attention”").click()
    expect(card.get_by_role("button", name="Unfollow “sparse attention”")).to_be_visible()
    eventually_sync(lambda: any(isinstance(request, SetFollow) for request in visit.fake_reader.bus.asked))
    (follow,) = [request for request in visit.fake_reader.bus.asked if isinstance(request, SetFollow)]
    assert (follow.kind, follow.value, follow.followed) == ("phrase", "sparse attention", True)
    page.screenshot(path=str(visit.root / f"rising-{width}.png"), full_page=True)
    page.get_by_role("button", name="Look again").click()
    expect(page.get_by_role("heading", name="Rising")).to_be_visible()
    eventually_sync(lambda: Rising(again=True) in visit.fake_reader.bus.asked)
    assert visit.complaints == []
