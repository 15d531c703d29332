"""The interests page in a real browser: a facet is paused and reset, and both are taken back, wide and on a phone."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from services.ranker.facets.pauses import changed
from shared.contracts import ChangeFacet, ChangeFacetReply, Interests, InterestsReply, now
from shared.store.people.facet_preferences import StoredFacetPreference
from tests.support.browsing.browser import serving
from tests.support.browsing.reader import reader
from tests.support.checks.waiting import eventually_sync
from tests.support.folders.seed import GRAPHS, seed
from tests.unit.publisher.pages.test_interests_page import facet

pytestmark = [pytest.mark.browser, pytest.mark.proof, pytest.mark.xdist_group("browser")]


@dataclass
class Ranker:
    """Keeps what is asked of one facet as the ranker does."""

    stored: StoredFacetPreference = field(
        default_factory=lambda: StoredFacetPreference(
            key="3fa90c12", name="pruning", preference="clear", paper_ids=(GRAPHS,), set_at=now()
        )
    )

    def change(self, request: ChangeFacet) -> ChangeFacetReply:
        self.stored = changed(self.stored, request, now())
        return ChangeFacetReply(key=request.key, name="pruning")

    def interests(self, request: Interests) -> InterestsReply:
        facts = {name: getattr(self.stored, name) for name in ("paused_until", "reset_at")}
        shown = facet(name="pruning", paused=self.stored.is_paused(now()), **facts)
        return InterestsReply(facets=(shown,), likes=12, sample=3000)


@pytest.fixture(params=[1200, 360])
def visit(request: pytest.FixtureRequest, browser: Browser, tmp_path: Path) -> Iterator[tuple[Page, Ranker]]:
    fake_reader, ranker = reader(seed(tmp_path)), Ranker()
    fake_reader.bus.answers[Interests] = ranker.interests
    fake_reader.bus.answers[ChangeFacet] = ranker.change
    with serving(fake_reader) as address:
        context = browser.new_context(
            viewport={"width": request.param, "height": 800}, reduced_motion="reduce", java_script_enabled=False
        )
        page = context.new_page()
        page.goto(f"{address}/interests")
        yield page, ranker
        context.close()


def test_a_facet_is_paused_until_a_day_and_reset_and_both_are_taken_back_without_script(
    visit: tuple[Page, Ranker],
) -> None:
    page, ranker = visit
    page.get_by_text("Pause or reset").click()
    last_day = now() + timedelta(days=40)
    page.locator('input[type="date"]').fill(f"{last_day:%Y-%m-%d}")
    page.get_by_role("button", name="Pause until this day").click()
    eventually_sync(lambda: ranker.stored.paused_at is not None)
    card = page.locator("#f-3fa90c12")
    expect(card.get_by_role("status")).to_contain_text(f"Paused until {last_day:%A}, {last_day.day} {last_day:%B %Y}")
    widest = page.locator("#f-3fa90c12 .facet-changes").bounding_box()
    assert widest is not None
    assert page.viewport_size is not None
    assert widest["x"] + widest["width"] <= page.viewport_size["width"]
    card.get_by_role("button", name="Resume").click()
    eventually_sync(lambda: ranker.stored.paused_at is None)
    expect(card.get_by_role("status")).to_have_count(0)
    page.get_by_text("Pause or reset").click()
    page.get_by_role("button", name="Reset", exact=True).click()
    eventually_sync(lambda: ranker.stored.reset_at is not None)
    expect(card.get_by_role("status")).to_contain_text("Your ratings are kept.")
    card.get_by_role("button", name="Undo the reset").click()
    eventually_sync(lambda: ranker.stored.reset_at is None)
    expect(card.get_by_role("status")).to_have_count(0)
