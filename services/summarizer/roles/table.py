"""A table of abstracts, and the sentences that each field would show of them; nothing has to run for it."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, NamedTuple

from services.summarizer.roles.abstracts import rank_sentences
from services.summarizer.roles.extraction import LIMITATIONS, ROLE_OF_FIELD
from services.summarizer.roles.full_text import BodyRole, body_candidate, limitation
from services.summarizer.text.passages import ABSTRACT
from services.summarizer.text.sentences import Sentence, split_sentences
from shared.errors import PapersysError

NEEDED = ("paper_id", "abstract")
EXPERIMENT: BodyRole = "experiment"
_LONGEST_CELL = 10_000_000


class AbstractRow(NamedTuple):
    """A paper of the table; the id is text, whatever it looks like."""

    paper_id: str
    abstract: str


class FieldRow(NamedTuple):
    """One line of the answer."""

    paper_id: str
    field: str
    sentence: str


class ReadTable(NamedTuple):
    """The usable rows, and a sentence about each row that is not, or not wholly."""

    rows: list[AbstractRow]
    problems: list[str]


def read_table(path: Path) -> ReadTable:
    """Columns paper_id and abstract, others are not looked at. Raises PapersysError for a file that has them not."""
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            return _read(file, path)
    except (OSError, csv.Error) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or error
        raise PapersysError(f"{path} cannot be read: {reason}.") from error


def _read(file: IO[str], path: Path) -> ReadTable:
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.DictReader((line.replace("\0", "") for line in file), restkey="")
    names = [(name or "").strip() for name in reader.fieldnames or ()]
    reader.fieldnames = names
    if missing := [name for name in NEEDED if name not in names]:
        held = f"it has {', '.join(filter(None, names))}" if any(names) else "it is empty"
        raise PapersysError(f"{path} has no column {' and no column '.join(missing)}; {held}.")
    rows: dict[str, AbstractRow] = {}
    problems: list[str] = []
    for number, cells in enumerate(reader, 1):
        row = AbstractRow((cells["paper_id"] or "").strip(), (cells["abstract"] or "").strip())
        where = f"row {number}" + (f" ({row.paper_id})" if row.paper_id else "")
        if told := _refusal(row, rows):
            problems.append(f"{where}: {told}")
            continue
        if "" in cells:
            problems.append(f"{where}: more cells than columns; a text with a comma must stand in quotes.")
        if "\ufffd" in row.abstract:
            problems.append(f"{where}: not UTF-8; letters that could not be read were replaced.")
        rows[row.paper_id] = row
    return ReadTable(list(rows.values()), problems)


def _refusal(row: AbstractRow, rows: dict[str, AbstractRow]) -> str:
    if not row.paper_id:
        return "no paper_id; the row was left out."
    if row.paper_id in rows:
        return "this paper_id was there before; the first row counts."
    return "" if row.abstract else "no abstract; nothing can be extracted."


def field_rows(rows: Iterable[AbstractRow]) -> Iterator[FieldRow]:
    """For each paper, field by field, its sentences as they stand in the abstract, best first."""
    for row in rows:
        for field, sentences in ranked_fields(row.abstract).items():
            yield from (FieldRow(row.paper_id, field, sentence) for sentence in sentences)


def ranked_fields(abstract: str) -> dict[str, list[str]]:
    """The fields that an abstract speaks of, in the order of a summary."""
    by_role = rank_sentences(abstract)
    fields = {name: by_role[role] for name, role in ROLE_OF_FIELD.items() if role in by_role}
    texts = split_sentences(abstract)
    sentences = [Sentence(text, ABSTRACT, row / max(1, len(texts) - 1)) for row, text in enumerate(texts)]
    taken = frozenset(ranked[0] for ranked in fields.values())
    if found := limitation(sentences, taken):
        fields[LIMITATIONS] = [found.text]
    if found := body_candidate(sentences, EXPERIMENT, taken | set(fields.get(LIMITATIONS, ()))):
        fields[EXPERIMENT] = [found.text]
    return fields


def as_csv(rows: Iterable[FieldRow]) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(FieldRow._fields)
    writer.writerows(rows)
    return out.getvalue()


def papers_in(rows: Sequence[FieldRow]) -> int:
    return len({row.paper_id for row in rows})
