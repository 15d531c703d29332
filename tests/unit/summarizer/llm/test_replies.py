"""Replies of a model, which may hold anything."""

import pytest

from services.summarizer.agent.answers import answer_class
from services.summarizer.fields import PROBLEM
from services.summarizer.llm.replies import UnreadableReply, read_reply

EXTRACTION = answer_class([PROBLEM], 2)


@pytest.mark.parametrize(
    "text",
    [
        '{"fields": ' + "[" * 100_000 + "}",
        '{"a":' * 5_000 + "1" + "}" * 5_000,
        '{"fields": NaN}',
        '{"fields": [',
        "{x}",
    ],
    ids=["deep lists", "deep objects", "no number", "cut", "no JSON"],
)
def test_a_reply_that_is_no_json_is_unreadable_and_nothing_worse(text: str) -> None:
    with pytest.raises(UnreadableReply):
        read_reply(text, EXTRACTION)


def test_fences_and_thoughts_around_a_reply_are_forgiven() -> None:
    reply = '{"fields": {"problem": []}}'
    read = read_reply(f"<think>hm</think>\n```json\n{reply}\n```", EXTRACTION)
    assert read == read_reply(reply, EXTRACTION)
