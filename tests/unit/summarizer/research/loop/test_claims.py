"""Several processes that answer questions: one takes up what another left, and a wish to stop reaches the right one."""

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from services.summarizer.research.loop.asked.claims import Claims
from services.summarizer.research.loop.asked.working_process import name_of
from shared.contracts import Ask, CancelAsk, now
from shared.store.files.data_folder import DataFolder
from shared.store.research.traces import TraceStore, new_trace_id
from tests.support.checks.waiting import eventually
from tests.support.llm.gateway import llm_settings
from tests.support.llm.server import llm_server
from tests.support.papers.questions import asked_room
from tests.unit.summarizer.research.loop.test_graph import QUESTION
from tests.unit.summarizer.research.loop.test_questions import slow, states

OTHER = name_of(os.getppid())
DEAD = "this-host-is-gone:7:1.00"


def asked_by(folder: Path, owner: str, *steps: str) -> tuple[TraceStore, str]:
    """A question of a process, with some steps more."""
    traces, trace_id = TraceStore(DataFolder(folder, 0)), new_trace_id(now(), "me", "one")
    for step in ("asked", *steps):
        traces.append(trace_id, {"at": now().isoformat(), "step": step, "key": "", "owner": owner})
    return traces, trace_id


def silent(traces: TraceStore, trace_id: str) -> None:
    os.utime(traces.path(trace_id), (0, 0))


async def test_a_question_is_cancelled_in_the_process_that_answers_it(tmp_path: Path) -> None:
    with llm_server(slow) as server:
        async with asked_room(tmp_path, llm_settings(server)) as room:
            other = room.process(name=OTHER)
            reply = await other.ask(Ask(question=QUESTION, ask_id="slow", wait_seconds=0))
            await eventually(lambda: bool(server.asked))
            assert (await room.questions.cancel(CancelAsk(trace_id=reply.trace_id))).was_running
            assert states(room) == ["cancelled"]
            assert not (await room.questions.cancel(CancelAsk(trace_id=reply.trace_id))).was_running
            await other.close()


async def test_a_question_that_two_processes_are_asked_at_once_is_answered_once(tmp_path: Path) -> None:
    async with asked_room(tmp_path) as room:
        other = room.process(name=OTHER)
        ask = Ask(question=QUESTION, ask_id="one", wait_seconds=0)
        replies = await asyncio.gather(*(process.ask(ask) for process in (room.questions, other)))
        assert len({reply.trace_id for reply in replies}) == len(room.traces.ids()) == 1
        await eventually(lambda: bool(states(room)) and states(room) != ["running"])
        await other.close()


def test_of_many_that_begin_the_same_question_one_does(tmp_path: Path) -> None:
    traces = TraceStore(DataFolder(tmp_path, 0))
    first = {"at": now().isoformat(), "step": "asked", "key": "", "user": "me", "ask_id": "one"}
    with ThreadPoolExecutor(8) as threads:
        ids = list(threads.map(lambda _: traces.begin(new_trace_id(now(), "me", "one"), first), range(8)))
    assert [set(ids)] == [set(traces.ids())]
    assert len(set(ids)) == 1


async def test_nothing_is_cancelled_where_nothing_was_asked(tmp_path: Path) -> None:
    async with asked_room(tmp_path) as room:
        assert not (await room.questions.cancel(CancelAsk(trace_id="20260131T120000123456-0a1b2c"))).was_running
        assert not (await room.questions.cancel(CancelAsk(trace_id="../../etc/passwd"))).was_running


def test_of_many_processes_one_takes_up_a_question_that_was_left(tmp_path: Path) -> None:
    traces, trace_id = asked_by(tmp_path, DEAD)
    silent(traces, trace_id)
    names = [f"host-{number}:7:1.00" for number in range(8)]
    with ThreadPoolExecutor(8) as threads:
        taken = list(threads.map(lambda name: Claims(traces, name).take(trace_id), names))
    assert sum(taken) == 1


def test_what_another_process_is_at_work_on_or_has_ended_is_left_alone(tmp_path: Path) -> None:
    traces, trace_id = asked_by(tmp_path, OTHER)
    assert not Claims(traces).take(trace_id)
    traces, trace_id = asked_by(tmp_path, DEAD)
    assert not Claims(traces).take(trace_id), "it may be alive on its host: it wrote just now"
    traces, trace_id = asked_by(tmp_path, DEAD, "answered")
    silent(traces, trace_id)
    assert not Claims(traces).take(trace_id)


def test_a_question_that_nobody_answers_is_cancelled_at_once(tmp_path: Path) -> None:
    traces, trace_id = asked_by(tmp_path, f"{OTHER.split(':')[0]}:{2**22}:1.00")
    assert Claims(traces).end(trace_id)
    assert [step["step"] for step in traces.steps(trace_id)] == ["asked", "unwanted", "cancelled"]
