"""A question that is let go of is cancelled, one that is left or answered is not."""

import asyncio

import pytest

from services.publisher.mcp.tools.asked_once import AskedOnce, new_ask
from shared.contracts import Ask, AskReply, CancelAsk, CancelAskReply
from shared.errors import RequestFailed
from tests.support.bus.in_memory import FakeBus
from tests.support.papers.answered_questions import TRACE_ID


class FakeSystem(FakeBus):
    async def send(self, event: object) -> str | None:
        raise AssertionError(event)


@pytest.fixture
def system() -> FakeSystem:
    system = FakeSystem()
    system.answers |= {
        Ask: AskReply(trace_id=TRACE_ID, state="running"),
        CancelAsk: CancelAskReply(was_running=True),
    }
    return system


def cancelled(system: FakeSystem) -> list[str]:
    return [request.trace_id for request in system.asked if isinstance(request, CancelAsk)]


@pytest.mark.parametrize("error", [asyncio.CancelledError(), ValueError("x"), None])
async def test_an_early_end_cancels(system: FakeSystem, error: BaseException | None) -> None:
    try:
        async with AskedOnce(system, new_ask(question="How?")) as asked:
            await asked.ask(0)
            if error:
                raise error
    except (asyncio.CancelledError, ValueError):
        pass
    assert cancelled(system) == [TRACE_ID]


async def test_what_is_left_goes_on_and_what_was_never_asked_needs_no_cancelling(system: FakeSystem) -> None:
    async with AskedOnce(system, new_ask(question="How?")) as asked:
        await asked.ask(0)
        asked.leave()
    async with AskedOnce(system, new_ask(question="How?")):
        pass
    assert cancelled(system) == []


async def test_a_call_that_is_cancelled_before_its_answer_came_still_finds_the_question(system: FakeSystem) -> None:
    asked_for: list[Ask] = []

    def ask(request: Ask) -> AskReply:
        asked_for.append(request)
        if len(asked_for) == 1:
            raise asyncio.CancelledError
        return AskReply(trace_id=TRACE_ID, state="running")

    system.answers[Ask] = ask
    with pytest.raises(asyncio.CancelledError):
        async with AskedOnce(system, new_ask(question="How?")) as asked:
            await asked.ask(0)
    assert cancelled(system) == [TRACE_ID]


async def test_where_nobody_answers_nothing_is_cancelled(system: FakeSystem) -> None:
    system.answers[Ask] = RequestFailed("Nobody answers.", code="unavailable", retryable=True)
    with pytest.raises(RequestFailed):
        async with AskedOnce(system, new_ask(question="How?")) as asked:
            await asked.ask(0)
    assert cancelled(system) == []
