"""What buttons send: ratings and requests are published, shown at once, or refused with the reason."""

from datetime import timedelta

import pytest

from services.publisher.system.status.queues import QueueState
from shared.bus.delivery.dead_letters import DeadLetter
from shared.contracts import FeedbackLabel, PapersNew, now
from shared.errors import TemporaryFailure
from shared.store.files.data_folder import DataFolder
from shared.store.papers.summaries import SummaryStore
from shared.store.people.preferences import RatingStore, ratings_of
from tests.support.browsing.reader import FORM, FakeReader, page, pressed, rate
from tests.support.folders.seed import FAR, GRAPHS, PROTEINS, TIDES, summary


async def test_a_rating_is_published_and_shown_at_once(fake_reader: FakeReader) -> None:
    assert await rate(fake_reader, "arXiv:2611.00101v2", "like") == 200
    (event,) = fake_reader.bus.published
    assert isinstance(event, FeedbackLabel)
    assert (event.paper_ids, event.label, event.source, event.user) == ((GRAPHS,), "like", "reader", "me")
    text = await page(fake_reader, "/")
    assert pressed(text, GRAPHS) == "like"
    assert pressed(text, TIDES) == ""
    await rate(fake_reader, GRAPHS, "clear")
    assert pressed(await page(fake_reader, "/"), GRAPHS) == ""


async def test_a_stored_rating_is_shown_and_a_later_one_from_elsewhere_counts(
    data: DataFolder, fake_reader: FakeReader
) -> None:
    assert pressed(await page(fake_reader, f"/paper/{FAR}"), FAR) == "like"
    await rate(fake_reader, FAR, "dislike")
    assert pressed(await page(fake_reader, f"/paper/{FAR}"), FAR) == "dislike"
    elsewhere = FeedbackLabel(paper_ids=(FAR,), label="clear", occurred_at=now() + timedelta(minutes=1))
    RatingStore(data).append(ratings_of(elsewhere))
    assert pressed(await page(fake_reader, f"/paper/{FAR}"), FAR) == ""


async def test_a_rating_that_could_not_be_sent_is_not_shown_and_says_so(fake_reader: FakeReader) -> None:
    fake_reader.problems["bus"] = "NATS is away"
    async with fake_reader.client() as client:
        answer = await client.post("/api/rating", json={"paper_id": GRAPHS, "label": "like"})
    assert answer.status_code == 503
    assert "was not saved (NATS is away)" in answer.json()["error"]
    assert pressed(await page(fake_reader, "/"), GRAPHS) == ""


