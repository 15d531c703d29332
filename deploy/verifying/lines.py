"""Files of lines, line by line: each with its number and, where it cannot be read, why."""

from collections.abc import Iterator
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError

M = TypeVar("M", bound=BaseModel)

CUT = "is cut: its end is missing"


class Line(NamedTuple):
    """A line without its end; `problem` says why it is no text."""

    number: int
    text: str
    problem: str = ""


class RecordLine(NamedTuple, Generic[M]):
    """A line and its record; None where `problem` says why it has none."""

    number: int
    record: M | None
    problem: str = ""


def read_lines(path: Path) -> Iterator[Line]:
    """The lines of a file that say anything; none where there is no file. Raises OSError where it cannot be read."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return
    with file:
        for number, line in enumerate(file, start=1):
            try:
                text = line.decode("utf-8")
            except UnicodeDecodeError:
                yield Line(number, "", "is not UTF-8: some of its bytes were changed")
                continue
            if not line.endswith(b"\n"):
                yield Line(number, text, CUT)
            elif text.strip():
                yield Line(number, text.rstrip("\r\n"))


def read_records(path: Path, record_class: type[M]) -> Iterator[RecordLine[M]]:
    """The lines of a file as records. Raises OSError where it cannot be read."""
    for line in read_lines(path):
        if line.problem:
            yield RecordLine(line.number, None, line.problem)
            continue
        try:
            yield RecordLine(line.number, record_class.model_validate_json(line.text))
        except ValidationError as error:
            yield RecordLine(line.number, None, f"cannot be read: {_in_short(error)}")


def _in_short(error: ValidationError) -> str:
    first = error.errors()[0]
    place = ".".join(map(str, first["loc"]))
    return f"{place}: {first['msg']}" if place else str(first["msg"])
