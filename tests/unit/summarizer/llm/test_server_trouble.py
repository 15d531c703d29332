"""Servers that are slow, silent, busy, broken or away: what is waited for, tried again, cancelled and told."""

import asyncio
from pathlib import Path

import pytest

from services.summarizer.llm.failures import LlmUnusable
from services.summarizer.llm.structured import UnreadableReply
from shared.errors import TemporaryFailure
from tests.support.checks.waiting import eventually
from tests.support.llm.gateway import (
    EXTRACT,
    GOOD,
    QUESTION,
    RAIN,
    Poem,
    ask_once,
    gateway,
    ledger_lines,
    llm_settings,
    sum_of,
)
from tests.support.llm.server import Scripted, in_turn, llm_server

HONEST = Scripted(GOOD, tokens=None)


async def test_a_slow_stream_may_take_any_time_as_long_as_it_never_falls_silent(tmp_path: Path) -> None:
    slow = Scripted(GOOD, tokens=None, pieces=15, piece_seconds=0.1)
    said, server = await ask_once(tmp_path, in_turn(slow), silence_seconds=1.2, first_token_seconds=10)
    assert said.value == RAIN
    (line,) = ledger_lines(tmp_path)
    assert line.seconds > 1.2
    assert len(server.asked) == 1


_MUTE = {"silence_seconds": 10.0, "first_token_seconds": 1.5}
_HALTING = {"silence_seconds": 1.5, "first_token_seconds": 10.0}


@pytest.mark.parametrize(
    ("hanging", "limits", "says"),
    [
        (Scripted(GOOD, tokens=None, after_seconds=60), _MUTE, "did not answer within 1.5 s (llm.first_token_seconds)"),
        (Scripted(GOOD, tokens=None, silent_after=0), _MUTE, "did not answer within 1.5 s"),
        (Scripted(GOOD, tokens=None, silent_after=3), _HALTING, "fell silent for 1.5 s in the middle of an answer"),
        (Scripted(GOOD, tokens=None, thoughts="Well.", silent_after=2), _HALTING, "fell silent for 1.5 s"),
    ],
)
async def test_a_call_that_is_given_up_is_cancelled_at_the_server_and_estimated(
    tmp_path: Path, hanging: Scripted, limits: dict[str, float], says: str
) -> None:
    with llm_server(in_turn(hanging), slots=1) as server:
        async with gateway(tmp_path, llm_settings(server, **limits)) as models:
            with pytest.raises(TemporaryFailure) as error:
                await models.ask(QUESTION, Poem, EXTRACT)
            assert says in str(error.value)
            await eventually(lambda: len(server.left) == 1)
            server.script = in_turn(HONEST)
            assert (await models.ask(QUESTION, Poem, EXTRACT)).value == RAIN
    unfinished, finished = ledger_lines(tmp_path)
    assert (unfinished.finished, unfinished.estimated) == (False, True)
    assert unfinished.input_tokens > 0
    assert sum_of([unfinished, finished]) == server.counted


async def test_a_question_that_is_cancelled_is_cancelled_at_the_server(tmp_path: Path) -> None:
    with llm_server(in_turn(Scripted(GOOD, silent_after=2)), slots=1) as server:
        async with gateway(tmp_path, llm_settings(server)) as models:
            asking = asyncio.create_task(models.ask(QUESTION, Poem, EXTRACT))
            await eventually(lambda: server.most_in_slots == 1)
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking
            await eventually(lambda: len(server.left) == 1)
    (line,) = ledger_lines(tmp_path)
    assert not line.finished


async def test_a_short_wait_that_a_busy_server_asks_for_is_waited_here(tmp_path: Path) -> None:
    busy = Scripted(status=429, error="slow down", headers={"Retry-After": "0.2"})
    said, server = await ask_once(tmp_path, in_turn(busy, busy, HONEST))
    assert (said.value, len(server.asked)) == (RAIN, 3)
    assert len(ledger_lines(tmp_path)) == 1


async def test_a_server_that_stays_busy_is_tried_again_when_it_says(tmp_path: Path) -> None:
    busy = Scripted(status=429, error="slow down", headers={"Retry-After": "0.1"})
    with llm_server(in_turn(busy)) as server:
        async with gateway(tmp_path, llm_settings(server)) as models:
            with pytest.raises(TemporaryFailure, match="slow down") as error:
                await models.ask(QUESTION, Poem, EXTRACT)
    assert error.value.retry_in_seconds == 0.1
    assert len(server.asked) == 3


