"""Numbers of papers' tables: `results/<YYYY-MM>.jsonl`, one line a paper. Written by the summarizer."""

from collections.abc import Iterator
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict

from shared.store.files.data_folder import DataFolder
from shared.store.files.jsonlines import MonthFiles, Record

Better = Literal["higher", "lower", ""]
"""Which of two values of a metric is the better one; empty where that is not known."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Result(_Part):
    """A number of a table. `cell` is the cell as document.md has it, at its characters `start` to `end`.

    `value` and `uncertainty` are decimal numbers as text, with the digits of the paper (`93.20`, `1E+20`). `row` and
    `column` are the headings of the cell, outermost first; `setting` is what else stands in its row. Without `task`,
    `dataset`, `metric`, `split` (as `test`) or `better` the paper does not say so where the cell stands. `is_own`: a
    result of the paper's own method; `is_bold`: the paper prints it bold. `named_by` is the model that gave names;
    empty where headings and caption did.
    """

    cell: str
    value: str
    uncertainty: str = ""
    unit: str = ""
    row: tuple[str, ...] = ()
    column: tuple[str, ...] = ()
    setting: tuple[str, ...] = ()
    start: int | None = None
    end: int | None = None
    task: str = ""
    dataset: str = ""
    metric: str = ""
    split: str = ""
    better: Better = ""
    is_own: bool = False
    is_bold: bool = False
    named_by: str = ""

    @property
    def place(self) -> str:
        """Its row and column, in words."""
        return " · ".join(" / ".join(part) for part in (self.row, self.column) if part)


class ResultTable(_Part):
    """A table with numbers: characters `start` to `end` of document.md. `number` is the paper's, where it has one.

    `sentence` is the first of the text that refers to it.
    """

    number: int | None = None
    caption: str = ""
    section: str = ""
    sentence: str = ""
    start: int = 0
    end: int = 0
    results: tuple[Result, ...] = ()

    @property
    def name(self) -> str:
        return f"Table {self.number}" if self.number else "A table"


class PaperResults(Record):
    """The tables of a paper that have numbers; `left_out` counts the numbers beyond the most that are kept.

    `version` is that of the document; `recipe` changes when the reading of tables does.
    """

    version: int
    route: str = ""
    recipe: int = 0
    tables: tuple[ResultTable, ...] = ()
    left_out: int = 0
    made_at: AwareDatetime

    def all(self) -> Iterator[tuple[ResultTable, Result]]:
        return ((table, result) for table in self.tables for result in table.results)


class ResultStore(MonthFiles[PaperResults]):
    """The results of every paper that was read."""

    def __init__(self, data: DataFolder) -> None:
        super().__init__(data, "results", PaperResults)
