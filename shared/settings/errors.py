"""What is wrong with settings, a line a problem, without saying what a secret is."""

import difflib
import re
from typing import Any, get_origin

from pydantic import BaseModel, ValidationError

from shared.settings.sources import Variables, is_secret, is_table, kind_at, names_at
from shared.text.safe.plain_text import one_line, without_credentials

_SHOWN = 80
_LIKE_A_SECRET = re.compile(r"password|token|secret|api_key", re.I)


def explain(
    error: ValidationError, model: type[BaseModel], where: str, variables: Variables | None = None
) -> list[str]:
    """Which key or variable, what is wrong with it, and the nearest right name for a misspelt one."""
    return [_line(dict(item), model, where, variables or {}) for item in error.errors(include_url=False)]


def _line(item: dict[str, Any], model: type[BaseModel], where: str, variables: Variables) -> str:
    place = tuple(item["loc"])
    key = one_line(".".join(map(str, place)))
    if item["type"] == "extra_forbidden":
        return f"{where}: unknown setting {key}{_nearest(place, model)}"
    variable = next((name for path, name in variables.items() if place[: len(path)] == path), None)
    named = variable if variable and len(place) <= len(variable.split("__")) else f"{variable or where}: {key}"
    problem = item["msg"].removeprefix("Value error, ")  # pydantic's, before the words of a validator
    return f"{named}: {without_credentials(one_line(problem))}{_found(item['input'], place, model)}"


def _nearest(place: tuple[Any, ...], model: type[BaseModel]) -> str:
    near = difflib.get_close_matches(str(place[-1]), names_at(model, place[:-1]), n=1)
    return f"; did you mean {'.'.join([*map(str, place[:-1]), near[0]])}?" if near else ""


def _found(value: Any, place: tuple[Any, ...], model: type[BaseModel]) -> str:
    """What stands there, where that can be no secret: neither of a secret's setting, nor of a whole table."""
    kinds = [kind_at(model, place[: depth + 1]) for depth in range(len(place))]
    is_told = kinds and kinds[-1] is not None and not any(map(is_secret, kinds))
    is_whole = is_told and (is_table(kinds[-1]) or get_origin(kinds[-1]) is dict)
    if not is_told or is_whole or _LIKE_A_SECRET.search(str(place[-1])) or isinstance(value, dict | list | tuple):
        return ""
    text = without_credentials(one_line(repr(value)))
    return f" (found {text if len(text) <= _SHOWN else text[:_SHOWN] + '...'})"
