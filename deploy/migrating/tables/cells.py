"""Cells of older tables and records as what they mean: names, categories, moments, ids. Pure."""

import ast
import contextlib
import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any, NamedTuple

from shared.contracts import AHEAD, now
from shared.paper_ids import parse_versioned_id
from shared.text.rating_files.paper_mentions import old_number_of, undamaged

_BETWEEN_NAMES = re.compile(r"\s*;\s*|\s+and\s+|\s*,\s*(?:and\s+)?")
_BETWEEN_CATEGORIES = re.compile(r"[\s,;]+")
_SECONDS = re.compile(r"\d{9,10}(?:\.\d+)?", re.ASCII)
_EARLIEST_YEAR = 1986
_SHOWN = 60


class ReadId(NamedTuple):
    """A paper's id, its version where one was written, and what was written if that had lost zeros as a number."""

    paper_id: str
    version: int | None
    damaged: str = ""


def read_id(cell: object) -> ReadId:
    """The paper that a cell names. Raises ValueError that says why it names none."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = str(cell).strip() if cell is not None else ""
    try:
        return ReadId(*parse_versioned_id(text))
    except ValueError:
        if repaired := undamaged(text):
            return ReadId(repaired, None, text)
        raise ValueError(_id_problem(text)) from None


def read_words(cell: object) -> str:
    """A text with single spaces; empty for null and for NaN, which differs from itself."""
    return "" if cell is None or cell != cell else " ".join(str(cell).split())


def read_names(cell: object) -> tuple[str, ...]:
    """Authors or keywords: a list, a list written as text, or names with commas, semicolons or `and` between them."""
    return tuple(name for part in _parts(cell, _BETWEEN_NAMES) if (name := _name(part)))


def read_categories(cell: object) -> tuple[str, ...]:
    """Categories: a list, a list written as text, or names with spaces or commas between them."""
    return tuple(name for part in _parts(cell, _BETWEEN_CATEGORIES) for name in read_words(part).split())


def read_moment(cell: object) -> datetime | None:
    """An aware moment in UTC; None where nothing is written. Raises ValueError for what is no moment, or to come."""
    if isinstance(cell, datetime):
        return _checked(_aware(cell), str(cell))
    if isinstance(cell, date):
        return _checked(datetime.combine(cell, time(), UTC), str(cell))
    return _moment_of(read_words(cell))


@lru_cache(8_192)
def _moment_of(text: str) -> datetime | None:
    if not text or text.casefold() in ("nan", "nat", "none", "null"):
        return None
    return _checked(_parsed(text), text)


def _checked(moment: datetime | None, text: str) -> datetime:
    if moment is None or moment.year < _EARLIEST_YEAR:
        raise ValueError(f"{text[:_SHOWN]!r} is not a valid date")
    if moment > now() + AHEAD:
        raise ValueError(f"{text[:_SHOWN]!r} lies in the future")
    return moment


def _parsed(text: str) -> datetime | None:
    with contextlib.suppress(ValueError):
        return _aware(datetime.fromisoformat(text))
    with contextlib.suppress(ValueError, TypeError, IndexError):
        return _aware(parsedate_to_datetime(text))
    if _SECONDS.fullmatch(text):
        return datetime.fromtimestamp(float(text), UTC)
    return None


def _aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _id_problem(text: str) -> str:
    if not text or text.casefold() in ("nan", "none"):
        return "it has no id"
    if number := old_number_of(text):
        return f"{text[:_SHOWN]!r} lacks its archive, such as hep-th/{number}"
    return f"{text[:_SHOWN]!r} is not an arXiv id"


def _parts(cell: object, between: re.Pattern[str]) -> Iterable[object]:
    """The parts of a cell; lists that were written as text are read, also as the only item of a list."""
    if cell is None or cell != cell:
        return ()
    if isinstance(cell, str):
        listed = _listed(cell)
        return between.split(cell.strip()) if listed is None else listed
    if not isinstance(cell, Iterable) or isinstance(cell, Mapping):
        return (cell,)
    items = list(cell)
    listed = _listed(items[0]) if len(items) == 1 and isinstance(items[0], str) else None
    return items if listed is None else listed


def _listed(text: str) -> list[Any] | None:
    """The list that a text is, in JSON or as Python prints it; None for any other text."""
    if not text.lstrip().startswith("["):
        return None
    for read in (json.loads, ast.literal_eval):
        with contextlib.suppress(ValueError, SyntaxError, RecursionError, MemoryError):
            value = read(text.strip())
            return value if isinstance(value, list) else None
    return None


def _name(part: object) -> str:
    """A name; of a record, its parts in the order in which people write them."""
    if isinstance(part, Mapping):
        if whole := read_words(part.get("name")):
            return whole
        return read_words(
            f"{part.get('forenames') or part.get('given') or ''} {part.get('keyname') or part.get('family') or ''}"
        )
    if isinstance(part, list | tuple):  # as arXiv's snapshot has them: family name, given names, suffix
        family, given, *rest = [*(read_words(each) for each in part), "", ""]
        return read_words(f"{given} {family} {' '.join(rest)}")
    return read_words(part)
