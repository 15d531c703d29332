"""Papers that may wait: questions in a batch, answers later, each paid once and at half the price; over real HTTP."""

from datetime import timedelta
from pathlib import Path

import pytest

from services.summarizer.agent import batched_readings
from services.summarizer.llm.failures import LlmUnusable
from shared.contracts import PapersSelected, Pick, SummariesReady
from tests.support.checks.waiting import eventually
from tests.support.llm.server import Scripted, in_turn, llm_server
from tests.support.papers.summarizer import OTHER_ID, PAPER_ID, Room, paper, room
from tests.unit.summarizer.test_reading_with_a_model import said, settings

EVENT = PapersSelected(
    paper_ids=(PAPER_ID, OTHER_ID), picks=(Pick(paper_id=PAPER_ID),), event_id="pick-1", force=True, batch=True
)
ANSWER = Scripted(said(), tokens=None)


async def ended(here: Room) -> None:
    """Wait until something is announced, and deliver it."""

    async def announced() -> bool:
        await here.batched.collect(here.bus.publish)
        return any(isinstance(event, PapersSelected) for event in here.bus.published)

    await eventually(announced)
    for event in [event for event in here.bus.published if isinstance(event, PapersSelected)]:
        await here.bus.deliver(event)


async def test_papers_of_a_batch_are_read_when_it_has_its_answers_and_no_question_is_asked_twice(
    tmp_path: Path,
) -> None:
    with llm_server(in_turn(ANSWER)) as server:
        async with room(tmp_path, settings(server)) as here:
            here.hold(paper(), paper(OTHER_ID))
            await here.bus.deliver(EVENT)
            await here.bus.deliver(EVENT)
            assert here.summaries.count() == 0
            assert here.bus.published == []
            await ended(here)
            summaries = here.summaries.get_many(EVENT.paper_ids)
        assert len(server.asked) == 2
    assert [summary.mode for summary in summaries.values()] == ["llm", "llm"]
    for summary in summaries.values():
        usage = summary.usage
        assert usage.calls == 1
        assert usage.cost == pytest.approx((usage.input_tokens + 10 * usage.output_tokens) / 2e6)
    assert {event.paper_ids for event in here.bus.published if isinstance(event, SummariesReady)} == {
        (PAPER_ID,),
        (OTHER_ID,),
    }


async def test_a_batch_that_was_sent_before_a_restart_is_collected_after_it(tmp_path: Path) -> None:
    with llm_server(in_turn(ANSWER)) as server:
        async with room(tmp_path, settings(server)) as before:
            before.hold(paper(), paper(OTHER_ID))
            await before.bus.deliver(EVENT)
        async with room(tmp_path, settings(server)) as here:
            await ended(here)
            assert here.summaries.count() == 2
            await here.batched.collect(here.bus.publish)
            assert len([event for event in here.bus.published if isinstance(event, PapersSelected)]) == 1
        assert len(server.asked) == 2


async def test_without_a_model_papers_of_a_batch_are_read_at_once(tmp_path: Path) -> None:
    async with room(tmp_path) as here:
        here.hold(paper())
        await here.bus.deliver(EVENT.model_copy(update={"paper_ids": (PAPER_ID,)}))
        (later,) = here.bus.published
        assert isinstance(later, PapersSelected)
        assert (later.paper_ids, later.batch, later.force, later.caused_by) == ((PAPER_ID,), False, True, "pick-1")
        await here.bus.deliver(later)
        assert here.summaries.get(PAPER_ID) is not None


async def test_a_paper_that_cannot_be_read_keeps_no_other_from_the_batch(tmp_path: Path) -> None:
    with llm_server(in_turn(ANSWER)) as server:
        async with room(tmp_path, settings(server)) as here:
            here.hold(paper())
            await here.bus.deliver(EVENT)
            (rest,) = here.bus.published
            assert rest.paper_ids == (OTHER_ID,)  # type: ignore[attr-defined]
            here.bus.published.clear()
            await ended(here)
            assert list(here.summaries.get_many(EVENT.paper_ids)) == [PAPER_ID]


async def test_a_server_without_batches_is_named(tmp_path: Path) -> None:
    with llm_server(in_turn(ANSWER)) as server:
        server.batches.supported = False
        async with room(tmp_path, settings(server)) as here:
            here.hold(paper(), paper(OTHER_ID))
            with pytest.raises(LlmUnusable, match="batches"):
                await here.bus.deliver(EVENT)


async def test_a_batch_that_its_server_forgot_holds_up_no_other_and_its_papers_are_read_in_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with llm_server(in_turn(ANSWER)) as server:
        async with room(tmp_path, settings(server)) as here:
            here.hold(paper(), paper(OTHER_ID))
            lost, other = (EVENT.model_copy(update={"paper_ids": (one,), "picks": ()}) for one in EVENT.paper_ids)
            await here.bus.deliver(lost)
            await here.bus.deliver(other.model_copy(update={"event_id": "pick-2"}))
            del server.batches.batches[next(iter(server.batches.batches))]
            await ended(here)
            assert list(here.summaries.get_many(EVENT.paper_ids)) == [OTHER_ID]
            here.bus.published.clear()
            monkeypatch.setattr(batched_readings, "_GIVEN_UP_AFTER", timedelta(0))
            await ended(here)
            assert here.summaries.count() == 2
