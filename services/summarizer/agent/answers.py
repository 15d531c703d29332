"""What a model may answer about a paper: a class made from the configured fields, whose schema a server can enforce.

Quotes come before the statement that rests on them, so that a model that writes from left to right says what it just
copied. All strings are cut of everything active before anything else sees them.
"""

import json
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Annotated, Any, Literal, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, create_model, model_validator

from services.summarizer.fields import FieldSettings
from services.summarizer.text.passages import one_line, plain_text
from services.summarizer.text.sentences import split_sentences
from shared.store.papers.summaries import Claim, FieldValue, Quote

_LONGEST_STATEMENT, _LONGEST_QUOTE, _LONGEST_PHRASE = 600, 1200, 60
_MOST_ITEMS, _MOST_QUOTES, _MOST_TAGS = 12, 2, 8
_NOTHING = re.compile(
    r"(?:none|n/?a|nil|unknown|no(?:ne|t)? (?:are |is )?(?:mentioned|stated|given|specified|named|applicable|provided)"
    r"|empty|\.+|-+)[\w ]{0,20}\.?",
    re.I,
)


def _plain(value: object) -> object:
    return one_line(plain_text(value)) if isinstance(value, str) else value


def _listed(value: object) -> object:
    """A list, however little of one was given: nothing, one string, one object."""
    if value is None or value == "":
        return ()
    return (value,) if isinstance(value, str | dict) else value


def _untitled(schema: Any) -> Any:
    """A schema without titles and descriptions; what is named so by a person stays."""
    if isinstance(schema, list):
        return [_untitled(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    names = ("properties", "$defs")
    return {
        key: {name: _untitled(part) for name, part in value.items()} if key in names else _untitled(value)
        for key, value in schema.items()
        if key in names or not (key in ("title", "description") and isinstance(value, str))
    }


def at_most(most: int) -> Any:
    """A list whose schema says how long it may be, and which is cut where it is longer all the same."""
    cut = BeforeValidator(lambda value: value[:most] if isinstance(value, list | tuple) else value)
    return (cut, BeforeValidator(_listed), Field(default=(), json_schema_extra={"maxItems": most}))


Plain = Annotated[str, BeforeValidator(_plain)]


class AnswerPart(BaseModel):
    """A part of what a model answers."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    @classmethod
    def model_json_schema(cls, *args: Any, **options: Any) -> dict[str, Any]:
        """The schema without the titles that pydantic makes up: it stands in every prompt."""
        schema: dict[str, Any] = _untitled(super().model_json_schema(*args, **options))
        return schema


class Entry(AnswerPart):
    """A statement and the passages that it rests on."""

    quotes: Annotated[tuple[Plain, ...], *at_most(_MOST_QUOTES)]
    statement: Plain

    @model_validator(mode="before")
    @classmethod
    def _of_less(cls, value: Any) -> Any:
        """A bare statement, and `quote` for `quotes`, are understood; what is wrong with them is told later."""
        if isinstance(value, str):
            return {"statement": value}
        if isinstance(value, dict) and "quote" in value and "quotes" not in value:
            return {**value, "quotes": value["quote"]}
        return value


def answer_class(fields: Sequence[FieldSettings], claims_per_field: int, *, tags: bool = True) -> type[BaseModel]:
    """The class of answers about these fields; the same arguments give the same class."""
    return _answer_class(tuple(fields), claims_per_field, tags)


@lru_cache(maxsize=64)
def _answer_class(fields: tuple[FieldSettings, ...], claims_per_field: int, tags: bool) -> type[BaseModel]:
    columns: dict[str, Any] = {
        f"field_{number}": (_kind_of(field, claims_per_field), Field(alias=field.name))
        for number, field in enumerate(fields)
    }
    given = create_model("Fields", __base__=_GivenFields, **columns)
    parts: dict[str, Any] = {"fields": (given, ...)}
    if tags:
        parts["tags"] = (Annotated[tuple[Plain, ...], *at_most(_MOST_TAGS)], ())
    return create_model("Extraction", __base__=AnswerPart, **parts)


class _GivenFields(AnswerPart):
    """The fields by name; at least one of those that were asked for must be there."""

    @model_validator(mode="before")
    @classmethod
    def _some_are_there(cls, value: Any) -> Any:
        names = [str(info.alias) for info in cls.model_fields.values()]
        if isinstance(value, dict) and not any(name in value for name in names):
            raise ValueError(f"none of the fields is there: {', '.join(names)}")
        return value


def _kind_of(field: FieldSettings, claims_per_field: int) -> Any:
    """The type of one field's value."""
    statement: Any = Plain
    if field.kind == "choice":
        statement = Annotated[Literal[field.choices], BeforeValidator(_choice_among(field.choices))]
    most = {"text": claims_per_field, "list": _MOST_ITEMS, "choice": 1}[field.kind]
    entry: Any = statement
    if field.evidence:
        entry = Entry
        if field.kind == "choice":
            entry = create_model("ChosenEntry", __base__=Entry, statement=(statement, ...))
    return Annotated[tuple[entry, ...], *at_most(most)]


def _choice_among(choices: Sequence[str]) -> Any:
    by_form = {choice.casefold(): choice for choice in choices}
    return lambda value: by_form.get(value.strip().casefold(), value) if isinstance(value, str) else value


def fields_of(answer: BaseModel, wanted: Sequence[FieldSettings]) -> tuple[FieldValue, ...]:
    """The wanted fields in their order, with the claims of an answer of the class made for them."""
    given = cast(Any, answer).fields
    return tuple(
        FieldValue(name=field.name, kind=field.kind, claims=_claims(getattr(given, f"field_{number}")))
        for number, field in enumerate(wanted)
    )


def phrases_of(answer: BaseModel) -> tuple[str, ...]:
    """Phrases short enough for a tag, each once."""
    tags: Sequence[str] = getattr(answer, "tags", ())
    return tuple(dict.fromkeys(tag for tag in tags if 1 < len(tag) <= _LONGEST_PHRASE))


def answer_text(fields: Sequence[FieldValue], wanted: Sequence[FieldSettings]) -> str:
    """Fields as the answer they were taken from, in its shortest form."""
    with_evidence = {field.name for field in wanted if field.evidence}
    shapes = {
        field.name: [
            {"quotes": [quote.text for quote in claim.quotes], "statement": claim.text}
            if field.name in with_evidence
            else claim.text
            for claim in field.claims
        ]
        for field in fields
    }
    return json.dumps({"fields": shapes}, ensure_ascii=False)


def _claims(entries: Sequence[Entry | str]) -> tuple[Claim, ...]:
    """What is said, each statement once; words that only say that there is nothing to say are no claims."""
    claims = {_statement(entry): _claim(entry) for entry in reversed(entries) if not _says_nothing(_statement(entry))}
    return tuple(reversed(claims.values()))


def _statement(entry: Entry | str) -> str:
    """What an entry says, no sentence of it twice: small models repeat themselves."""
    said = entry if isinstance(entry, str) else entry.statement
    return " ".join(dict.fromkeys(split_sentences(said)))[:_LONGEST_STATEMENT]


def _claim(entry: Entry | str) -> Claim:
    quotes = () if isinstance(entry, str) else entry.quotes
    given = tuple(Quote(text=quote[:_LONGEST_QUOTE], found=False) for quote in quotes if quote)
    return Claim(text=_statement(entry), quotes=given)


def _says_nothing(statement: str) -> bool:
    return not statement or _NOTHING.fullmatch(statement) is not None
