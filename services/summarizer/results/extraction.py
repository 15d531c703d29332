"""From a paper's Markdown to the record of its results: exact cells, with the names that headings and caption give."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from services.summarizer.results.datasets import said_datasets
from services.summarizer.results.headings import Number, ReadTable, read_table, setting_of
from services.summarizer.results.naming import Names, PaperWords, TableNames, named_columns
from services.summarizer.results.own_rows import is_own, method_names
from services.summarizer.results.tables import tables_of
from services.summarizer.text.passages import plain_text
from shared.store.papers.documents import Caption
from shared.store.papers.metadata import Paper
from shared.store.papers.results import PaperResults, Result, ResultTable

RECIPE = 3
"""Higher whenever tables are read otherwise: stored results of an older one are made again."""
MOST_RESULTS = 1_500
_LONGEST_CAPTION = 1_000


class NamedTable(NamedTuple):
    """A table with what each of its numbers measures, in the order of `read.numbers`, and the model that named it."""

    read: ReadTable
    names: tuple[Names, ...]
    named_by: tuple[str, ...] = ()


def named_tables(markdown: str, captions: Iterable[Caption]) -> list[NamedTable]:
    """The tables that have numbers, named without a model."""
    reads = [read_table(table) for table in tables_of(markdown, labels_of(captions))]
    words = PaperWords(said_datasets(plain_text(markdown)))
    tables: list[NamedTable] = []
    room = MOST_RESULTS
    for read in (read for read in reads if read.numbers):
        names, nothing = TableNames(read, words), Names()
        of_numbers = (names.of(number) if place < room else nothing for place, number in enumerate(read.numbers))
        tables.append(NamedTable(read, tuple(of_numbers)))
        room = max(0, room - len(read.numbers))
    return tables


def labels_of(captions: Iterable[Caption]) -> Mapping[str, int]:
    """The numbers of tables by the labels that the text refers to them by."""
    return {label: caption.number for caption in captions if caption.kind == "table" for label in caption.labels}


def record_of(paper: Paper, version: int, route: str, tables: Sequence[NamedTable], made_at: datetime) -> PaperResults:
    """The record of a paper; a table of thousands of numbers is kept up to the most that are."""
    own_names = method_names(paper.title, paper.abstract)
    room, left_out, kept = MOST_RESULTS, 0, []
    for table in tables:
        results = _results(table, own_names)
        left_out += max(0, len(results) - room)
        results = results[:room]
        room -= len(results)
        if results:
            kept.append(_stored(table.read, results))
    return PaperResults(
        paper_id=paper.paper_id,
        version=version,
        route=route,
        recipe=RECIPE,
        tables=tuple(kept),
        left_out=left_out,
        made_at=made_at,
    )


def _stored(read: ReadTable, results: Sequence[Result]) -> ResultTable:
    table = read.table
    return ResultTable(
        number=table.number,
        caption=table.caption[:_LONGEST_CAPTION],
        section=table.section,
        sentence=table.sentences[0] if table.sentences else "",
        start=table.start,
        end=table.end,
        results=tuple(results),
    )


def _results(table: NamedTable, own_names: Sequence[str]) -> list[Result]:
    columns = named_columns(table.read, table.names)
    by_model = table.named_by or ("",) * len(table.names)
    return [
        _result(table.read, number, names, model, columns, own_names)
        for number, names, model in zip(table.read.numbers, table.names, by_model, strict=True)
    ]


def _result(
    read: ReadTable, number: Number, names: Names, model: str, columns: Sequence[int], own_names: Sequence[str]
) -> Result:
    cell, value = number.cell, number.value
    first = read.table.at(cell.row, 0)
    return Result(
        cell=cell.text,
        value=value.value,
        uncertainty=value.uncertainty,
        unit=value.unit or ("%" if any("%" in text for text in number.column) and names.metric else ""),
        row=number.row,
        column=number.column,
        setting=setting_of(read, number, columns) if names.metric else (),
        start=cell.start if cell.start >= 0 else None,
        end=cell.end if cell.end >= 0 else None,
        task=names.task,
        dataset=names.dataset,
        metric=names.metric,
        split=names.split,
        better=names.better,
        is_own=is_own(number.row, first.text if first else "", own_names),
        is_bold=value.is_bold,
        named_by=model,
    )