async def test_a_long_wait_is_left_to_the_bus_and_nobody_asks_until_then(tmp_path: Path) -> None:
    busy = Scripted(status=429, error="slow down", headers={"Retry-After": "170"})
    with llm_server(in_turn(busy)) as server:
        async with gateway(tmp_path, llm_settings(server)) as models:
            with pytest.raises(TemporaryFailure, match="slow down") as error:
                await models.ask(QUESTION, Poem, EXTRACT)
            assert error.value.retry_in_seconds == 170.0
            with pytest.raises(TemporaryFailure, match="left alone") as error:
                await models.ask(QUESTION, Poem, EXTRACT)
            assert 160 < (error.value.retry_in_seconds or 0) <= 170
    assert len(server.asked) == 1
    assert ledger_lines(tmp_path) == []


@pytest.mark.parametrize(
    ("trouble", "calls"),
    [
        (Scripted(status=500, error="out of memory"), 0),
        (Scripted(status=503, error="loading"), 0),
        (Scripted(GOOD, breaks_after=0), 1),
        (Scripted(GOOD, breaks_after=3), 1),
        (Scripted(GOOD, error="out of memory", error_after=3), 1),
        (Scripted(raw=b"<html>gateway</html>", content_type="text/html"), 0),
        (Scripted(raw=b"data: {nonsense\n\n", content_type="text/event-stream"), 0),
        (Scripted(raw=b"data: [1, 2]\n\ndata: [DONE]\n\n", content_type="text/event-stream"), 0),
        (Scripted(raw=b"", content_type="text/event-stream"), 0),
        (Scripted(raw=b'{"a": 1}'), 0),
    ],
)
async def test_trouble_that_passes_is_tried_again_here(tmp_path: Path, trouble: Scripted, calls: int) -> None:
    said, server = await ask_once(tmp_path, in_turn(trouble, trouble, HONEST))
    assert (said.value, len(server.asked)) == (RAIN, 3)
    lines = ledger_lines(tmp_path)
    assert sum_of(lines) == server.counted
    assert [line.finished for line in lines].count(False) == 2 * calls


async def test_trouble_that_stays_is_a_temporary_failure_with_the_servers_words(tmp_path: Path) -> None:
    with llm_server(in_turn(Scripted(status=500, error="out of memory"))) as server:
        async with gateway(tmp_path, llm_settings(server)) as models:
            with pytest.raises(TemporaryFailure, match="500: out of memory"):
                await models.ask(QUESTION, Poem, EXTRACT)
    assert len(server.asked) == 3


async def test_without_pauses_a_call_is_made_once(tmp_path: Path) -> None:
    with llm_server(in_turn(Scripted(status=500, error="out of memory"))) as server:
        async with gateway(tmp_path, llm_settings(server), pauses=()) as models:
            with pytest.raises(TemporaryFailure, match="out of memory"):
                await models.ask(QUESTION, Poem, EXTRACT)
    assert len(server.asked) == 1


async def test_a_server_that_is_not_there_is_a_temporary_failure_and_costs_nothing(tmp_path: Path) -> None:
    with llm_server(in_turn(HONEST)) as server:
        changed = llm_settings(server, base_url="http://127.0.0.1:9/v1")
    async with gateway(tmp_path, changed) as models:
        with pytest.raises(TemporaryFailure, match=r"127\.0\.0\.1:9/v1 cannot be reached"):
            await models.ask(QUESTION, Poem, EXTRACT)
    assert ledger_lines(tmp_path) == []


@pytest.mark.parametrize(
    ("answer", "advice"),
    [
        (Scripted(status=401, error="bad key secret-key-1"), "PAPERSYS_LLM__API_KEY"),
        (Scripted(status=403, error="not yours"), "PAPERSYS_LLM__API_KEY"),
        (Scripted(status=404, error="no such model"), "llm.model"),
        (Scripted(status=400, error="maximum context length is 100 tokens"), "llm.context_tokens"),
        (Scripted(status=400, error="what?"), "what?"),
        (Scripted(status=402, error="Insufficient Balance"), "top it up"),
        (Scripted(status=429, error="pay", code="insufficient_quota"), "top it up"),
    ],
)
async def test_what_a_person_must_mend_is_told_with_the_setting_and_never_the_key(
    tmp_path: Path, answer: Scripted, advice: str
) -> None:
    with llm_server(in_turn(answer)) as server:
        async with gateway(tmp_path, llm_settings(server)) as models:
            with pytest.raises(LlmUnusable) as error:
                await models.ask(QUESTION, Poem, EXTRACT)
    assert advice in str(error.value)
    assert "secret-key-1" not in str(error.value)
    assert ledger_lines(tmp_path) == []


async def test_a_model_that_never_stops_is_stopped(tmp_path: Path) -> None:
    endless = Scripted("It rains. " * 50_000, pieces=2000)
    with llm_server(in_turn(endless)) as server:
        async with gateway(tmp_path, llm_settings(server, max_output_tokens=64, asks_again=0)) as models:
            with pytest.raises(UnreadableReply, match="too long"):
                await models.ask(QUESTION, Poem, EXTRACT)
            await eventually(lambda: len(server.left) == 1)
