"""The page Results: numbers of papers' tables that fit a question, those that can be compared together, over time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from urllib.parse import urlencode

from services.publisher.pages.cards import Card, build_cards
from services.publisher.paper.results.plot import Plot, Point, plot_of
from services.publisher.records.ratings import Ratings
from services.publisher.records.records import Records
from shared.paper_ids import month_of
from shared.result_search import FoundResult, ResultQuestion, Series, choices, find_results, number_of, series_of
from shared.store.papers.metadata import Paper

_MOST_SHOWN = 200
_MOST_CHOICES = 200
_FEWEST_POINTS = 2


@dataclass(frozen=True)
class ShownResult:
    """A number in the table of the page."""

    found: FoundResult
    card: Card

    @property
    def text(self) -> str:
        """The value with what belongs to it."""
        result = self.found.result
        uncertainty = f" ± {result.uncertainty}" if result.uncertainty else ""
        unit = "%" if result.unit == "%" else f" {result.unit}" if result.unit else ""
        return f"{result.value}{uncertainty}{unit}"


@dataclass(frozen=True)
class SeriesTable:
    """Results that can be compared, the best first, and how they went over time where there is enough to draw."""

    series: Series
    rows: list[ShownResult]
    plot: Plot | None

    @property
    def title(self) -> str:
        name = " · ".join(part for part in (self.series.task, self.series.dataset, self.series.metric) if part)
        split = f" ({self.series.split})" if self.series.split else ""
        return f"{name[:1].upper()}{name[1:]}{split}" if name else "Numbers without a name"

    @property
    def better(self) -> str:
        return next((row.found.result.better for row in self.rows), "")


@dataclass(frozen=True)
class ResultsPage:
    """What fits `question`: `total` numbers of `papers` papers; `choices` for the fields of the form."""

    question: ResultQuestion
    tables: list[SeriesTable]
    total: int
    papers: int
    choices: Mapping[str, Sequence[str]]

    @property
    def left_out(self) -> int:
        return self.total - sum(len(table.rows) for table in self.tables)

    @property
    def query(self) -> str:
        """The question as it stands in an address."""
        asked = {
            "task": self.question.task, "dataset": self.question.dataset, "metric": self.question.metric,
            "paper": self.question.paper_id, "own": "1" if self.question.own_only else "",
        }  # fmt: skip
        return urlencode({name: value for name, value in asked.items() if value})


def build_results(records: Records, ratings: Ratings, question: ResultQuestion) -> ResultsPage:
    """The page; without a question it shows what there is most of."""
    all_records = records.results()
    asked = [record for record in all_records if not question.paper_id or record.paper_id == question.paper_id]
    found = find_results(asked, question)
    shown = found[:_MOST_SHOWN]
    ids = list(dict.fromkeys(one.paper_id for one in shown))
    cards = {card.paper_id: card for card in build_cards(records, ratings, ids)}
    tables = [_table(series, list(group), cards) for series, group in groupby(shown, lambda one: series_of(one.result))]
    offered = {name: values[:_MOST_CHOICES] for name, values in choices(all_records).items()}
    return ResultsPage(question, tables, len(found), len({one.paper_id for one in found}), offered)


def _table(series: Series, found: Sequence[FoundResult], cards: Mapping[str, Card]) -> SeriesTable:
    rows = [ShownResult(one, cards[one.paper_id]) for one in found]
    return SeriesTable(series, rows, _plot(series, rows) if series.metric else None)


def _plot(series: Series, rows: Sequence[ShownResult]) -> Plot | None:
    """The numbers over the days of their papers; none of fewer than two days, where nothing goes over time."""
    points = [
        Point(day, float(value), row.text, row.found.result.is_own, row.card.paper_id, row.card.title)
        for row in rows
        if (value := number_of(row.found.result)) is not None and (day := day_of(row.card.paper_id, row.card.paper))
    ]
    if len({point.day for point in points}) < _FEWEST_POINTS:
        return None
    return plot_of(points, series.metric, next((row.found.result.better for row in rows), ""))


def day_of(paper_id: str, paper: Paper | None) -> date | None:
    """When a paper came out: as its metadata say, else the first of the month of its id."""
    if paper is not None and paper.published_at is not None:
        return paper.published_at.date()
    year, _, month = month_of(paper_id).partition("-")
    return date(int(year), int(month), 1) if year.isdigit() and month.isdigit() else None
