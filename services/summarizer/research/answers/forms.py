"""What a model may reply when it plans, ranks and answers; read leniently, and cut of everything active."""

import re
from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from services.summarizer.agent.answers import AnswerPart, Plain, at_most
from services.summarizer.evidence.plain_answers import plain_answer

MOST_QUERIES, MOST_SENTENCES, MOST_SOURCES = 4, 8, 4
_MOST_MISSING, _MOST_DISAGREEMENTS, _MOST_RANKED = 3, 3, 12
LONGEST_SENTENCE, LONGEST_QUERY = 600, 300
_NUMBERS = re.compile(r"\d+")
_CITED = re.compile(r"\s*[\[(]\s*(?:sources?:?\s*)?\d+(?:\s*[,;-]\s*\d+)*\s*[\])]")


def _numbers(value: object) -> object:
    """Numbers however they are written: `3`, `"(3)"`, `["3", 4]`, `"3, 4"`."""
    if isinstance(value, bool) or value is None:
        return ()
    if isinstance(value, int | float):
        return (int(value),)
    if isinstance(value, str):
        return tuple(int(number[:6]) for number in _NUMBERS.findall(value))
    if isinstance(value, list | tuple):
        return tuple(number for item in value for number in _listed_numbers(item))
    return value


def _listed_numbers(item: object) -> Sequence[int]:
    numbers = _numbers(item)
    return numbers if isinstance(numbers, tuple) else ()


def _query(value: object) -> object:
    return plain_answer(value, LONGEST_QUERY) if isinstance(value, str) else value


def _statement(value: object) -> object:
    """Without numbers of sources in it, which small models put there too."""
    return plain_answer(_CITED.sub("", value), LONGEST_SENTENCE) if isinstance(value, str) else value


Numbers = Annotated[
    tuple[int, ...], BeforeValidator(_numbers), Field(default=(), json_schema_extra={"maxItems": MOST_SOURCES})
]
Query = Annotated[str, BeforeValidator(_query)]


class PlanReply(AnswerPart):
    """The question so that it stands alone, and what to look for."""

    question: Query = ""
    queries: Annotated[tuple[Query, ...], *at_most(MOST_QUERIES)]


class RankReply(AnswerPart):
    """The excerpts that help to answer, the best first."""

    relevant: Annotated[tuple[int, ...], *at_most(_MOST_RANKED), BeforeValidator(_numbers)]


class CitedSentence(AnswerPart):
    """Sources first, so that a model that writes from left to right says what it just pointed at."""

    sources: Numbers
    text: Annotated[Plain, BeforeValidator(_statement)] = ""

    @model_validator(mode="before")
    @classmethod
    def _of_less(cls, value: Any) -> Any:
        """A bare statement is understood; that it rests on nothing is told later."""
        return {"text": value} if isinstance(value, str) else value


class AnswerReply(AnswerPart):
    """An answer whose sentences rest on numbered sentences of papers."""

    answered: bool = True
    sentences: Annotated[tuple[CitedSentence, ...], *at_most(MOST_SENTENCES)]
    missing: Annotated[tuple[Query, ...], *at_most(_MOST_MISSING)]
    disagreements: Annotated[tuple[CitedSentence, ...], *at_most(_MOST_DISAGREEMENTS)] = Field(default=())
