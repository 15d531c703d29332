"""What rises, in a real browser: read, followed, looked at again; at a desk and on a phone."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from shared.contracts import Rising, RisingConcept, RisingPeriod, RisingReply, SetFollow, SetFollowReply
from tests.support.browser import Visit, visiting
from tests.support.reader import reader
from tests.support.seed import FAR, GRAPHS, PROTEINS, seed
from tests.support.waiting import eventually_sync

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def concept(name: str, **facts: object) -> RisingConcept:
    counts = {"weeks": 4, "papers": 14, "groups": 12, "weeks_before": 24, "groups_before": 6, "growth": 9.6}
    periods = [
        RisingPeriod(begins=date(2026, 3, 1) + timedelta(days=28 * number), groups=2 + 2 * number)
        for number in range(7)
    ]
    papers = {"earliest": (FAR, GRAPHS), "nearest": (PROTEINS,)}
    values = {"name": name, **counts, "least": 2.4, "p_value": 0.0004, "periods": tuple(periods), **papers, **facts}
    return RisingConcept.model_validate(values)


@pytest.fixture
def visit(browser: Browser, tmp_path: Path) -> Iterator[Visit]:
    fake_reader = reader(seed(tmp_path))
    fake_reader.bus.answers[Rising] = RisingReply(
        concepts=(
            concept("sparse attention", also=("long-context inference of very large models",)),
            concept("protein language models", inside=False, growth=None, groups_before=0),
        ),
        as_of=date(2026, 9, 12),
        weeks=28,
        likes=40,
        inside=5120,
        outside=5120,
    )
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
