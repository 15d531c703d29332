"""Names of what tables measure by a language model, where headings and captions alone left them open.

A name is taken only where its words stand in the caption, the headings or the sentences of the table: the model points,
the paper says.
"""

import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from services.summarizer.llm.asking import AskContext, LanguageModels
from services.summarizer.llm.failures import LlmUnusable
from services.summarizer.llm.messages import ChatMessage, fence_mark
from services.summarizer.llm.structured import UnreadableReply
from services.summarizer.results.datasets import datasets_in
from services.summarizer.results.extraction import NamedTable
from services.summarizer.results.metrics import better_of, metric_named
from services.summarizer.results.naming import Names, merged
from services.summarizer.text.passages import one_line, plain_text
from shared.errors import TemporaryFailure

log = logging.getLogger(__name__)

PROMPT = Path(__file__).with_name("name_question.md")
_MOST_TABLES, _MOST_COLUMNS = 12, 14
_CAPTION_CHARS, _SENTENCE_CHARS, _NAME_CHARS = 500, 300, 80
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_LABEL = re.compile(r"([a-z])(\d{1,3})")
_WORD = re.compile(r"[^\W_]+")


def _name(value: object) -> object:
    return " ".join(value.split())[:_NAME_CHARS] if isinstance(value, str) else ""


class SaidColumn(BaseModel):
    """What a column measures, in the paper's words."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    column: str
    metric: Annotated[str, BeforeValidator(_name)] = ""
    dataset: Annotated[str, BeforeValidator(_name)] = ""
    task: Annotated[str, BeforeValidator(_name)] = ""


def _usable(value: object) -> object:
    if not isinstance(value, list):
        return value
    return [item for item in value if _is_column(item)]


def _is_column(item: object) -> bool:
    try:
        SaidColumn.model_validate(item)
    except ValidationError:
        return False
    return True


class SaidColumns(BaseModel):
    """The columns that a model names."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    columns: Annotated[tuple[SaidColumn, ...], BeforeValidator(_usable)] = Field(default=())


class TableNamer:
    """Asks a model about the tables of a paper, once."""

    def __init__(self, models: LanguageModels | None) -> None:
        self._models = models

    async def named(self, tables: Sequence[NamedTable], context: AskContext) -> list[NamedTable]:
        """The tables with further names; as they are where no model answers, or nothing is left open."""
        open_tables = dict(zip(_LETTERS, _open(tables), strict=False))
        if self._models is None or not open_tables or self._models.model_for(context.step) is None:
            return list(tables)
        try:
            answered = await self._models.ask(question(open_tables), SaidColumns, context)
        except (UnreadableReply, LlmUnusable, TemporaryFailure) as error:
            facts = {"action": "results_without_model", "paper_id": context.paper_id}
            log.warning(
                "Tables of %s are named by headings and captions alone: %s", context.paper_id, error, extra=facts
            )
            return list(tables)
        return with_said(tables, open_tables, answered.value.columns, answered.model)


def asked_size(tables: Sequence[NamedTable]) -> tuple[int, int]:
    """Characters of the question about these tables, and the columns it asks about; 0 where nothing is left open."""
    open_tables = dict(zip(_LETTERS, _open(tables), strict=False))
    if not open_tables:
        return 0, 0
    columns = sum(len({number.cell.column for number in table.read.numbers}) for table in open_tables.values())
    return sum(len(message["content"]) for message in question(open_tables)), columns


def with_said(
    tables: Sequence[NamedTable], asked: Mapping[str, NamedTable], said: Sequence[SaidColumn], model: str
) -> list[NamedTable]:
    """The tables with what a model said of those that were `asked` about by letter, as far as the paper says it too."""
    by_column: dict[tuple[int, int], SaidColumn] = {}
    for column in said:
        match = _LABEL.fullmatch(column.column.strip("[] ").lower())
        table = asked.get(match[1]) if match else None
        if match and table is not None:
            by_column.setdefault((id(table), int(match[2])), column)
    return [_with_columns(table, by_column, model) for table in tables]


def question(tables: Mapping[str, NamedTable]) -> list[ChatMessage]:
    """The conversation about tables by letter; papers' words are fenced."""
    text = "\n\n".join("\n".join(_lines(letter, table)) for letter, table in tables.items())
    mark = fence_mark(text)
    return [
        {"role": "system", "content": _template().replace("{mark}", mark)},
        {"role": "user", "content": f"{mark}\n{text}\n{mark}"},
    ]


@cache
def _template() -> str:
    return PROMPT.read_text("utf-8")


def _open(tables: Sequence[NamedTable]) -> list[NamedTable]:
    """The tables of which something is not known, and that have a caption or headings to know it by."""
    lacking = [table for table in tables if any(not (n.metric and n.dataset and n.task) for n in table.names)]
    return [table for table in lacking if table.read.table.caption or any(n.column for n in table.read.numbers)][
        :_MOST_TABLES
    ]


def _lines(letter: str, table: NamedTable) -> Iterator[str]:
    grid = table.read.table
    yield f"Table {letter}: {one_line(plain_text(grid.caption))[:_CAPTION_CHARS]}"
    if grid.section:
        yield f"Section: {grid.section}"
    yield from (f"Sentence: {sentence[:_SENTENCE_CHARS]}" for sentence in grid.sentences[:2])
    shown: set[int] = set()
    for number in table.read.numbers:
        column = number.cell.column
        if column not in shown and len(shown) < _MOST_COLUMNS:
            shown.add(column)
            row = f" (row: {' / '.join(number.row)})" if number.row else ""
            yield f"[{letter}{column}] {' / '.join(number.column) or '(no heading)'}: {number.cell.text}{row}"


def _with_columns(table: NamedTable, said: Mapping[tuple[int, int], SaidColumn], model: str) -> NamedTable:
    names, by = [], []
    for number, plain in zip(table.read.numbers, table.names, strict=True):
        column = said.get((id(table), number.cell.column))
        words = _words_of(table, number.column)
        given = merged(plain, _checked(column, words, number.column)) if column else plain
        names.append(given)
        by.append(model if given != plain else "")
    return table._replace(names=tuple(names), named_by=tuple(by))


def _checked(said: SaidColumn, words: str, headings: Sequence[str]) -> Names:
    """The names that stand in the paper's words; without a metric there is no result to name."""
    metric = metric_named(said.metric) if stands_in(said.metric, words) else None
    known = datasets_in(said.dataset)
    dataset = (known[0].name if len(known) == 1 else said.dataset) if stands_in(said.dataset, words) else ""
    task = said.task.lower() if stands_in(said.task, words) else ""
    if metric is None:
        return Names(task=task, dataset=dataset)
    return replace(Names(task, dataset, metric.name), better=better_of(metric, *headings))


def stands_in(name: str, words: str) -> bool:
    """Whether the words of a name stand one after the other in a text."""
    wanted = " ".join(word.casefold() for word in _WORD.findall(name))
    return bool(wanted) and f" {wanted} " in words


def _words_of(table: NamedTable, headings: Sequence[str]) -> str:
    grid = table.read.table
    text = " ".join([grid.caption, grid.section, *grid.sentences, *headings])
    return f" {' '.join(word.casefold() for word in _WORD.findall(text))} "
