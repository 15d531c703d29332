"""Many questions at once: slots of ours, slots of the server's, a server that is overloaded."""

import asyncio
import random
from pathlib import Path

import pytest

from services.summarizer.llm.asking import AskContext
from services.summarizer.llm.structured import UnreadableReply
from shared.errors import TemporaryFailure
from tests.support.llm.gateway import GOOD, QUESTION, RAIN, Poem, gateway, ledger_lines, llm_settings
from tests.support.llm.server import Body, Scripted, in_turn, llm_server


def contexts(number: int) -> list[AskContext]:
    return [AskContext("extract", f"2610.{n:05}", "run", "event") for n in range(number)]


async def test_four_questions_at_a_server_with_one_slot_do_not_starve_each_other(tmp_path: Path) -> None:
    slow = Scripted(GOOD, tokens=None, after_seconds=0.4)
    with llm_server(in_turn(slow), slots=1) as server:
        changed = llm_settings(server, first_token_seconds=1.0, silence_seconds=0.3)
        async with gateway(tmp_path, changed) as models:
            answers = await asyncio.gather(*(models.ask(QUESTION, Poem, context) for context in contexts(4)))
    assert [answer.value for answer in answers] == [RAIN] * 4
    assert (len(server.asked), server.most_at_once) == (4, 1)


async def test_four_calls_that_queue_at_the_server_wait_for_their_first_token_and_are_made_once(tmp_path: Path) -> None:
    slow = Scripted(GOOD, tokens=None, after_seconds=0.3)
    with llm_server(in_turn(slow), slots=1) as server:
        changed = llm_settings(server, first_token_seconds=20.0, silence_seconds=0.3, calls_at_once=4)
        async with gateway(tmp_path, changed) as models:
            await asyncio.gather(*(models.ask(QUESTION, Poem, context) for context in contexts(4)))
    assert (len(server.asked), server.most_at_once, server.most_in_slots) == (4, 4, 1)
    assert all(line.finished for line in ledger_lines(tmp_path))


async def test_as_many_calls_are_made_at_once_as_the_settings_say(tmp_path: Path) -> None:
    with llm_server(in_turn(Scripted(GOOD, after_seconds=0.05))) as server:
        async with gateway(tmp_path, llm_settings(server, calls_at_once=5)) as models:
            await asyncio.gather(*(models.ask(QUESTION, Poem, context) for context in contexts(20)))
    assert server.most_at_once == 5


async def test_models_of_one_server_share_its_slots(tmp_path: Path) -> None:
    with llm_server(in_turn(Scripted(GOOD, after_seconds=0.05))) as server:
        changed = llm_settings(server, models={"small": {"model": "small"}}, steps={"tag": "small"})
        async with gateway(tmp_path, changed) as models:
            await asyncio.gather(
                *(models.ask(QUESTION, Poem, AskContext(step)) for step in ("extract", "tag", "extract", "tag"))
            )
    assert server.most_at_once == 1


async def test_a_server_that_says_too_much_gets_fewer_calls_and_all_are_answered(tmp_path: Path) -> None:
    def script(body: Body, before: int) -> Scripted:
        if server.most_at_once > 2 and before < 8 and before % 2:
            return Scripted(status=429, error="too many", headers={"Retry-After": "0.05"})
        return Scripted(GOOD, tokens=None, after_seconds=0.02)

    with llm_server(script) as server:
        async with gateway(tmp_path, llm_settings(server, calls_at_once=8), pauses=(0.01,) * 6) as models:
            answers = await asyncio.gather(*(models.ask(QUESTION, Poem, context) for context in contexts(16)))
    assert [answer.value for answer in answers] == [RAIN] * 16
    assert len(ledger_lines(tmp_path)) == 16


@pytest.mark.parametrize("seed", [1, 2])
async def test_whatever_a_server_does_every_question_ends_and_the_ledger_adds_up_to_the_token(
    tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    faults = [
        Scripted(GOOD, tokens=None),
        Scripted(GOOD, tokens=None, cached=7, thoughts="Let me see."),
        Scripted("No.", tokens=None),
        Scripted('{"title": 1}', tokens=None),
        Scripted("", tokens=None),
        Scripted(refusal="I will not.", tokens=None),
        Scripted('{"title": "R', tokens=None, finish_reason="length"),
        Scripted(GOOD, tokens=None, breaks_after=2),
        Scripted(GOOD, tokens=None, silent_after=2),
        Scripted(GOOD, tokens=None, error="gone", error_after=2),
        Scripted(GOOD, tokens=None, pieces=9, piece_seconds=0.01),
        Scripted(GOOD, tokens=None, whole=True),
        Scripted(status=500, error="oh"),
        Scripted(status=429, error="slow down", headers={"Retry-After": "0.02"}),
        Scripted(raw=b"<html>", content_type="text/html"),
    ]
    with llm_server(lambda body, before: chance.choice(faults), slots=2, forms=("json_object",)) as server:
        changed = llm_settings(server, calls_at_once=6, silence_seconds=1.5, first_token_seconds=60.0)
        async with gateway(tmp_path, changed) as models:
            asked = contexts(14)
            results = await asyncio.gather(
                *(models.ask(QUESTION, Poem, context) for context in asked), return_exceptions=True
            )
    answers = [result for result in results if not isinstance(result, BaseException)]
    assert all(isinstance(result, UnreadableReply | TemporaryFailure) for result in results if result not in answers)
    assert len(answers) > 3
    lines = ledger_lines(tmp_path)
    sure = [line for line in lines if line.finished]
    assert not any(line.estimated for line in sure)
    assert (
        sum(line.input_tokens for line in sure),
        sum(line.cached_tokens for line in sure),
        sum(line.output_tokens for line in sure),
    ) == server.counted
    assert len(lines) - len(sure) == sum(served.ended != "answered" for served in server.served)
