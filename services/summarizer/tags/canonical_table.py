"""`papersys tags canonicalize`: a file of raw tags, one a line, as a table of each tag and its canonical form."""

import codecs
import csv
import io
import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from services.summarizer.tags.matching.clustering import Encode, best_name, cluster
from shared.errors import PapersysError

_BOMS = ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"), (codecs.BOM_UTF8, "utf-8-sig"))
HEADER = ("raw", "canonical")


@dataclass(frozen=True)
class CanonicalTable:
    """A row for each line, in its order; how many different tags there were, and how many are left."""

    rows: list[tuple[str, str]]
    tags: int
    canonical: int


def canonicalize(lines: Sequence[str], encode: Encode) -> CanonicalTable:
    """The canonical form of each line: the best name of those that mean the same. That of an empty line is empty."""
    counts = Counter(line.strip() for line in lines)
    tags = [tag for tag in counts if tag]
    numbers = cluster(tags, encode)
    names: dict[int, Counter[str]] = defaultdict(Counter)
    for tag, number in zip(tags, numbers, strict=True):
        names[number][tag] = counts[tag]
    best = {number: best_name(counted) for number, counted in names.items()}
    canonical = {tag: best[number] for tag, number in zip(tags, numbers, strict=True)}
    return CanonicalTable([(line, canonical.get(line.strip(), "")) for line in lines], len(tags), len(best))


def read_lines(path: Path) -> list[str]:
    """The lines of a text file without their ends; bytes that are no text become replacement characters.

    Raises PapersysError.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise PapersysError(f"{path} cannot be read: {error.strerror}.") from error
    encoding = next((name for mark, name in _BOMS if content.startswith(mark)), "utf-8")
    text = content.decode(encoding, "replace").replace("\r\n", "\n")
    lines = text.split("\n" if "\n" in text else "\r")
    return lines[:-1] if lines[-1] == "" else lines


def table_text(rows: Iterable[tuple[str, str]]) -> str:
    """The table as CSV, with its header."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows(rows)
    return out.getvalue()


def write_table(path: Path, rows: Iterable[tuple[str, str]]) -> None:
    """Replace a file by the table. Raises PapersysError."""
    draft = path.with_name(f".{path.name}.tmp")
    try:
        draft.write_text(table_text(rows), "utf-8", "replace", newline="")
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise PapersysError(f"{path} cannot be written: {error.strerror}.") from error


def check_writable(path: Path) -> None:
    """Raises PapersysError where a file cannot be written, before any work is done for it."""
    folder = path.parent
    if path.is_dir() or not folder.is_dir():
        raise PapersysError(f"{path} cannot be written: {'it is a folder' if path.is_dir() else 'no such folder'}.")
    if not os.access(folder, os.W_OK):
        raise PapersysError(f"{path} cannot be written: permission denied.")
