"""Batches: questions in a file, answers a day later, half the price; over real HTTP."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from services.summarizer.llm.asking import AskContext, Memo
from services.summarizer.llm.batches import Batches, BatchQuestion
from services.summarizer.llm.failures import LlmUnusable
from services.summarizer.llm.gateway import Gateway
from services.summarizer.llm.structured import UnreadableReply
from shared.errors import TemporaryFailure
from shared.store.files.data_folder import DataFolder
from shared.store.models.ledger import Ledger
from tests.support.llm.gateway import GOOD, QUESTION, RAIN, DictMemo, Poem, gateway, ledger_lines, llm_settings
from tests.support.llm.server import Body, LlmServer, Scripted, in_turn, llm_server

HONEST = Scripted(GOOD, tokens=None)


def questions(number: int = 4) -> list[BatchQuestion]:
    return [
        BatchQuestion(
            [*QUESTION, {"role": "user", "content": f"Number {n}."}],
            Poem,
            AskContext("extract", f"2610.{n:05}", "run", "event"),
        )
        for n in range(number)
    ]


@asynccontextmanager
async def batches(
    folder: Path, server: LlmServer, memo: Memo | None = None, **changes: Any
) -> AsyncIterator[tuple[Batches, Gateway]]:
    data = DataFolder(folder, 0)
    async with gateway(folder, llm_settings(server, **changes), memo) as models:
        yield Batches(models, data, Ledger(data)), models


async def test_a_batch_is_answered_line_by_line_at_half_the_price(tmp_path: Path) -> None:
    with llm_server(in_turn(HONEST)) as server:
        async with batches(tmp_path, server) as (ours, _):
            (batch,) = await ours.submit(questions())
            with pytest.raises(TemporaryFailure, match="not done"):
                await ours.collect(batch)
            told: list[str] = []
            await ours.wait(batch, 0.01, lambda state: told.append(state.status))
            results = await ours.collect(batch)
            await ours.collect(batch)
            ours.forget(batch)
            assert ours.under_way() == []
    assert told == ["finalizing", "completed"]
    assert [result.answer(Poem) for result in results] == [RAIN] * 4
    assert [result.context.paper_id for result in results] == [f"2610.{n:05}" for n in range(4)]
    lines = ledger_lines(tmp_path)
    assert sorted((line.input_tokens, line.cached_tokens, line.output_tokens) for line in lines) == sorted(
        server.batches.counted
    )
    for line in lines:
        assert line.batch
        assert line.cost == pytest.approx((line.input_tokens + 10 * line.output_tokens) / 2e6)
    assert all("stream" not in body and "stream_options" not in body for body in server.asked)


async def test_after_a_restart_a_batch_is_found_again_and_its_answers_serve_the_gateway(tmp_path: Path) -> None:
    memo = DictMemo()
    with llm_server(in_turn(HONEST)) as server:
        async with batches(tmp_path, server) as (ours, _):
            await ours.submit(questions())
        async with batches(tmp_path, server, memo) as (ours, models):
            (batch,) = await ours.resume()
            await ours.wait(batch, 0.01)
            await ours.collect(batch, memo)
            before = len(server.asked)
            for question in questions():
                said = await models.ask(question.conversation, Poem, question.context)
                assert said.value == RAIN
                assert said.usage.calls == 1
    assert len(server.asked) == before == 4
    assert len(ledger_lines(tmp_path)) == 4
    assert len(server.batches.batches) == 1


async def test_a_kill_between_sending_and_noting_the_id_sends_no_second_batch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with llm_server(in_turn(HONEST)) as server:
        async with batches(tmp_path, server) as (ours, _):
            (sent,) = await ours.submit(questions())
            ours._open.put(sent.model_copy(update={"batch_id": None}))
            (found,) = await ours.resume()
    assert found == sent
    assert len(server.batches.batches) == 1


async def test_a_batch_that_never_reached_its_server_is_sent_at_the_next_start(tmp_path: Path) -> None:
    with llm_server(in_turn(HONEST)) as server:
        async with batches(tmp_path, server, base_url="http://127.0.0.1:9/v1") as (ours, _):
            with pytest.raises(TemporaryFailure):
                await ours.submit(questions())
            assert [batch.batch_id for batch in ours.under_way()] == [None]
        async with batches(tmp_path, server) as (ours, _):
            (batch,) = await ours.resume()
            await ours.wait(batch, 0.01)
            assert len([result for result in await ours.collect(batch) if result.kept]) == 4


async def test_each_line_has_its_own_error(tmp_path: Path) -> None:
    def script(body: Body, before: int) -> Scripted:
        number = body["messages"][-1]["content"]
        return {"Number 1.": Scripted(status=400, error="too long"), "Number 2.": Scripted("No.")}.get(number, HONEST)

    with llm_server(script) as server:
        server.batches.left_out = {"000003"}
        async with batches(tmp_path, server) as (ours, _):
            (batch,) = await ours.submit(questions())
            await ours.wait(batch, 0.01)
            good, failed, unreadable, missing = await ours.collect(batch)
    assert good.answer(Poem) == RAIN
    assert failed.error == "too long"
    with pytest.raises(UnreadableReply, match="no JSON object"):
        unreadable.answer(Poem)
    with pytest.raises(UnreadableReply, match="has no answer to this"):
        missing.answer(Poem)
    assert len(ledger_lines(tmp_path)) == 2


async def test_a_batch_that_expired_gives_what_was_answered(tmp_path: Path) -> None:
    with llm_server(in_turn(HONEST)) as server:
        server.batches.expiring_after = 2
        async with batches(tmp_path, server) as (ours, _):
            (batch,) = await ours.submit(questions())
            assert (await ours.wait(batch, 0.01)).status == "expired"
            results = await ours.collect(batch)
    assert [result.error for result in results] == ["", "", "too late", "too late"]


async def test_a_batch_that_failed_says_why_for_every_line(tmp_path: Path) -> None:
    with llm_server(in_turn(HONEST)) as server:
        server.batches.failing = "line 1 is no JSON"
        async with batches(tmp_path, server) as (ours, _):
            (batch,) = await ours.submit(questions())
            await ours.wait(batch, 0.01)
            results = await ours.collect(batch)
    assert {result.error for result in results} == {"the batch is failed and has no answer to this: line 1 is no JSON"}


async def test_a_server_without_batches_is_told(tmp_path: Path) -> None:
    with llm_server(in_turn(HONEST)) as server:
        server.batches.supported = False
        async with batches(tmp_path, server) as (ours, _):
            with pytest.raises(LlmUnusable, match="no batches at all"):
                await ours.submit(questions())


async def test_a_batch_that_would_pass_a_cap_is_not_sent(tmp_path: Path) -> None:
    with llm_server(in_turn(HONEST)) as server:
        async with batches(tmp_path, server, monthly_cap=0.01) as (ours, _):
            with pytest.raises(LlmUnusable, match="monthly cap"):
                await ours.submit(questions())
            assert await ours.submit([]) == []
            assert ours.under_way() == []


async def test_half_a_file_of_a_batch_stops_no_other(tmp_path: Path) -> None:
    with llm_server(in_turn(HONEST)) as server:
        async with batches(tmp_path, server) as (ours, _):
            (batch,) = await ours.submit(questions(1))
            (tmp_path / "state" / "llm-batches" / "x.json").write_text('{"token": ')
            assert ours.under_way() == [batch]
