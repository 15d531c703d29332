"""Metadata of rated papers that were never harvested is requested until it is there."""

import asyncio
import logging
from datetime import timedelta
from pathlib import Path

import pytest

from services.feedback.importing.waiting import WaitingRatings
from shared.contracts import FeedbackLabel, Lookup, LookupReply, PapersNew
from shared.errors import RequestFailed
from shared.service.background import Background
from shared.store.files.data_folder import DataFolder
from shared.store.people.preferences import RatingStore, ratings_of
from tests.support.checks.waiting import eventually
from tests.support.folders.seed import GRAPHS, TIDES, paper
from tests.unit.feedback.feedback import AWAY, LIKE, Feedback


async def test_only_papers_that_were_never_harvested_are_looked_up(tmp_path: Path) -> None:
    feedback = Feedback(tmp_path)
    feedback.metadata.put([paper(GRAPHS)])
    feedback.bus.answers[Lookup] = LookupReply(found=(TIDES,))
    await feedback.bus.deliver(LIKE)
    await feedback.lookups.complete()
    assert feedback.bus.asked == [Lookup(paper_ids=(TIDES,))]


async def test_what_was_looked_up_is_embedded_at_once_and_competes_on_no_day(tmp_path: Path) -> None:
    feedback = Feedback(tmp_path)
    feedback.bus.answers[Lookup] = LookupReply(found=(TIDES,), missing={GRAPHS: "arXiv has no paper 2611.00101"})
    await feedback.bus.deliver(LIKE)
    await feedback.lookups.complete()
    [event] = feedback.bus.published
    assert isinstance(event, PapersNew)
    assert (event.paper_ids, event.backfill, event.force) == ((TIDES,), True, False)


async def test_a_removed_rating_is_not_looked_up(tmp_path: Path) -> None:
    feedback = Feedback(tmp_path)
    await feedback.bus.deliver(LIKE)
    await feedback.bus.deliver(FeedbackLabel(paper_ids=(GRAPHS, TIDES), label="clear"))
    await feedback.lookups.complete()
    assert feedback.bus.asked == []


async def test_a_paper_is_looked_up_again_and_again_until_arxiv_is_back(tmp_path: Path) -> None:
    feedback, answers = Feedback(tmp_path), [AWAY] * 100

    def answer(request: Lookup) -> LookupReply:
        if answers:
            raise answers.pop()
        feedback.metadata.put([paper(paper_id) for paper_id in request.paper_ids])
        return LookupReply(found=request.paper_ids)

    feedback.bus.answers[Lookup] = answer
    await feedback.bus.deliver(LIKE)
    async with Background({"lookups": feedback.lookups.run}).running():
        await eventually(lambda: feedback.metadata.has((GRAPHS, TIDES)) == {GRAPHS, TIDES})
    assert feedback.slept == [900] * 100


async def test_a_failure_that_names_no_wait_is_tried_again_ever_later(tmp_path: Path) -> None:
    feedback = Feedback(tmp_path)
    feedback.bus.answers[Lookup] = RequestFailed("slow", code="deadline", retryable=True)
    await feedback.bus.deliver(LIKE)
    async with Background({"lookups": feedback.lookups.run}).running():
        await eventually(lambda: len(feedback.slept) >= 6)
    assert feedback.slept[:6] == [5, 15, 60, 300, 900, 900]


async def test_after_a_restart_what_is_missing_is_asked_for_by_itself(tmp_path: Path) -> None:
    """Also in a data folder whose papers were given up by an earlier version."""
    await Feedback(tmp_path).bus.deliver(LIKE)
    feedback = Feedback(tmp_path)
    feedback.bus.answers[Lookup] = LookupReply(found=(GRAPHS, TIDES))
    async with Background({"lookups": feedback.lookups.run}).running():
        await eventually(lambda: feedback.bus.asked)


