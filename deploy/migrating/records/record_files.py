"""JSON files of older systems: one object a file or a line, or a list of them; a broken line takes no other with it."""

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from shared.errors import PapersysError
from shared.text.safe.encodings import encoding_of

_MOST_BYTES = 64 * 1024**2
_MOST_LINE_BYTES = 8 * 1024**2
_LOOKED_AT = 50
LINE_SUFFIXES = (".jsonl", ".ndjson")


def read_json(path: Path) -> Any:
    """The value in a file. Raises PapersysError."""
    if path.stat().st_size > _MOST_BYTES:
        raise PapersysError(f"it is larger than {_MOST_BYTES // 1024**2} MB; only JSON lines may be so large")
    return _parsed(path.read_bytes())


def read_records(path: Path) -> Iterator[tuple[str, Any]]:
    """Each record with its place, or the PapersysError that says why it cannot be read."""
    if path.suffix.casefold() not in LINE_SUFFIXES:
        yield from _records_in(_value_or_error(path))
        return
    with path.open("rb") as file:
        for number, line in enumerate(iter(lambda: file.readline(_MOST_LINE_BYTES), b""), start=1):
            if line.strip():
                yield f"line {number}", _line_or_error(line)


def first_records(path: Path) -> list[Any]:
    """The first values of a file that can be read; what tells its kind need not stand in its first line."""
    values = (value for _, value in read_records(path) if not isinstance(value, PapersysError) and value is not None)
    return list(islice(values, _LOOKED_AT))


def _records_in(value: Any) -> Iterator[tuple[str, Any]]:
    """A list with objects holds one record each, whatever else stands in it; anything else is one."""
    if isinstance(value, list) and any(isinstance(each, dict) for each in value):
        yield from ((f"item {number}", each) for number, each in enumerate(value, start=1))
    else:
        yield "the file", value


def _value_or_error(path: Path) -> Any:
    try:
        return read_json(path)
    except PapersysError as error:
        return error


def _line_or_error(line: bytes) -> Any:
    try:
        return _parsed(line)
    except PapersysError as error:
        return error


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content.decode(encoding_of(content) or "utf-8"))
    except RecursionError:
        raise PapersysError("it is nested too deeply") from None
    except ValueError as error:
        raise PapersysError(f"it is not JSON ({error})") from error
