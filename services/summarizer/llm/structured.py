"""Answers in a given form: the JSON schema that is asked for, and a careful reader of what came back."""

import json
import re
from collections.abc import Iterator
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from shared.text.safe.json_text import parse_json

AnswerT = TypeVar("AnswerT", bound=BaseModel)

_THOUGHT_BEGINS = re.compile(r"\s*<(?:think|thinking|thought|reasoning)>", re.I)
_THOUGHT_ENDS = re.compile(r"</(?:think|thinking|thought|reasoning)>", re.I)
_MOST_OBJECTS, _MOST_PROBLEMS = 40, 5
_VALID_ESCAPES = set('"\\/bfnrtu')
_LATEX = re.compile(
    r"[bf][a-zA-Z]|(?:tau|theta|times|text(?:bf|it|rm|sf|tt)?|tilde|top|nabla|nu|neq|notin|rho|rangle|right)(?![a-z])"
)
"""Commands whose beginning JSON takes for a control character: `\\beta` for a backspace, `\\theta` for a tab."""


class UnreadableReply(ValueError):
    """A reply that is not what was asked for; `str()` of it tells the model what to repair."""


def read_reply(text: str, kind: type[AnswerT]) -> AnswerT:
    """The answer in a model's text. Raises UnreadableReply.

    Thoughts, code fences and words around it are forgiven; so are trailing commas, raw line breaks in strings and the
    backslashes of LaTeX. Of several objects the last that fits counts: models think aloud first.
    """
    problem: UnreadableReply | None = None
    for candidate in reversed(list(_objects(without_thoughts(text)))):
        try:
            return _validated(candidate, kind)
        except UnreadableReply as error:
            problem = problem or error
    raise problem or UnreadableReply("The reply holds no JSON object.")


def without_thoughts(text: str) -> str:
    """The text after the thoughts that it begins with; nothing where they never end.

    Some servers leave the opening mark out. An answer may quote such marks, so one that begins as JSON is left alone.
    """
    end = _THOUGHT_ENDS.search(text)
    if _THOUGHT_BEGINS.match(text):
        return text[end.end() :] if end else ""
    return text[end.end() :] if end and not text.lstrip().startswith(("{", "`")) else text


def strict_schema(kind: type[BaseModel]) -> dict[str, Any]:
    """A JSON schema in the strict form: every key required, no others, no defaults, no least lengths."""
    schema = kind.model_json_schema()
    for part in [schema, *schema.get("$defs", {}).values()]:
        if "properties" not in part:
            continue
        part["additionalProperties"] = False
        part["required"] = list(part["properties"])
        part.pop("description", None)
        for value in part["properties"].values():
            for limit in ("default", "minItems", "minLength"):
                value.pop(limit, None)
    return schema


def _validated(text: str, kind: type[AnswerT]) -> AnswerT:
    try:
        return kind.model_validate(parse_json(mended(text)))
    except ValidationError as error:
        problems = (f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors()[:_MOST_PROBLEMS])
        raise UnreadableReply("The reply does not fit the schema: " + "; ".join(problems)) from error
    except ValueError as error:
        raise UnreadableReply(f"The reply is not valid JSON: {error}") from error


def _objects(text: str) -> Iterator[str]:
    """The outermost `{...}` of a text in order; one that never ends goes to the end of the text."""
    start = text.find("{")
    for _ in range(_MOST_OBJECTS):
        if start < 0:
            return
        end = _end_of_object(text, start)
        yield text[start:end]
        start = text.find("{", end)


def _end_of_object(text: str, start: int) -> int:
    depth, in_string, escaped = 0, False, False
    for place in range(start, len(text)):
        char = text[place]
        if escaped:
            escaped = False
        elif in_string:
            escaped, in_string = char == "\\", char != '"'
        elif char == '"':
            in_string = True
        elif char in "{[":
            depth += 1
        elif char in "}]":
            depth -= 1
            if depth <= 0:
                return place + 1
    return len(text)


def mended(text: str) -> str:
    """JSON with what models get wrong in it put right; valid JSON of plain words stays as it is."""
    parts: list[str] = []
    in_string, place = False, 0
    while place < len(text):
        char = text[place]
        if in_string and char == "\\":
            pair = _escape(text, place)
            parts.append(pair)
            place += 1 if pair == "\\\\" and text[place + 1 : place + 2] != "\\" else 2
            continue
        if char == '"':
            in_string = not in_string
        if in_string and char < " ":
            char = json.dumps(char)[1:-1]
        elif not in_string and char == "," and re.match(r"\s*[}\]]", text[place + 1 : place + 200]):
            char = ""
        parts.append(char)
        place += 1
    return "".join(parts)


def _escape(text: str, place: int) -> str:
    """The escape at a backslash: as it stands, or doubled where it is the backslash of a LaTeX command."""
    following = text[place + 1 : place + 2]
    if following not in _VALID_ESCAPES or _LATEX.match(text, place + 1):
        return "\\\\"
    return text[place : place + 2]
