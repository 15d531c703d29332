"""The map's page without script: a table of the same papers, with boxes to rate several."""

import json

import pytest

from shared.contracts import FeedbackLabel, MapInterest, MapPaper, PaperMap, PaperMapReply
from tests.support.browsing.reader import FORM, FakeReader, page
from tests.support.folders.seed import FAR, GRAPHS, HOSTILE, OLD


@pytest.fixture
def mapped(fake_reader: FakeReader) -> FakeReader:
    """A reader with a map of four papers, one of them hostile."""
    places = {GRAPHS: "new", HOSTILE: "new", FAR: "liked", OLD: "saved"}
    papers = [
        MapPaper.model_validate({"paper_id": name, "x": 0.1 * row, "y": 0.5, "kind": kind, "interest": row % 2 - 1})
        for row, (name, kind) in enumerate(places.items())
    ]
    interests = (MapInterest(key="k", name="<b>graphs</b>"),)
    fake_reader.bus.answers[PaperMap] = PaperMapReply(papers=tuple(papers), interests=interests)
    return fake_reader


async def test_the_papers_stand_in_a_table_with_boxes(mapped: FakeReader) -> None:
    text = await page(mapped, "/map")
    assert "4 papers: 2 new, 1 liked, 1 saved" in text
    assert f'name="p-{OLD}"' in text
    assert "&lt;b&gt;graphs&lt;/b&gt;" in text
    assert "<script>alert" not in text
    assert f'name="p-{GRAPHS}"' not in await page(mapped, "/map?kind=liked")
    assert "whole number" in await page(mapped, "/map?interest=x", 404)


async def test_several_papers_are_rated_by_one_form(mapped: FakeReader) -> None:
    form = {f"p-{GRAPHS}": "1", f"p-{OLD}": "1", "label": "like", "next": "/map?kind=new#table"}
    async with mapped.client() as client:
        answer = await client.post("/api/map/ratings", data=form, headers=FORM)
    assert (answer.status_code, answer.headers["location"]) == (303, "/map?kind=new#table")
    (event,) = mapped.bus.published
    assert isinstance(event, FeedbackLabel)
    assert (event.paper_ids, event.label, event.user) == ((GRAPHS, OLD), "like", "me")
    assert "3 liked" in await page(mapped, "/map")


@pytest.mark.parametrize(
    "body", [{"label": "like"}, {"papers": GRAPHS, "label": "love"}, {"papers": "../x", "label": "like"}]
)
async def test_a_rating_of_nothing_or_in_other_words_is_refused(mapped: FakeReader, body: dict[str, str]) -> None:
    async with mapped.client() as client:
        assert (await client.post("/api/map/ratings", json=body)).status_code == 422
    assert mapped.bus.published == []


async def test_ratings_that_could_not_be_sent_say_so(mapped: FakeReader) -> None:
    mapped.problems["bus"] = "NATS is away"
    async with mapped.client() as client:
        answer = await client.post("/api/map/ratings", json={"papers": GRAPHS, "label": "like"})
    assert (answer.status_code, "NATS is away" in answer.json()["error"]) == (503, True)


async def test_the_drawing_gets_its_data_and_a_card_by_itself(mapped: FakeReader) -> None:
    data = json.loads(await page(mapped, "/api/map"))
    assert len(data["papers"]) == 4
    text = await page(mapped, f"/map/paper/{OLD}")
    assert "<html" not in text
    assert "Branes and the old scheme" in text


async def test_without_the_ranker_or_papers_the_page_says_why(fake_reader: FakeReader) -> None:
    assert "The map cannot be shown right now" in await page(fake_reader, "/map")
    fake_reader.bus.answers[PaperMap] = PaperMapReply(note="Nothing to draw yet.")
    assert "Nothing to draw yet." in await page(fake_reader, "/map")
    fake_reader.bus.answers[PaperMap] = PaperMapReply(is_drawing=True)
    assert "being drawn" in await page(fake_reader, "/map")
