from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from services.fetcher.announcing.outbox import Outbox, events_of
from shared.contracts import EmbeddingsReady, Event, PapersNew
from shared.errors import TemporaryFailure
from shared.store.harvests.runs import HarvestRun, RunStore
from tests.support.arxiv.demo import data_folder
from tests.support.bus.in_memory import FakeBus

AT = datetime(2026, 11, 6, tzinfo=UTC)
RUN = HarvestRun(
    run_id="20261106T000000-abc",
    started_at=AT,
    finished_at=AT,
    state="done",
    day=date(2026, 11, 5),
    new_ids=tuple(f"2611.{number:05d}" for number in range(1, 601)),
    revised_ids=("2610.00001",),
)


class BreakingBus(FakeBus):
    """Takes one event and then is away."""

    async def publish(self, event: Event) -> None:
        if self.published:
            raise TemporaryFailure("NATS is away")
        await super().publish(event)


def test_new_and_revised_papers_travel_in_events_of_their_own_and_the_last_one_says_so() -> None:
    events = list(events_of(RUN))
    assert [(event.reason, len(event.paper_ids), event.last) for event in events] == [
        ("new", 500, False),
        ("new", 100, False),
        ("revised", 1, True),
    ]
    assert {(event.run_id, event.run_size, event.day) for event in events} == {(RUN.run_id, 601, RUN.day)}


def test_papers_of_days_gone_by_come_last_marked_and_uncounted() -> None:
    run = RUN.model_copy(update={"revised_ids": ("2610.00001", "2611.00700"), "past_new": 550, "past_revised": 1})
    events = list(events_of(run))
    assert [(event.reason, len(event.paper_ids), event.last, event.run_size, event.backfill) for event in events] == [
        ("new", 50, False, 51, False),
        ("revised", 1, True, 51, False),
        ("new", 500, False, None, True),
        ("new", 50, False, None, True),
        ("revised", 1, False, None, True),
    ]
    assert {paper_id for event in events for paper_id in event.paper_ids} == {*run.new_ids, *run.revised_ids}
    assert events[0].paper_ids == run.new_ids[550:]
    assert len({event.event_id for event in events}) == 5


def test_a_backfill_without_a_paper_of_today_ends_no_run() -> None:
    run = RUN.model_copy(update={"past_new": 600, "past_revised": 1})
    assert run.candidates == 0
    assert [(event.last, event.backfill) for event in events_of(run)] == [(False, True)] * 3


def test_an_embedded_backfill_is_a_backfill_still_and_other_events_keep_their_ids() -> None:
    cause = PapersNew(
        event_id="cause", run_id="r1", paper_ids=("2611.00001",), day=date(2026, 11, 2), last=True, run_size=1
    )
    facts = {"paper_ids": ("2611.00001",), "model": "minilm", "day": cause.day, "last": True, "run_size": 1}
    ready = EmbeddingsReady.after(cause, **facts)
    assert (ready.backfill, ready.event_id) == (False, "3d0efe7f71c159e2953031b19e2b946e")
    past = EmbeddingsReady.after(cause.model_copy(update={"backfill": True}), **facts)
    assert past.backfill
    assert past.event_id != ready.event_id


def test_a_run_without_news_has_no_events() -> None:
    assert list(events_of(RUN.model_copy(update={"new_ids": (), "revised_ids": ()}))) == []


async def test_what_nats_did_not_take_is_published_later_and_with_the_same_ids(tmp_path: Path) -> None:
    data = data_folder(tmp_path)
    RunStore(data).put(RUN)
    broken = BreakingBus()
    with pytest.raises(TemporaryFailure):
        await Outbox(data, broken).empty()
    bus = FakeBus()
    assert await Outbox(data, bus).empty() == 2
    sent = [*broken.published, *bus.published]
    assert [event.event_id for event in sent] == [event.event_id for event in events_of(RUN)]
    assert await Outbox(data, bus).empty() == 0


async def test_a_run_that_is_not_done_is_not_announced(tmp_path: Path) -> None:
    data, bus = data_folder(tmp_path), FakeBus()
    RunStore(data).put(RUN.model_copy(update={"state": "failed"}))
    assert await Outbox(data, bus).empty() == 0
    assert not [event for event in bus.published if isinstance(event, PapersNew)]


async def test_a_long_run_is_noted_now_and_then_and_at_its_end(tmp_path: Path) -> None:
    data, now = data_folder(tmp_path), [0.0]
    ids = tuple(f"2611.{number:05d}" for number in range(1, 2501))
    RunStore(data).put(RUN.model_copy(update={"new_ids": ids, "revised_ids": ()}))
    noted: list[int] = []

    class SlowBus(FakeBus):
        """Each event takes two seconds."""

        async def publish(self, event: Event) -> None:
            await super().publish(event)
            now[0] += 2.0
            run = RunStore(data).get(RUN.run_id)
            noted.append(run.announced if run else -1)

    assert await Outbox(data, SlowBus(), lambda: now[0]).empty() == 5
    assert noted == [0, 0, 0, 3, 3]
    run = RunStore(data).get(RUN.run_id)
    assert run is not None
    assert run.announced == 5


async def test_a_outcome_that_grows_while_a_run_is_announced_is_kept(tmp_path: Path) -> None:
    data = data_folder(tmp_path)
    RunStore(data).put(RUN)

    class TalkingBus(FakeBus):
        async def publish(self, event: Event) -> None:
            await super().publish(event)
            RunStore(data).change(RUN, outcome="and an audit")

    await Outbox(data, TalkingBus()).empty()
    run = RunStore(data).get(RUN.run_id)
    assert run is not None
    assert (run.announced, run.outcome) == (3, "and an audit")
