"""Replies of language models, read as JSON and validated."""

import re
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from shared.text.json_text import parse_json

_THOUGHT = re.compile(r"<think(?:ing)?>.*?</think(?:ing)?>", re.S | re.I)


class UnreadableReply(ValueError):
    """A reply that is not what was asked for; `str()` of it tells the model what to repair."""


A = TypeVar("A", bound=BaseModel)


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
