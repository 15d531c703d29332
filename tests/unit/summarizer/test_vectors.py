"""The embedder as the summarizer sees it: waited for while it starts, done without when it stays away."""

from collections.abc import Iterator

import pytest

from services.summarizer.vectors import Encoder
from shared.contracts import Encode, EncodeReply
from shared.errors import RequestFailed
from tests.support.bus.in_memory import FakeBus


def failing(times: int, *, retryable: bool) -> FakeBus:
    """A bus whose embedder refuses so many requests, then answers."""
    bus, left = FakeBus(), iter(range(times))

    def answer(request: Encode, left: Iterator[int] = left) -> EncodeReply:
        if next(left, None) is not None:
            raise RequestFailed("starting", code="unavailable", retryable=retryable)
        return EncodeReply(model="m", vectors=((1.0, 0.0),) * len(request.texts))

    bus.answers[Encode] = answer
    return bus


@pytest.mark.parametrize(
    ("failures", "retryable", "pauses", "requests", "is_encoded"),
    [
        (0, True, (), 1, True),
        (1, True, (), 1, False),
        (2, True, (0.0, 0.01), 3, True),
        (3, True, (0.0, 0.01), 3, False),
        (1, False, (0.0, 0.01), 1, False),
    ],
)
async def test_an_embedder_that_starts_is_waited_for_as_long_as_said(
    failures: int, retryable: bool, pauses: tuple[float, ...], requests: int, is_encoded: bool
) -> None:
    bus = failing(failures, retryable=retryable)
    assert (await Encoder(bus, pauses).encode(["a text"]) is not None) == is_encoded
    assert len(bus.asked) == requests


async def test_no_more_than_64_texts_are_asked_for_at_once() -> None:
    bus = FakeBus()
    bus.answers[Encode] = lambda request: EncodeReply(model="m", vectors=((1.0, 0.0),) * len(request.texts))
    vectors = await Encoder(bus).encode([f"text {n}" for n in range(150)])
    assert vectors is not None
    assert vectors.shape == (150, 2)
    assert [len(request.texts) for request in bus.asked if isinstance(request, Encode)] == [64, 64, 22]
