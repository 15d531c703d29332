"""What is wrong with the fields of a form, in the words of whoever filled it in."""

from pydantic import ValidationError
from pydantic_core import ErrorDetails

_NAMED = 5
_LONGEST_NAME = 80


def problems_in(error: ValidationError, most: int = _NAMED) -> str:
    """`label: must be 'like', 'dislike' or 'clear'; text: is empty`, without a full stop."""
    return "; ".join(": ".join(filter(None, (_field(facts), _words(facts)))) for facts in error.errors()[:most])


def _field(facts: ErrorDetails) -> str:
    return ".".join(map(str, facts["loc"]))[:_LONGEST_NAME]


def _words(facts: ErrorDetails) -> str:
    limits = facts.get("ctx", {})
    match facts["type"]:
        case "value_error":
            return facts["msg"].removeprefix("Value error, ").rstrip(".")
        case "missing":
            return "is missing"
        case "extra_forbidden":
            return "there is no such field"
        case "literal_error" | "enum":
            return f"must be {limits['expected']}"
        case "string_too_short" if limits["min_length"] == 1:
            return "is empty"
        case "string_too_long":
            return f"is longer than {limits['max_length']} characters"
    return facts["msg"]
