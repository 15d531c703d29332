"""Replies of a model, which may hold anything."""

import pytest

from services.summarizer.llm.replies import Extraction, UnreadableReply, read_reply


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
        read_reply(text, Extraction)


def test_fences_and_thoughts_around_a_reply_are_forgiven() -> None:
    reply = '{"fields": [{"name": "problem", "claims": []}]}'
    read = read_reply(f"<think>hm</think>\n```json\n{reply}\n```", Extraction)
    assert [field.name for field in read.fields] == ["problem"]