async def test_many_papers_are_asked_for_in_requests_that_have_time_for_them(tmp_path: Path) -> None:
    feedback = Feedback(tmp_path)
    feedback.bus.answers[Lookup] = lambda request: LookupReply(found=request.paper_ids)
    ids = tuple(f"2403.{number:05}" for number in range(1, 26))
    await feedback.bus.deliver(FeedbackLabel(paper_ids=ids, label="like"))
    await feedback.lookups.complete()
    assert [len(asked.paper_ids) for asked in feedback.bus.asked if isinstance(asked, Lookup)] == [10, 10, 5]


async def test_a_paper_that_arxiv_does_not_have_is_told_and_asked_for_again_a_day_later(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    feedback = Feedback(tmp_path)
    feedback.bus.answers[Lookup] = LookupReply(missing={GRAPHS: "arXiv does not know it", TIDES: "neither"})
    await feedback.bus.deliver(LIKE)
    with caplog.at_level(logging.WARNING):
        await feedback.lookups.complete()
    warnings = [record for record in caplog.records if getattr(record, "action", "") == "lookup_failed"]
    assert {vars(record)["paper_id"] for record in warnings} == {GRAPHS, TIDES}
    await feedback.lookups.complete()
    assert len(feedback.bus.asked) == 1
    feedback.now += timedelta(days=1, seconds=1)
    await feedback.lookups.complete()
    assert len(feedback.bus.asked) == 2


async def test_one_paper_that_cannot_be_asked_for_keeps_no_other_back(tmp_path: Path) -> None:
    feedback = Feedback(tmp_path)

    def answer(request: Lookup) -> LookupReply:
        if GRAPHS in request.paper_ids:
            raise RequestFailed("refused", code="permanent", retryable=False)
        return LookupReply(found=request.paper_ids)

    feedback.bus.answers[Lookup] = answer
    await feedback.bus.deliver(LIKE)
    await feedback.lookups.complete()
    assert feedback.bus.asked[1:] == [Lookup(paper_ids=(GRAPHS,)), Lookup(paper_ids=(TIDES,))] or feedback.bus.asked[
        1:
    ] == [
        Lookup(paper_ids=(TIDES,)),
        Lookup(paper_ids=(GRAPHS,)),
    ]


async def test_an_imported_rating_of_a_damaged_id_is_stored_once_arxiv_has_its_paper(tmp_path: Path) -> None:
    feedback = Feedback(tmp_path)
    feedback.waiting.add(ratings_of(FeedbackLabel(paper_ids=(GRAPHS, TIDES), label="like", source="import")))

    def answer(request: Lookup) -> LookupReply:
        feedback.metadata.put([paper(GRAPHS)])
        return LookupReply(found=(GRAPHS,), missing={TIDES: "arXiv does not know it"})

    feedback.bus.answers[Lookup] = answer
    await feedback.lookups.complete()
    assert feedback.labels() == {GRAPHS: "like"}
    assert (feedback.waiting.paper_ids(), feedback.waiting.refused()) == (set(), {TIDES: "arXiv does not know it"})
    assert [event.paper_ids for event in feedback.bus.published if isinstance(event, FeedbackLabel)] == [(GRAPHS,)]
    await feedback.lookups.complete()
    assert len(feedback.bus.asked) == 1


async def test_what_another_process_imported_is_noticed_without_an_event(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.feedback.lookups._LOOK_SECONDS", 0.01)
    feedback = Feedback(tmp_path)
    feedback.bus.answers[Lookup] = lambda request: LookupReply(missing=dict.fromkeys(request.paper_ids, "none such"))
    async with Background({"lookups": feedback.lookups.run}).running():
        await asyncio.sleep(0)
        WaitingRatings(DataFolder(tmp_path, 0)).add(ratings_of(FeedbackLabel(paper_ids=(GRAPHS,), label="like")))
        await eventually(lambda: feedback.waiting.refused())
        RatingStore(DataFolder(tmp_path, 0)).append(ratings_of(FeedbackLabel(paper_ids=(TIDES,), label="like")))
        await eventually(lambda: Lookup(paper_ids=(TIDES,)) in feedback.bus.asked)
