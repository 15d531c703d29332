"""Ratings by button and by form: published, shown at once, and refused with the reason."""

from datetime import timedelta

import pytest

from shared.contracts import FeedbackLabel, now
from shared.errors import TemporaryFailure
from shared.store.files.data_folder import DataFolder
from shared.store.preferences import RatingStore, ratings_of
from tests.support.reader import FORM, ReaderOnPaper, page, pressed, say
from tests.support.seed import FAR, GRAPHS, TIDES


async def test_a_rating_is_published_and_shown_at_once(on_paper: ReaderOnPaper) -> None:
    assert await say(on_paper, "arXiv:2611.00101v2", "like") == 200
    (event,) = on_paper.bus.published
    assert isinstance(event, FeedbackLabel)
    assert (event.paper_ids, event.label, event.source, event.user) == ((GRAPHS,), "like", "reader", "me")
    text = await page(on_paper, "/")
    assert pressed(text, GRAPHS) == "like"
    assert pressed(text, TIDES) == ""
    await say(on_paper, GRAPHS, "clear")
    assert pressed(await page(on_paper, "/"), GRAPHS) == ""


async def test_a_stored_rating_is_shown_and_a_later_word_from_elsewhere_wins(
    data: DataFolder, on_paper: ReaderOnPaper
) -> None:
    assert pressed(await page(on_paper, f"/paper/{FAR}"), FAR) == "like"
    await say(on_paper, FAR, "dislike")
    assert pressed(await page(on_paper, f"/paper/{FAR}"), FAR) == "dislike"
    elsewhere = FeedbackLabel(paper_ids=(FAR,), label="clear", occurred_at=now() + timedelta(minutes=1))
    RatingStore(data).append(ratings_of(elsewhere))
    assert pressed(await page(on_paper, f"/paper/{FAR}"), FAR) == ""


async def test_a_rating_that_could_not_be_sent_is_not_shown_and_says_so(on_paper: ReaderOnPaper) -> None:
    on_paper.problems["bus"] = "NATS is away"
    async with on_paper.client() as client:
        answer = await client.post("/api/rating", json={"paper_id": GRAPHS, "label": "like"})
    assert answer.status_code == 503
    assert "was not saved (NATS is away)" in answer.json()["error"]
    assert pressed(await page(on_paper, "/"), GRAPHS) == ""


async def test_a_bus_that_fails_while_publishing_is_told_too(
    on_paper: ReaderOnPaper, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(event: object) -> None:
        raise TemporaryFailure("no ack")

    monkeypatch.setattr(on_paper.bus, "publish", fail)
    assert await say(on_paper, GRAPHS, "like") == 503
    assert pressed(await page(on_paper, "/"), GRAPHS) == ""


async def test_the_buttons_work_without_javascript(on_paper: ReaderOnPaper) -> None:
    form = {"paper_id": GRAPHS, "label": "dislike", "next": f"/paper/{GRAPHS}"}
    async with on_paper.client() as client:
        answer = await client.post("/api/rating", data=form, headers=FORM)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/paper/{GRAPHS}")
        on_paper.problems["bus"] = "NATS is away"
        failed = await client.post("/api/rating", data=form, headers=FORM)
    assert failed.status_code == 503
    assert "was not saved" in failed.text
    text = await page(on_paper, f"/paper/{GRAPHS}")
    assert pressed(text, GRAPHS) == "dislike"
    assert 'data-label="dislike" value="clear" aria-pressed="true"' in text


@pytest.mark.parametrize("elsewhere", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:1", ""])
async def test_a_form_leads_back_to_this_reader_only(on_paper: ReaderOnPaper, elsewhere: str) -> None:
    form = {"paper_id": GRAPHS, "label": "like", "next": elsewhere}
    async with on_paper.client() as client:
        assert (await client.post("/api/rating", data=form, headers=FORM)).headers["location"] == "/"


@pytest.mark.parametrize(
    "body",
    ["no json", "[]", "{}", '{"paper_id": "24.1", "label": "like"}', '{"paper_id": "2611.00101", "label": "love"}'],
)
async def test_what_is_no_rating_is_refused_with_the_reason(on_paper: ReaderOnPaper, body: str) -> None:
    async with on_paper.client() as client:
        answer = await client.post("/api/rating", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 422
    assert answer.json()["error"]
    assert on_paper.bus.published == []


async def test_a_body_of_any_size_is_refused(on_paper: ReaderOnPaper) -> None:
    async with on_paper.client() as client:
        big = {"paper_id": GRAPHS, "label": "like", "next": "/" + "x" * 20_000}
        assert (await client.post("/api/rating", json=big)).status_code == 413
