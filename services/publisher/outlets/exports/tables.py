"""Papers as a table: CSV for spreadsheets, JSON for programs."""

import csv
import io
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from services.publisher.outlets.exports.entries import Entry
from services.publisher.rendering.safe_html import without_controls
from shared.paper_labels import page_address, written_id
from shared.text.tex.words import in_words

_FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "|", "%")
_COLUMNS = (
    "id", "title", "authors", "categories", "published", "updated", "version", "doi", "journal_ref", "licence", "url",
    "abstract", "summary", "tags", "rating", "rated_at", "saved", "note",
)  # fmt: skip


def csv_of(entries: Iterable[Entry]) -> str:
    """A line a paper, every cell in quotes. It begins with a byte order mark, without which Excel garbles names.

    Ids are written `arXiv:2410.12850`, because a spreadsheet would take the bare number for 2410.1285.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for entry in entries:
        row = {**_record(entry), "id": written_id(entry.paper.paper_id)}
        writer.writerow([safe_cell(_cell(row[column])) for column in _COLUMNS])
    return "\ufeff" + out.getvalue()


def json_of(entries: Iterable[Entry], exported_at: datetime) -> str:
    """An object with the list `papers`, ids without version."""
    papers = [{column: _record(entry)[column] for column in _COLUMNS} for entry in entries]
    return json.dumps({"exported_at": exported_at.isoformat(), "papers": papers}, ensure_ascii=False, indent=1) + "\n"


def safe_cell(text: str) -> str:
    """Text that no spreadsheet takes for a formula (https://owasp.org/www-community/attacks/CSV_Injection)."""
    text = without_controls(text)
    return f"'{text}" if text.lstrip().startswith(_FORMULA_STARTS) or text[:1] in ("\t", "\r", "\n") else text


def _record(entry: Entry) -> dict[str, Any]:
    paper = entry.paper
    return {
        "id": paper.paper_id,
        "title": in_words(paper.title),
        "authors": list(paper.authors),
        "categories": list(paper.categories),
        "published": _day(paper.published_at),
        "updated": _day(paper.updated_at),
        "version": paper.version,
        "doi": paper.doi,
        "journal_ref": paper.journal_ref,
        "licence": paper.license,
        "url": page_address(paper.paper_id, entry.arxiv, source=paper.source),
        "abstract": in_words(paper.abstract),
        "summary": entry.sentence,
        "tags": list(entry.tags),
        "rating": entry.label or "",
        "rated_at": entry.rated_at.isoformat() if entry.rated_at else "",
        "saved": entry.is_saved,
        "note": entry.note,
    }


def _cell(value: object) -> str:
    if isinstance(value, list):
        return "; ".join(value)
    return ("yes" if value else "") if isinstance(value, bool) else str(value)


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment else ""
