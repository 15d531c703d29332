"""What a model may answer, and nothing else: replies are read as JSON, validated, and cut of everything active."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from services.summarizer.llm.structured import UnreadableReply as UnreadableReply
from services.summarizer.llm.structured import read_reply as read_reply
from services.summarizer.llm.structured import strict_schema as strict_schema
from services.summarizer.settings import FieldSettings
from services.summarizer.text.passages import one_line, plain_text
from shared.store.summaries import Claim, FieldValue, Quote

_LONGEST_STATEMENT, _LONGEST_QUOTE, _LONGEST_PHRASE = 600, 1200, 60


def _plain(value: object) -> object:
    return one_line(plain_text(value)) if isinstance(value, str) else value


Plain = Annotated[str, BeforeValidator(_plain)]


class _Reply(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class SaidClaim(_Reply):
    statement: Plain
    quote: Plain


class SaidField(_Reply):
    name: str
    claims: tuple[SaidClaim, ...] = ()


class Extraction(_Reply):
    """The fields of a paper, and phrases for its tags."""

    fields: tuple[SaidField, ...] = Field(min_length=1)
    tags: tuple[Plain, ...] = ()


class SaidQuote(_Reply):
    paper_id: str
    quote: Plain


class Answer(_Reply):
    """An answer to a question, and the quotes it rests on."""

    answer: Plain = Field(min_length=1)
    quotes: tuple[SaidQuote, ...] = ()


def fields_of(reply: Extraction, wanted: Sequence[FieldSettings], claims_per_field: int) -> tuple[FieldValue, ...]:
    """The wanted fields in their order; what was not asked for is dropped, what is missing stays empty."""
    answered = {field.name.strip().casefold(): field for field in reply.fields}
    return tuple(
        FieldValue(
            name=field.name,
            claims=tuple(_claim(claim) for claim in answered[field.name].claims if claim.statement)[:claims_per_field]
            if field.name in answered
            else (),
        )
        for field in wanted
    )


def phrases_of(reply: Extraction) -> tuple[str, ...]:
    """Phrases short enough for a tag, each once."""
    return tuple(dict.fromkeys(tag for tag in reply.tags if 1 < len(tag) <= _LONGEST_PHRASE))


def _claim(claim: SaidClaim) -> Claim:
    quote = Quote(text=claim.quote[:_LONGEST_QUOTE], found=False)
    return Claim(text=claim.statement[:_LONGEST_STATEMENT], quotes=(quote,))
