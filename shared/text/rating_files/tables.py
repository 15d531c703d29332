"""Tables in CSV and its relatives, Zotero's among them: any delimiter, any order of columns, header or none."""

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from shared.text.rating_files.fields import IDS, LABELS, TITLES, add_record, plain_name
from shared.text.rating_files.paper_mentions import mention_in
from shared.text.rating_files.rated_rows import Reading
from shared.text.rating_files.rating_words import said_by, scale_of

Cells = list[str]
_DELIMITERS = ",;\t|"
_NAMES_A_PAPER = frozenset((*IDS, *TITLES, "doi", "url", "link"))
_LOOKED_AT = 50
_SHOWN = 60
_MOST_BROKEN = 50
_ZOTERO = {"itemtype", "key", "dateadded"}


def delimiter_of(text: str) -> str | None:
    """The delimiter of a table; None where a text is none: no header that names papers, no column of ids."""
    lines = [line for line in re.split(r"\r\n|\n|\r", text[:100_000]) if line.strip()][:_LOOKED_AT]
    if not lines:
        return None
    counts = {mark: lines[0].count(mark) for mark in _DELIMITERS}
    mark = max(counts, key=lambda each: counts[each])
    if _is_header(_cells(lines[0], mark)):
        return mark
    return mark if counts[mark] and _columns([_cells(line, mark) for line in lines]) else None


def read_table(reading: Reading, text: str, delimiter: str) -> str:
    """Read all rows; returns the name of the form."""
    records = _records(reading, text, delimiter)
    first = next(records, None)
    if first is None:
        return "CSV"
    rows = list(records)
    names = [plain_name(cell) for cell in first[1]]
    if not _is_header(first[1]):
        rows.insert(0, first)
        names = _columns([cells for _, cells in rows[:_LOOKED_AT]])
    elif not set(LABELS) & set(names):
        _tell_ratings_elsewhere(reading, first, [cells for _, cells in rows])
    is_zotero = set(names) >= _ZOTERO
    top = scale_of({_label(names, cells) for _, cells in rows})
    for line, cells in rows:
        if len(cells) > len(names) and any(cells[len(names) :]):
            reading.problem(line, f"{len(cells)} cells instead of {len(names)}; what stands in the first was read")
        fields = {name: cell for name, cell in zip(names, cells, strict=False) if name}
        if is_zotero and fields.get("itemtype") in ("attachment", "note", "annotation"):
            continue
        add_record(reading, line, fields, top=top)
    return "Zotero CSV" if is_zotero else "CSV"


def _tell_ratings_elsewhere(reading: Reading, header: tuple[int, Cells], rows: Sequence[Cells]) -> None:
    """Columns that may be ratings, by what they hold, and are not read as such: `read: yes, no` says something else."""
    line, names = header
    for column, name in enumerate(names):
        said = {said_by(cells[column]) for cells in rows if column < len(cells)}
        if {"like", "dislike"} <= said and None not in said:
            text = (
                f"the column {name[:_SHOWN]!r} looks like ratings and is not read; if it holds yours, name it `rating`"
            )
            reading.problem(line, text)


def _is_header(cells: Sequence[str]) -> bool:
    return bool(_NAMES_A_PAPER & {plain_name(cell) for cell in cells}) and not any(map(mention_in, cells))


def _columns(rows: Sequence[Cells]) -> list[str]:
    """Names for columns without a header: that of ids, that of ratings; empty where there is no column of ids."""
    width = max(map(len, rows), default=0)
    ids, labels = Counter[int](), Counter[int]()
    for cells in rows:
        for column, cell in enumerate(cells):
            ids[column] += mention_in(cell) is not None
            labels[column] += said_by(cell) not in (None, "unknown")
    names = [""] * width
    if not width or 2 * ids.most_common(1)[0][1] < len(rows):
        return []
    names[ids.most_common(1)[0][0]] = "id"
    label, count = max(((column, labels[column]) for column in range(width) if not names[column]), default=(0, 0))
    if count:
        label = max((column for column in range(width) if not names[column]), key=lambda column: labels[column])
        names[label] = "label"
    return names


def _label(names: Sequence[str], cells: Cells) -> str:
    return next((cell for name, cell in zip(names, cells, strict=False) if name in LABELS), "")


def _records(reading: Reading, text: str, delimiter: str) -> Iterator[tuple[int, Cells]]:
    """Each record with the line where it begins. A quote that is not closed spoils its own line alone."""
    lines = re.split(r"(?<=\n)|(?<=\r)(?!\n)", text.replace("\0", ""))
    at, broken = 0, 0
    while at < len(lines):
        rest = (lines[index] for index in range(at, len(lines)))
        reader = csv.reader(rest, delimiter=delimiter, strict=broken < _MOST_BROKEN)
        done = 0
        try:
            for cells in reader:
                if any(map(str.strip, cells)):
                    yield at + done + 1, cells
                done = reader.line_num
        except csv.Error:
            broken += 1
            line = at + done
            reading.problem(line + 1, "its quotes do not match; read as far as it goes")
            yield line + 1, _cells(lines[line], delimiter)
            at = line + 1
        else:
            return


def _cells(line: str, delimiter: str) -> Cells:
    """The cells of one line, whatever its quotes."""
    try:
        cells = next(csv.reader([line.rstrip("\r\n")], delimiter=delimiter), [])
    except csv.Error:
        cells = line.rstrip("\r\n").split(delimiter)
    return [cell.strip().strip('"') for cell in cells]
