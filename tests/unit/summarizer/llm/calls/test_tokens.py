"""Counts of tokens that can be true, and estimates where they cannot."""

import pytest

from services.summarizer.llm.calls.tokens import counted, estimated_tokens
from services.summarizer.llm.messages import ChatMessage

ASKED: list[ChatMessage] = [{"role": "user", "content": "How high is the mountain? " * 20}]


def usage(sent: object, written: object, **more: object) -> dict[str, object]:
    return {"prompt_tokens": sent, "completion_tokens": written, **more}


@pytest.mark.parametrize(
    ("said", "tokens"),
    [
        (usage(120, 9), (120, 0, 9)),
        (usage(120, 9, prompt_tokens_details={"cached_tokens": 100}), (120, 100, 9)),
        (usage(120, 9, prompt_cache_hit_tokens=64), (120, 64, 9)),
        (usage(120, 9, total_tokens=629), (120, 0, 509)),
        (usage(120, 9, total_tokens=10), (120, 0, 9)),
        (usage(120, 4000), (120, 0, 4000)),
    ],
)
def test_a_count_that_can_be_true_is_taken(said: object, tokens: tuple[int, int, int]) -> None:
    told = counted(said, ASKED, "It is very high.", "", 4096)
    assert ((told.input, told.cached, told.output), told.estimated) == (tokens, False)


@pytest.mark.parametrize(
    "said",
    [
        None,
        {},
        "many",
        usage(0, 0),
        usage(120, 0),
        usage(5, 9),
        usage(10_000_000, 9),
        usage(120, 10_000_000),
        usage(True, 9),
        usage(120.5, 9),
        usage(120, 9, prompt_tokens_details={"cached_tokens": 121}),
        usage(120, 9, prompt_tokens_details={"cached_tokens": -1}),
    ],
)
def test_a_count_that_cannot_be_true_is_replaced_by_an_estimate(said: object) -> None:
    told = counted(said, ASKED, "It is very high.", "", 4096)
    assert told.estimated
    assert (told.input, told.output) == (134, 4)


@pytest.mark.parametrize(("text", "tokens"), [("", 0), ("word " * 100, 125), ("论文提出了一种方法", 6)])
def test_an_estimate_knows_that_chinese_takes_more_tokens_a_character(text: str, tokens: int) -> None:
    assert abs(estimated_tokens(text) - tokens) <= 1
