"""A summary as an older system stored it (a JSON object) as what papersys stores. Pure.

Its statements carry no quotes and were never compared with the paper, which the summary says of itself.
"""

import json
import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from deploy.migrating.column_map import IGNORED, PAPER_FIELDS, ColumnMap
from deploy.migrating.tables.cells import ReadId, read_id, read_moment, read_names, read_words
from deploy.migrating.tables.paper_rows import SOURCE, paper_of
from shared.store.papers.rows import Paper
from shared.store.papers.summaries import Claim, FieldValue, MadeBy, Summary

_NAMESPACE = uuid.UUID("5b7de0a6-2b43-4a35-9a0b-3f2f6f0f4a11")
_FIELDS = {
    "one_sentence_summary": "one_sentence_summary",
    "problem_background": "problem",
    "problem": "problem",
    "method": "method",
    "experiment": "experiment",
    "result": "result",
    "limitations": "limitations",
    "further_thoughts": "further_thoughts",
    "institution": "institutions",
    "institutions": "institutions",
}
"""Fields of older summaries and the fields that ask the same here, in the order in which they are shown."""
_LISTS = ("institutions",)
_TEXTS = frozenset({"problem_background", "problem", "method", "experiment", "one_sentence_summary"})
_SETTINGS = ("temperature", "top_p", "score", "slug")
_FACTS = frozenset({*_SETTINGS, "keywords", "model", "lang", "language", "preference", "summary_time"})
_ITEM = re.compile(r"^\s*(?:[-*+•]|\d+[.)、])\s+")
_DISPLAY = re.compile(r"\$\$.+?\$\$", re.S)
_NOTE = "Migrated from an older system: its statements were not checked against the paper."
_MOST_CHARACTERS = 20_000


@dataclass(frozen=True)
class ReadSummary:
    """A summary; its paper, where the record says enough of it; keywords; what the reader thought; odd things."""

    summary: Summary
    paper: Paper | None
    read_id: ReadId
    preference: str = ""
    remarks: tuple[str, ...] = ()

    @property
    def keywords(self) -> tuple[str, ...]:
        return self.summary.raw_tags


def is_summary(record: object) -> bool:
    """Whether a JSON value is such a summary."""
    return (
        isinstance(record, Mapping)
        and not _TEXTS.isdisjoint(record)
        and any("id" in str(name).casefold() for name in record)
    )


def lacks_id(record: object) -> bool:
    """Whether a JSON value would be such a summary if it named its paper."""
    return isinstance(record, Mapping) and len(_TEXTS.intersection(record)) > 1 and not is_summary(record)


def fields_of(record: Mapping[str, Any], columns: ColumnMap) -> tuple[dict[str, str], dict[str, str]]:
    """What each field of a record is read as, and why others are not taken."""
    taken: dict[str, str] = {}
    left: dict[str, str] = {}
    for name in record:
        meaning = _meaning(name, columns)
        if meaning == IGNORED:
            left[name] = "ignored, as --map says"
        elif meaning is None:
            left[name] = f"unknown; --map '{name}=field:NAME' takes it"
        else:
            taken[name] = meaning
    return taken, left


def read_summary(record: Mapping[str, Any], columns: ColumnMap, at: datetime) -> ReadSummary:
    """The summary of a record; `at` is when it is migrated. Raises ValueError that says why it is none."""
    by_meaning = {_meaning(name, columns): value for name, value in record.items()}
    read = read_id(by_meaning.get("id"))
    paper, remarks = _paper(read, by_meaning, at)
    fields = tuple(_fields(record, columns))
    if not fields:
        raise ValueError(f"{read.paper_id}: it has none of the fields {', '.join(dict.fromkeys(_FIELDS.values()))}")
    summary = Summary(
        paper_id=read.paper_id,
        version=read.version or 1,
        mode="llm",
        fields=fields,
        raw_tags=tuple(dict.fromkeys(read_names(record.get("keywords")))),
        notes=(_NOTE,),
        made_at=_made_at(record, at, remarks),
        made_by=MadeBy(
            event_id=f"{SOURCE}-{_digest(record)}",
            model=read_words(record.get("model")) or "unknown",
            language=read_words(record.get("lang") or record.get("language")) or language_of(fields),
            settings={name: read_words(record[name]) for name in _SETTINGS if record.get(name) is not None},
        ),
    )
    return ReadSummary(summary, paper, read, read_words(record.get("preference")), tuple(remarks))


def language_of(fields: tuple[FieldValue, ...]) -> str:
    """`zh` for a text with many Chinese characters, else `en`: older systems wrote no other language."""
    text = " ".join(field.text for field in fields)
    return "zh" if 10 * sum("\u4e00" <= char <= "\u9fff" for char in text) > len(text) else "en"


def is_migrated(summary: Summary) -> bool:
    """Whether a stored summary came this way."""
    return summary.made_by.event_id.startswith(f"{SOURCE}-")


def _meaning(name: str, columns: ColumnMap) -> str | None:
    if field := columns.summary_field(name):
        return field
    if name in columns.given:
        return columns.given[name]
    return _FIELDS.get(name) or (name if name in _FACTS else columns.meaning(name))


def _paper(read: ReadId, by_meaning: Mapping[str | None, Any], at: datetime) -> tuple[Paper | None, list[str]]:
    cells = {name: by_meaning.get(name) for name in PAPER_FIELDS}
    try:
        told = paper_of(read, cells, at)
    except ValueError as error:
        return None, [f"{error}, so nothing is stored of the paper itself"]
    return told.paper, [told.remark] if told.remark else []


def _fields(record: Mapping[str, Any], columns: ColumnMap) -> Iterator[FieldValue]:
    """The fields in the order of _FIELDS, those that the user named last."""
    named = [(name, field) for name in record if (field := _field_name(name, columns))]
    order = list(dict.fromkeys(_FIELDS.values()))
    for name, field in sorted(named, key=lambda each: order.index(each[1]) if each[1] in order else len(order)):
        value = record[name]
        is_list = field in _LISTS or isinstance(value, list)
        texts = read_names(value) if is_list else tuple(statements(value if isinstance(value, str) else ""))
        if texts:
            claims = tuple(Claim(text=text) for text in texts)
            yield FieldValue(name=field, kind="list" if is_list else "text", evidence=False, claims=claims)


def _field_name(name: str, columns: ColumnMap) -> str | None:
    return columns.summary_field(name) or (None if name in columns.given else _FIELDS.get(name))


def statements(text: str) -> list[str]:
    """The paragraphs and list items of a text; a formula of several lines stays whole."""
    whole = _DISPLAY.sub(lambda match: " ".join(match[0].split()), text[:_MOST_CHARACTERS])
    lines = (" ".join(_ITEM.sub("", line).split()) for line in whole.splitlines())
    return [line for line in lines if line]


def _made_at(record: Mapping[str, Any], at: datetime, remarks: list[str]) -> datetime:
    try:
        made_at = read_moment(record.get("summary_time"))
    except ValueError as error:
        made_at = None
        remarks.append(f"summary_time: {error}")
    if made_at is None:
        remarks.append("when it was made is not known; the day of the migration stands for it")
    return min(made_at or at, at)


def _digest(record: Mapping[str, Any]) -> str:
    content = json.dumps(record, sort_keys=True, ensure_ascii=True, default=str)
    return uuid.uuid5(_NAMESPACE, content).hex
