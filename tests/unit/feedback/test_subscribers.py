"""A rating comes in: it is stored once, whatever else can be had."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.feedback.lookups import Lookups
from services.feedback.subscribers import register
from shared.contracts import FeedbackLabel, Lookup, LookupReply
from shared.errors import RequestFailed
from shared.service.background import Background
from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore
from shared.store.preferences import RatingStore
from tests.support.bus import FakeBus
from tests.support.seed import GRAPHS, TIDES, paper
from tests.support.waiting import eventually

AWAY = RequestFailed("arXiv fails since 10:02", code="temporary", retryable=True, retry_in_seconds=900)
LIKE = FeedbackLabel(paper_ids=(GRAPHS, TIDES), label="like", source="reader")


class Room:
    def __init__(self, root: Path) -> None:
        data = DataFolder(root, 0)
        self.bus, self.ratings, self.metadata = FakeBus(), RatingStore(data), MetadataStore(data)
        self.now = datetime(2026, 11, 21, tzinfo=UTC)
        self.slept: list[float] = []
        self.lookups = Lookups(self.bus, self.ratings, MetadataStore(data), lambda: self.now, self.sleep)
        register(self.bus, self.ratings, self.lookups)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.sleep(0)

    def labels(self) -> dict[str, str]:
        return {paper_id: rating.label for paper_id, rating in self.ratings.current().items()}


async def test_a_rating_on_several_papers_is_stored_for_each(tmp_path: Path) -> None:
    room = Room(tmp_path)
    await room.bus.deliver(LIKE)
    assert room.labels() == {GRAPHS: "like", TIDES: "like"}
    assert {(one.source, one.actor, one.event_id) for one in room.ratings.all()} == {("reader", "me", LIKE.event_id)}


async def test_a_rating_that_comes_twice_is_stored_once(tmp_path: Path) -> None:
    room = Room(tmp_path)
    await room.bus.deliver(LIKE)
    await room.bus.deliver(LIKE)
    assert room.ratings.count() == 2


async def test_the_newest_word_wins_and_clear_takes_it_back(tmp_path: Path) -> None:
    room = Room(tmp_path)
    await room.bus.deliver(LIKE)
    await room.bus.deliver(FeedbackLabel(paper_ids=(GRAPHS,), label="dislike"))
    await room.bus.deliver(FeedbackLabel(paper_ids=(TIDES,), label="clear"))
    assert room.labels() == {GRAPHS: "dislike"}
    assert room.ratings.count() == 4


async def test_only_papers_that_were_never_harvested_are_looked_up(tmp_path: Path) -> None:
    room = Room(tmp_path)
    room.metadata.put([paper(GRAPHS)])
    room.bus.answers[Lookup] = LookupReply(found=(TIDES,))
    await room.bus.deliver(LIKE)
    await room.lookups.complete()
    assert room.bus.asked == [Lookup(paper_ids=(TIDES,))]


async def test_a_rating_that_was_taken_back_is_not_looked_up(tmp_path: Path) -> None:
    room = Room(tmp_path)
    await room.bus.deliver(LIKE)
    await room.bus.deliver(FeedbackLabel(paper_ids=(GRAPHS, TIDES), label="clear"))
    await room.lookups.complete()
    assert room.bus.asked == []


async def test_a_rating_is_stored_at_once_while_arxiv_is_away(tmp_path: Path) -> None:
    room = Room(tmp_path)
    room.bus.answers[Lookup] = AWAY
    await room.bus.deliver(LIKE)
    assert room.labels() == {GRAPHS: "like", TIDES: "like"}


async def test_a_paper_is_looked_up_again_and_again_until_arxiv_is_back(tmp_path: Path) -> None:
    room, answers = Room(tmp_path), [AWAY] * 100

    def answer(request: Lookup) -> LookupReply:
        if answers:
            raise answers.pop()
        room.metadata.put([paper(paper_id) for paper_id in request.paper_ids])
        return LookupReply(found=request.paper_ids)

    room.bus.answers[Lookup] = answer
    await room.bus.deliver(LIKE)
    async with Background({"lookups": room.lookups.run}).running():
        await eventually(lambda: room.metadata.has((GRAPHS, TIDES)) == {GRAPHS, TIDES})
    assert room.slept == [900] * 100


async def test_a_failure_that_names_no_wait_is_tried_again_ever_later(tmp_path: Path) -> None:
    room = Room(tmp_path)
    room.bus.answers[Lookup] = RequestFailed("slow", code="deadline", retryable=True)
    await room.bus.deliver(LIKE)
    async with Background({"lookups": room.lookups.run}).running():
        await eventually(lambda: len(room.slept) >= 6)
    assert room.slept[:6] == [5, 15, 60, 300, 900, 900]


async def test_after_a_restart_what_is_missing_is_asked_for_by_itself(tmp_path: Path) -> None:
    """Also in a data folder whose papers were given up by an earlier version."""
    await Room(tmp_path).bus.deliver(LIKE)
    room = Room(tmp_path)
    room.bus.answers[Lookup] = LookupReply(found=(GRAPHS, TIDES))
    async with Background({"lookups": room.lookups.run}).running():
        await eventually(lambda: room.bus.asked)


async def test_many_papers_are_asked_for_in_requests_that_have_time_for_them(tmp_path: Path) -> None:
    room = Room(tmp_path)
    room.bus.answers[Lookup] = lambda request: LookupReply(found=request.paper_ids)
    ids = tuple(f"2403.{number:05}" for number in range(1, 26))
    await room.bus.deliver(FeedbackLabel(paper_ids=ids, label="like"))
    await room.lookups.complete()
    assert [len(asked.paper_ids) for asked in room.bus.asked if isinstance(asked, Lookup)] == [10, 10, 5]


async def test_a_paper_that_arxiv_does_not_have_is_told_and_asked_for_again_a_day_later(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    room = Room(tmp_path)
    room.bus.answers[Lookup] = LookupReply(missing={GRAPHS: "arXiv does not know it", TIDES: "neither"})
    await room.bus.deliver(LIKE)
    with caplog.at_level(logging.WARNING):
        await room.lookups.complete()
    said = [record for record in caplog.records if getattr(record, "action", "") == "lookup_failed"]
    assert {vars(record)["paper_id"] for record in said} == {GRAPHS, TIDES}
    await room.lookups.complete()
    assert len(room.bus.asked) == 1
    room.now += timedelta(days=1, seconds=1)
    await room.lookups.complete()
    assert len(room.bus.asked) == 2


async def test_one_paper_that_cannot_be_asked_for_keeps_no_other_back(tmp_path: Path) -> None:
    room = Room(tmp_path)

    def answer(request: Lookup) -> LookupReply:
        if GRAPHS in request.paper_ids:
            raise RequestFailed("refused", code="permanent", retryable=False)
        return LookupReply(found=request.paper_ids)

    room.bus.answers[Lookup] = answer
    await room.bus.deliver(LIKE)
    await room.lookups.complete()
    assert room.bus.asked[1:] == [Lookup(paper_ids=(GRAPHS,)), Lookup(paper_ids=(TIDES,))] or room.bus.asked[1:] == [
        Lookup(paper_ids=(TIDES,)),
        Lookup(paper_ids=(GRAPHS,)),
    ]