async def test_a_bus_that_fails_while_publishing_is_told_too(
    fake_reader: FakeReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(event: object) -> None:
        raise TemporaryFailure("no ack")

    monkeypatch.setattr(fake_reader.bus, "publish", fail)
    assert await rate(fake_reader, GRAPHS, "like") == 503
    assert pressed(await page(fake_reader, "/"), GRAPHS) == ""


async def test_the_buttons_work_without_javascript(fake_reader: FakeReader) -> None:
    form = {"paper_id": GRAPHS, "label": "dislike", "next": f"/paper/{GRAPHS}"}
    async with fake_reader.client() as client:
        answer = await client.post("/api/rating", data=form, headers=FORM)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/paper/{GRAPHS}")
        fake_reader.problems["bus"] = "NATS is away"
        failed = await client.post("/api/rating", data=form, headers=FORM)
    assert failed.status_code == 503
    assert "was not saved" in failed.text
    text = await page(fake_reader, f"/paper/{GRAPHS}")
    assert pressed(text, GRAPHS) == "dislike"
    assert 'data-label="dislike" value="clear" aria-pressed="true"' in text


@pytest.mark.parametrize("elsewhere", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:1", ""])
async def test_a_form_leads_back_to_this_reader_only(fake_reader: FakeReader, elsewhere: str) -> None:
    form = {"paper_id": GRAPHS, "label": "like", "next": elsewhere}
    async with fake_reader.client() as client:
        assert (await client.post("/api/rating", data=form, headers=FORM)).headers["location"] == "/"


@pytest.mark.parametrize(
    "body",
    ["no json", "[]", "{}", '{"paper_id": "24.1", "label": "like"}', '{"paper_id": "2611.00101", "label": "love"}'],
)
async def test_an_invalid_rating_is_refused_with_the_reason(fake_reader: FakeReader, body: str) -> None:
    async with fake_reader.client() as client:
        answer = await client.post("/api/rating", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 422
    assert answer.json()["error"]
    assert fake_reader.bus.published == []


async def test_a_body_of_any_size_is_refused(fake_reader: FakeReader) -> None:
    async with fake_reader.client() as client:
        big = {"paper_id": GRAPHS, "label": "like", "next": "/" + "x" * 20_000}
        assert (await client.post("/api/rating", json=big)).status_code == 413


async def test_the_former_address_of_ratings_still_takes_them(fake_reader: FakeReader) -> None:
    async with fake_reader.client() as client:
        answer = await client.post("/api/verdict", json={"paper_id": GRAPHS, "label": "like"})
    assert answer.json() == {"paper_id": GRAPHS, "label": "like", "error": ""}
    assert pressed(await page(fake_reader, "/"), GRAPHS) == "like"


async def test_a_paper_that_was_not_picked_can_be_summarised_by_a_button_without_javascript(
    data: DataFolder, fake_reader: FakeReader
) -> None:
    before = await page(fake_reader, f"/paper/{PROTEINS}")
    assert "Not summarised: not among the picks" in before
    assert 'action="/api/reprocess"' in before
    form = {"paper_id": PROTEINS, "next": f"/paper/{PROTEINS}"}
    async with fake_reader.client() as client:
        answer = await client.post("/api/reprocess", data=form, headers=FORM)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/paper/{PROTEINS}")
    (event,) = fake_reader.bus.published
    assert isinstance(event, PapersNew)
    assert (event.paper_ids, event.force, event.reason) == ((PROTEINS,), True, "requested")
    waiting = await page(fake_reader, f"/paper/{PROTEINS}")
    assert "This paper is being read" in waiting
    assert 'data-poll="3"' in waiting
    assert 'http-equiv="refresh"' in waiting
    assert 'action="/api/reprocess"' not in waiting
    SummaryStore(data).put(summary(PROTEINS).model_copy(update={"made_at": now()}))
    assert "This paper is being read" not in await page(fake_reader, f"/paper/{PROTEINS}")


async def test_a_paper_that_was_never_harvested_can_be_fetched_by_a_button(fake_reader: FakeReader) -> None:
    assert 'action="/api/reprocess"' in await page(fake_reader, "/paper/2611.99999", 404)
    async with fake_reader.client() as client:
        answer = await client.post("/api/reprocess", json={"paper_id": "arXiv:2611.99999v1"})
    assert answer.json() == {"paper_id": "2611.99999", "error": ""}
    assert "This paper is being read" in await page(fake_reader, "/paper/2611.99999", 404)


async def test_a_request_whose_job_failed_says_why_and_can_be_repeated(fake_reader: FakeReader) -> None:
    async with fake_reader.client() as client:
        await client.post("/api/reprocess", json={"paper_id": "2611.99999"})
    letter = DeadLetter(
        service="embedder",
        subject="papers.new",
        event_id="e",
        paper_id="2611.99999",
        reason="arXiv has no paper <2611.99999>",
        attempts=1,
        died_at=now(),
        body="{}",
    )
    fake_reader.queues.current = QueueState(letters=[letter])
    text = await page(fake_reader, "/paper/2611.99999", 404)
    assert "The last attempt failed: arXiv has no paper &lt;2611.99999&gt;" in text
    assert 'action="/api/reprocess"' in text


async def test_a_request_that_could_not_be_sent_says_so(fake_reader: FakeReader) -> None:
    fake_reader.problems["bus"] = "NATS is away"
    async with fake_reader.client() as client:
        answer = await client.post("/api/reprocess", data={"paper_id": PROTEINS}, headers=FORM)
    assert answer.status_code == 503
    assert "could not be requested (NATS is away)" in answer.text
    assert "This paper is being read" not in await page(fake_reader, f"/paper/{PROTEINS}")


async def test_a_summary_is_requested_from_our_own_page_only(fake_reader: FakeReader) -> None:
    async with fake_reader.client() as client:
        for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}, {}):
            answer = await client.post("/api/reprocess", data={"paper_id": PROTEINS}, headers=headers)
            assert answer.status_code == 403
    assert fake_reader.bus.published == []
