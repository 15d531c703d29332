"""No call is paid twice: what happens when the process ends, or the disk is full, around a finished answer."""

import asyncio
from pathlib import Path

import pytest

from services.summarizer.llm.asking import AskContext
from shared.store.files.data_folder import DataFolder
from shared.store.models.ledger import Ledger
from shared.store.papers.summaries import Usage
from tests.support.checks.waiting import eventually
from tests.support.llm.gateway import EXTRACT, GOOD, QUESTION, RAIN, DictMemo, Poem, gateway, ledger_lines, llm_settings
from tests.support.llm.server import Scripted, in_turn, llm_server

HONEST, BAD = Scripted(GOOD, tokens=None), Scripted("No.", tokens=None)


async def test_a_kept_answer_is_used_again_and_stands_in_the_ledger_once(tmp_path: Path) -> None:
    memo = DictMemo()
    with llm_server(in_turn(BAD, HONEST)) as server:
        for _ in range(3):
            async with gateway(tmp_path, llm_settings(server), memo) as models:
                said = await models.ask(QUESTION, Poem, EXTRACT)
                assert (said.value, said.usage.calls) == (RAIN, 2)
        assert len(server.asked) == 2
    lines = ledger_lines(tmp_path)
    assert [(line.input_tokens, line.output_tokens) for line in lines] == [
        (served.counted.input, served.counted.output) for served in server.served
    ]


async def test_a_kill_between_memo_and_ledger_costs_neither_a_call_nor_a_line(tmp_path: Path) -> None:
    memo = DictMemo()
    with llm_server(in_turn(HONEST)) as server:
        async with gateway(tmp_path / "before", llm_settings(server), memo) as models:
            await models.ask(QUESTION, Poem, EXTRACT)
        async with gateway(tmp_path / "after", llm_settings(server), memo) as models:  # its ledger has no line of it
            await models.ask(QUESTION, Poem, EXTRACT)
    assert len(server.asked) == 1
    assert ledger_lines(tmp_path / "after") == ledger_lines(tmp_path / "before")


async def test_another_event_another_question_and_another_model_are_calls_of_their_own(tmp_path: Path) -> None:
    memo = DictMemo()
    with llm_server(in_turn(HONEST)) as server:
        async with gateway(tmp_path, llm_settings(server, models={"b": {"model": "b"}}), memo) as models:
            await models.ask(QUESTION, Poem, EXTRACT)
            await models.ask(QUESTION, Poem, AskContext("extract", "2610.00001", "run-1", "pick-2"))
            await models.ask(QUESTION[:1], Poem, EXTRACT)
            await models.ask(QUESTION, Poem, EXTRACT, model="b")
    assert len(server.asked) == len(memo.kept) == 4


async def test_a_call_of_no_event_is_never_kept(tmp_path: Path) -> None:
    memo = DictMemo()
    with llm_server(in_turn(HONEST)) as server:
        async with gateway(tmp_path, llm_settings(server), memo) as models:
            await models.ask(QUESTION, Poem, AskContext("ask"))
            await models.ask(QUESTION, Poem, AskContext("ask"))
    assert (len(server.asked), memo.kept) == (2, {})


async def test_an_answer_that_cannot_be_kept_is_used_at_least_and_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with llm_server(in_turn(HONEST)) as server:
        async with gateway(tmp_path, llm_settings(server), DictMemo(fails=1)) as models:
            assert (await models.ask(QUESTION, Poem, EXTRACT)).value == RAIN
    assert len(ledger_lines(tmp_path)) == 1
    assert "disk full" in caplog.text


async def test_what_a_memo_holds_and_cannot_be_read_is_asked_for_again(tmp_path: Path) -> None:
    memo = DictMemo()
    with llm_server(in_turn(HONEST)) as server:
        async with gateway(tmp_path, llm_settings(server), memo) as models:
            await models.ask(QUESTION, Poem, EXTRACT)
            memo.kept = dict.fromkeys(memo.kept, '{"half": ')
            assert (await models.ask(QUESTION, Poem, EXTRACT)).value == RAIN
    assert len(server.asked) == 2


class SlowMemo(DictMemo):
    """A memo whose disk takes its time."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.go = asyncio.Event(), asyncio.Event()

    async def put(self, key: str, text: str, usage: Usage) -> None:
        self.begun.set()
        await self.go.wait()
        await super().put(key, text, usage)


async def test_who_stops_waiting_while_an_answer_is_kept_does_not_lose_it(tmp_path: Path) -> None:
    memo = SlowMemo()
    with llm_server(in_turn(HONEST)) as server:
        async with gateway(tmp_path, llm_settings(server), memo) as models:
            asking = asyncio.create_task(models.ask(QUESTION, Poem, EXTRACT))
            await memo.begun.wait()
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking
            memo.go.set()
            await eventually(lambda: len(ledger_lines(tmp_path)) == 1)
            await models.ask(QUESTION, Poem, EXTRACT)
    assert len(server.asked) == 1
    assert Ledger(DataFolder(tmp_path, 0)).of("pick-1", "2610.00001").calls == 1
