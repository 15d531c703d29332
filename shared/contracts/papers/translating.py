"""Sentences of a paper in another language."""

from typing import Annotated

from pydantic import Field

from shared.contracts.base import DEFAULT_USER, MAX_NAME_CHARACTERS, Reply, Request
from shared.paper_ids import AnyPaperId

MOST_SENTENCES, MOST_SENTENCE_CHARACTERS, MOST_GLOSSARY_TERMS, MOST_TERM_CHARACTERS = 40, 3_000, 100, 100
LANGUAGE_PATTERN = r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$"
_Sentence = Annotated[str, Field(max_length=MOST_SENTENCE_CHARACTERS)]
_Term = Annotated[str, Field(min_length=1, max_length=MOST_TERM_CHARACTERS)]


class TranslateReply(Reply):
    """As many translations as sentences were asked for; empty where one could not be had with all of its formulas.

    `problem` says why some are missing, `model` who wrote them.
    """

    translations: tuple[str, ...] = ()
    model: str = ""
    problem: str = ""


class Translate(Request[TranslateReply]):
    """Sentences in Markdown; formulas, citations, links and code come back as they are.

    `glossary` are terms and how this person wants them translated. What was translated before is not paid again.
    """

    subject = "summarizer.translate"
    deadline_seconds = 180.0
    paper_id: AnyPaperId
    version: int = Field(ge=1)
    sentences: tuple[_Sentence, ...] = Field(min_length=1, max_length=MOST_SENTENCES)
    language: str = Field(pattern=LANGUAGE_PATTERN)
    glossary: tuple[tuple[_Term, _Term], ...] = Field(default=(), max_length=MOST_GLOSSARY_TERMS)
    user: str = Field(default=DEFAULT_USER, max_length=MAX_NAME_CHARACTERS)
