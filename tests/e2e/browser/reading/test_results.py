"""Results in a real browser, on a phone too: fields narrow them, a point leads on, what beats a liked paper opens."""

from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore
from shared.store.papers.results import ResultStore
from shared.store.people.preferences import RatingStore, ratings_of
from tests.support.browsing.browser import Visit
from tests.support.folders.seed import GRAPHS, NOON, OLD, TIDES, rating
from tests.support.papers.result_tables import paper_results, result

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1200, "height": 900}


def stock(visit: Visit) -> None:
    """Three papers with results; the one of last summer is liked."""
    data = DataFolder(visit.root, 0)
    store, metadata = ResultStore(data), MetadataStore(data)
    store.put(paper_results(OLD, result("88.1", row=("BraneNet",))))
    store.put(
        paper_results(TIDES, result("4.1", metric="WER", dataset="TIMIT", better="lower", task="speech recognition"))
    )
    metadata.put([replace(metadata.get([OLD])[OLD], published_at=NOON - timedelta(days=120))])
    RatingStore(data).append(ratings_of(rating(OLD, "like")))


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_results_are_narrowed_drawn_and_lead_to_their_papers(visit: Visit, size: dict[str, int]) -> None:
    stock(visit)
    page = visit.page
    page.set_viewport_size({"width": size["width"], "height": size["height"]})
    page.goto(visit.address)
    page.get_by_text("More pages").click()
    page.get_by_role("link", name="Results").click()
    expect(page.get_by_role("heading", name="Question answering · SQuAD 1.1 · F1 (dev)")).to_be_visible()
    expect(page.get_by_role("heading", name="TIMIT")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_label("Data set").fill("squad")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("heading", name="TIMIT")).to_have_count(0)
    expect(page.locator(".plot circle")).to_have_count(2)
    expect(page.locator(".results tbody tr .number").first).to_have_text("90.9")
    page.locator(".plot circle").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Branes")


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_what_beats_a_liked_paper_opens_both_cells_by_key(visit: Visit, size: dict[str, int]) -> None:
    stock(visit)
    page = visit.page
    page.set_viewport_size({"width": size["width"], "height": size["height"]})
    page.goto(visit.address)
    line = page.locator(f'.card[data-paper="{GRAPHS}"] .new-to-you')
    expect(line).to_contain_text("SQuAD 1.1 F1 (dev) 90.9 against 88.1 in")
    theirs = line.get_by_text("BraneNet · SQuAD / F1: 88.1", exact=True)
    expect(theirs).to_be_hidden()
    line.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(theirs).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
