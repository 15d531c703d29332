"""Replies of models, read leniently and cut of everything active."""

import json
from typing import Any

import pytest

from services.summarizer.llm.structured import read_reply, strict_schema
from services.summarizer.research.answers.forms import AnswerReply, PlanReply, RankReply


@pytest.mark.parametrize(
    ("given", "numbers"),
    [([1, 2], (1, 2)), (3, (3,)), ("(4), 5", (4, 5)), (["6", "[7]"], (6, 7)), (None, ()), (True, ())],
)
def test_numbers_are_read_however_they_are_written(given: Any, numbers: tuple[int, ...]) -> None:
    reply = read_reply(json.dumps({"sentences": [{"sources": given, "text": "It holds."}]}), AnswerReply)
    assert reply.sentences[0].sources == numbers


def test_a_statement_loses_links_markup_and_the_numbers_of_its_sources() -> None:
    text = "It **holds** [1, 2] the [head](https://evil.example) <b>of</b> runs (3)."
    reply = read_reply(json.dumps({"sentences": [{"sources": [1], "text": text}]}), AnswerReply)
    assert reply.sentences[0].text == "It holds the head of runs."


def test_less_than_was_asked_for_is_understood() -> None:
    assert read_reply('{"answered": false}', AnswerReply).sentences == ()
    assert read_reply('{"sentences": "It holds."}', AnswerReply).sentences[0].text == "It holds."
    assert read_reply('{"queries": "trees"}', PlanReply).queries == ("trees",)
    assert read_reply('{"relevant": []}', RankReply).relevant == ()
    assert len(read_reply(json.dumps({"missing": ["a", "b", "c", "d", "e"]}), AnswerReply).missing) == 3


@pytest.mark.parametrize("kind", [PlanReply, RankReply, AnswerReply])
def test_a_server_can_enforce_the_schema(kind: Any) -> None:
    schema = strict_schema(kind)
    assert schema["additionalProperties"] is False
    assert set(schema["required"]) == set(schema["properties"])
