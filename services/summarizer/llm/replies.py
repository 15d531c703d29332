"""What a model may answer, and nothing else: replies are read as JSON, validated, and cut of everything active."""

import re
from collections.abc import Sequence
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from services.summarizer.settings import FieldSettings
from services.summarizer.text.passages import one_line, plain_text
from shared.store.summaries import Claim, FieldValue, Quote
from shared.text.json_text import parse_json

_THOUGHT = re.compile(r"<think(?:ing)?>.*?</think(?:ing)?>", re.S | re.I)
_LONGEST_STATEMENT, _LONGEST_QUOTE, _LONGEST_PHRASE = 600, 1200, 60


class UnreadableReply(ValueError):
    """A reply that is not what was asked for; `str()` of it tells the model what to repair."""


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


A = TypeVar("A", bound=_Reply)


def read_reply(text: str, kind: type[A]) -> A:
    """The reply in a model's text; code fences and thoughts before it are forgiven. Raises UnreadableReply."""
    bare = _THOUGHT.sub("", text)
    start, end = bare.find("{"), bare.rfind("}")
    if start < 0 or end < start:
        raise UnreadableReply("The reply holds no JSON object.")
    try:
        return kind.model_validate(parse_json(bare[start : end + 1]))
    except ValidationError as error:
        problems = (f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors()[:5])
        raise UnreadableReply("The reply does not fit the schema: " + "; ".join(problems)) from error
    except ValueError as error:
        raise UnreadableReply(f"The reply is not valid JSON: {error}") from error


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


def strict_schema(kind: type[BaseModel]) -> dict[str, Any]:
    """A JSON schema in the strict form: every key required, no others, no defaults, no limits."""
    schema = kind.model_json_schema()
    for part in [schema, *schema.get("$defs", {}).values()]:
        part["additionalProperties"] = False
        part["required"] = list(part.get("properties", {}))
        part.pop("description", None)
        for value in part.get("properties", {}).values():
            for limit in ("default", "minItems", "minLength"):
                value.pop(limit, None)
    return schema
