"""The request seam is typed: what a type checker must refuse stands here with the error it must raise.

mypy reports an ignore that suppresses nothing, so these lines fail the type check as soon as the seam lets one pass.
"""

import pytest

from shared.contracts import REQUESTS, Encode, EncodeReply, HitsReply, Recommend, Reply, Request
from tests.support.bus.in_memory import FakeBus


async def encode(request: Encode) -> EncodeReply:
    return EncodeReply(model="m", vectors=((1.0,),) * len(request.texts))


async def recommend(request: Recommend) -> HitsReply:
    return HitsReply()


@pytest.mark.parametrize("request_class", REQUESTS, ids=lambda request_class: request_class.subject)
def test_every_request_declares_its_reply(request_class: type[Request[Reply]]) -> None:
    assert issubclass(request_class.reply_type(), Reply)
    assert request_class.reply_type() is not Reply


async def test_a_request_reaches_its_handler() -> None:
    body = Encode(texts=("a", "b")).model_dump_json().encode()
    assert await Encode.dispatch(body, encode) == EncodeReply(model="m", vectors=((1.0,), (1.0,)))


def test_the_type_checker_refuses_a_handler_of_another_request() -> None:
    FakeBus().answer(Encode, encode)
    FakeBus().answer(Encode, recommend)  # type: ignore[misc]


async def test_the_type_checker_knows_the_reply() -> None:
    bus = FakeBus()
    bus.answers[Recommend] = HitsReply()
    hits: HitsReply = await bus.ask(Recommend())
    assert hits == HitsReply()
    vectors: EncodeReply = await bus.ask(Recommend())  # type: ignore[arg-type]
    assert not isinstance(vectors, EncodeReply)
