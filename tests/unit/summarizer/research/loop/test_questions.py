"""Questions over the bus: the same one once, waited for, cancelled, gone on with, failed."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from services.summarizer.research.loop.ports import CorpusFacts
from shared.contracts import Ask, Budget, CancelAsk, Corpus
from shared.errors import PermanentFailure, TemporaryFailure
from tests.support.checks.waiting import eventually
from tests.support.llm.gateway import llm_settings
from tests.support.llm.server import Body, Scripted, llm_server
from tests.support.papers.questions import AskedRoom, asked_room, numbers_of, purpose_of, said
from tests.unit.summarizer.research.loop.test_graph import HOLDS, QUESTION, holds, scripted


def slow(body: Body, before: int) -> Scripted:
    if purpose_of(body) == "plan":
        return Scripted(json.dumps({"question": "", "queries": []}), after_seconds=30)
    return said()


def states(room: AskedRoom) -> list[str]:
    return [head.state for head in room.traces.recent("me", 9)]


async def test_the_same_ask_id_is_answered_and_paid_once(tmp_path: Path) -> None:
    with llm_server(scripted(holds)) as server:
        async with asked_room(tmp_path, llm_settings(server)) as room:
            first, second = await asyncio.gather(*(room.ask(QUESTION, ask_id="one") for _ in range(2)))
            third = await room.ask(QUESTION, ask_id="one")
            assert first.result == second.result == third.result
            assert len(room.ledger.month(third.result.finished_at)) == len(server.asked)  # type: ignore[union-attr]
    assert len(server.asked) == 2
    assert (first.answer, first.mode) == (f"{HOLDS} [1]", "llm")
    assert "tournament nodes" in first.quotes[0].text


async def test_who_does_not_wait_is_told_that_it_runs_and_may_cancel(tmp_path: Path) -> None:
    with llm_server(slow) as server:
        async with asked_room(tmp_path, llm_settings(server)) as room:
            reply = await room.ask(QUESTION, ask_id="slow", wait_seconds=0)
            assert (reply.state, reply.result) == ("running", None)
            await eventually(lambda: bool(server.asked))
            assert (await room.questions.cancel(CancelAsk(trace_id=reply.trace_id))).was_running
            again = await room.ask(QUESTION, ask_id="slow", wait_seconds=0)
            assert (again.state, again.problem) == ("failed", "The question was cancelled.")
            assert not (await room.questions.cancel(CancelAsk(trace_id=reply.trace_id))).was_running
            assert states(room) == ["cancelled"]


async def test_a_question_goes_on_after_a_stop_and_pays_no_call_again(tmp_path: Path) -> None:
    hold = {"answer": 30.0}

    def script(body: Body, before: int) -> Scripted:
        if purpose_of(body) == "plan":
            return Scripted(json.dumps({"question": "", "queries": []}))
        return Scripted(said((numbers_of(body, "tournament nodes"), HOLDS)).text, after_seconds=hold["answer"])

    with llm_server(script) as server:
        async with asked_room(tmp_path, llm_settings(server)) as room:
            reply = await room.ask(QUESTION, wait_seconds=0)
            await eventually(lambda: len(server.asked) == 2)
        assert states(room) == ["running"]
        hold["answer"] = 0.0
        async with asked_room(tmp_path, llm_settings(server)) as room:
            await room.questions.go_on()
            await eventually(lambda: states(room) == ["answered"])
    assert [purpose_of(body) for body in server.asked] == ["plan", "answer", "answer"]
    result = room.traces.result(reply.trace_id)
    assert result is not None
    assert result.cost.llm_calls == 2


async def test_an_estimate_asks_nothing(tmp_path: Path) -> None:
    with llm_server(scripted(holds)) as server:
        async with asked_room(tmp_path, llm_settings(server)) as room:
            reply = await room.ask(QUESTION, estimate_only=True, budget=Budget(tokens=5_000))
            assert states(room) == []
    assert reply.state == "estimated"
    assert reply.estimate is not None
    assert 0 < reply.estimate.input_tokens + reply.estimate.output_tokens <= 5_000
    assert server.asked == []


async def test_trouble_that_does_not_pass_fails_with_its_reason(tmp_path: Path) -> None:
    async with asked_room(tmp_path) as room:

        async def away(*args: Any) -> Any:
            raise TemporaryFailure("Qdrant is away.")

        room.search.find = away  # type: ignore[assignment,method-assign]
        reply = await room.ask(QUESTION)
    assert (reply.state, reply.problem) == ("failed", "Qdrant is away.")


async def test_an_empty_question_is_refused(tmp_path: Path) -> None:
    async with asked_room(tmp_path) as room:
        with pytest.raises(PermanentFailure, match="is empty"):
            await room.questions.ask(Ask(question="   "))


async def test_a_question_of_papers_that_are_not_there_says_so(tmp_path: Path) -> None:
    async with asked_room(tmp_path) as room:
        result = await room.result(QUESTION, paper_ids=("2401.00001",))
    assert result.outcome == "declined"
    assert "There are no papers to ask" in result.answer


async def test_an_answer_is_whole_although_another_paper_is_not_ready(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with asked_room(tmp_path) as room:
        waiting = lambda corpus: CorpusFacts(corpus, waiting=("2401.00009",))  # noqa: E731
        monkeypatch.setattr(room.search, "facts", waiting)
        result = await room.result(QUESTION)
        assert (result.outcome, [gap.kind for gap in result.gaps]) == ("answered", ["unreachable"])
        assert "Not ready to be asked, your reading list says why: 2401.00009" in result.gaps[0].text
        named = await room.result(QUESTION, corpus=Corpus(paper_ids=(result.citations[0].paper_id, "2401.00009")))
        assert named.outcome == "partial"


async def test_no_secret_stands_in_a_trace(tmp_path: Path) -> None:
    with llm_server(lambda body, before: Scripted(status=401, error="bad key secret-key-1")) as server:
        async with asked_room(tmp_path, llm_settings(server)) as room:
            reply = await room.ask(QUESTION)
            assert reply.result is not None
            assert "unreachable" in {gap.kind for gap in reply.result.gaps}
            assert "secret-key-1" not in room.traces.path(reply.trace_id).read_text()
