"""The paper page, the tags and the map in a real browser: what opens on demand, decisions, drawing, keys and lasso."""

import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from services.summarizer.tag_requests import TagRequests
from services.summarizer.tags.corrections import Corrections
from shared.contracts import (
    CorrectTags,
    FeedbackLabel,
    Hit,
    HitsReply,
    MapInterest,
    MapPaper,
    PaperMap,
    PaperMapReply,
    Search,
    now,
)
from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore
from shared.store.papers.summaries import SummaryStore
from shared.store.tagging.tags import Tag, TagStore, slug_of
from tests.support.browsing.browser import Visit, visiting
from tests.support.browsing.reader import reader
from tests.support.checks.waiting import eventually_sync
from tests.support.folders.seed import FAR, GRAPHS, PROTEINS, TIDES, paper, seed, summary

pytestmark = [pytest.mark.browser, pytest.mark.proof, pytest.mark.xdist_group("browser")]
ON_MAP = [f"2610.{number:05}" for number in range(20)]


@pytest.fixture
def visit(browser: Browser, tmp_path: Path) -> Iterator[Visit]:
    """Ten papers on the left half of the map, ten on the right; a summarizer that decides about tags."""
    data = seed(tmp_path)
    fake_reader = reader(data)
    MetadataStore(data).put(replace(paper(GRAPHS), paper_id=name, title=f"Paper {name} of $x^2$") for name in ON_MAP)
    fake_reader.bus.answers[PaperMap] = PaperMapReply(
        papers=tuple(
            MapPaper(
                paper_id=name, x=(0.1 if row < 10 else 0.9), y=0.1 + 0.08 * (row % 10), kind="new", interest=row // 10
            )
            for row, name in enumerate(ON_MAP)
        ),
        interests=(MapInterest(key="a", name="left"), MapInterest(key="b", name="right")),
    )
    fake_reader.bus.answers[Search] = HitsReply(
        hits=tuple(Hit(paper_id=name, score=1) for name in (GRAPHS, FAR, TIDES))
    )
    fake_reader.bus.answers[CorrectTags] = _tags(data).answer
    with visiting(browser, fake_reader, tmp_path) as visit:
        yield visit


def _tags(data: DataFolder) -> TagRequests:
    store = TagStore(data)
    store.add(Tag(slug=slug_of(label), label=label, made_at=now()) for label in ("cats", "felines"))
    for paper_id, tag in ((TIDES, "cats"), (GRAPHS, "felines")):
        SummaryStore(data).put(summary(paper_id).model_copy(update={"tags": (tag,)}))
    return TagRequests(store, Corrections(store, now))


def rated(visit: Visit) -> list[tuple[int, str]]:
    """How many papers each rating was about, and its label."""
    ratings = [event for event in visit.fake_reader.bus.published if isinstance(event, FeedbackLabel)]
    return [(len(event.paper_ids), event.label) for event in ratings]


def drag_round_the_left_half(page: Page) -> None:
    box = page.locator("canvas").bounding_box()
    assert box is not None
    centre, middle = (box["x"] + box["width"] / 2 - 0.4 * (box["height"] - 48), box["y"] + box["height"] / 2)
    round_it = [(0.12 * math.cos(turn), 0.6 * math.sin(turn)) for turn in (0.5 * step for step in range(13))]
    places = [(centre + x * box["height"], middle + 0.8 * y * box["height"]) for x, y in round_it]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place)
    page.mouse.up()


def test_similar_papers_are_looked_up_when_they_are_asked_for(visit: Visit) -> None:
    page = visit.page
    page.goto(f"{visit.address}/paper/{GRAPHS}")
    assert not any(isinstance(request, Search) for request in visit.fake_reader.bus.asked)
    page.locator("summary", has_text="Similar papers").click()
    expect(page.locator(".similar li")).to_have_count(2)
    expect(page.locator(".similar a").first).to_have_text("Loopy belief propagation revisited")


def test_a_reading_shows_its_progress_until_the_summary_is_there(visit: Visit) -> None:
    page = visit.page
    page.goto(f"{visit.address}/paper/{PROTEINS}")
    page.locator("button", has_text="Read this paper").click()
    expect(page.locator('.steps [aria-current="step"]')).to_have_text("Vector: under way")
    SummaryStore(DataFolder(visit.root, 0)).put(summary(PROTEINS).model_copy(update={"made_at": now()}))
    expect(page.locator("#summary")).to_be_visible(timeout=10_000)
    expect(page.locator(".steps")).to_have_count(0)


def test_a_tag_is_merged_and_the_merge_undone(visit: Visit) -> None:
    page = visit.page
    page.goto(f"{visit.address}/tag/felines")
    page.locator("summary", has_text="Change this tag").click()
    page.get_by_label("Same as this tag").fill("cats")
    page.locator("button", has_text="Merge").click()
    page.wait_for_url("**/tag/cats")
    page.goto(f"{visit.address}/tags")
    expect(page.locator(".decisions li").first).to_contain_text("felines was merged into cats")
    page.locator(".decisions button", has_text="Undo").first.click()
    expect(page.locator(".cloud a", has_text="felines")).to_be_visible()


def test_a_lasso_selects_papers_that_are_rated_together_and_undone_together(visit: Visit) -> None:
    page = visit.page
    page.goto(f"{visit.address}/map")
    expect(page.locator("canvas")).to_have_attribute("aria-label", "Map of 20 papers")
    page.locator("button", has_text="Select").first.click()
    drag_round_the_left_half(page)
    expect(page.locator("[data-selected]")).to_have_text("10 papers selected")
    page.get_by_role("button", name="Like all", exact=True).click()
    expect(page.locator("[data-done-text]")).to_have_text("10 papers liked.")
    expect(page.locator("[data-done] [data-undo]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("[data-done]")).to_be_hidden()
    eventually_sync(lambda: rated(visit) == [(10, "like"), (10, "clear")])


def test_the_map_is_walked_opened_and_rated_by_keys_alone(visit: Visit) -> None:
    page = visit.page
    page.goto(f"{visit.address}/map")
    expect(page.locator("canvas")).to_have_attribute("aria-label", "Map of 20 papers")
    page.locator("[data-colour]").focus()
    page.keyboard.press("Tab")
    said = page.locator("[data-said]")
    expect(said).to_contain_text("Paper 2610")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowRight")
    expect(said).to_contain_text("right")
    page.keyboard.press("d")
    expect(said).to_contain_text("disliked.")
    page.keyboard.press("Enter")
    expect(page.locator(".map-card .card")).to_be_focused()
    expect(page.locator(".map-card .card")).to_have_attribute("data-label", "dislike")
    eventually_sync(lambda: rated(visit) == [(1, "dislike")])


def test_a_click_shows_a_paper_that_can_be_rated_there(visit: Visit) -> None:
    page = visit.page
    page.goto(f"{visit.address}/map")
    expect(page.locator("canvas")).to_have_attribute("aria-label", "Map of 20 papers")
    box = page.locator("canvas").bounding_box()
    assert box is not None
    side = box["height"] - 48
    place = (box["x"] + box["width"] / 2 + 0.4 * side, box["y"] + box["height"] / 2 - 0.4 * side)
    page.mouse.move(*place)
    expect(page.locator(".map-tip")).to_contain_text("Paper 2610.00010")
    page.mouse.click(*place)
    shown = page.locator(".map-card .card")
    expect(shown).to_contain_text("Paper 2610.00010")
    shown.locator("button", has_text="Like").first.click()
    expect(shown).to_have_attribute("data-label", "like")
    eventually_sync(lambda: rated(visit) == [(1, "like")])
