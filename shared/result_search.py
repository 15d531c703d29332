"""Results looked up by what they measure. Pure: of records, those that a question fits, in an order to compare them."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from shared.store.papers.results import PaperResults, Result, ResultTable


@dataclass(frozen=True)
class ResultQuestion:
    """What is looked for: words that task, data set and metric have to contain; empty ones fit all.

    Only numbers with a metric are found, unless `everything`; with `own_only`, those of the papers' own methods.
    """

    task: str = ""
    dataset: str = ""
    metric: str = ""
    paper_id: str = ""
    own_only: bool = False
    everything: bool = False

    @property
    def is_empty(self) -> bool:
        return not (self.task or self.dataset or self.metric or self.paper_id)


class FoundResult(NamedTuple):
    """A number, and the paper and table it stands in."""

    paper_id: str
    version: int
    table: ResultTable
    result: Result


class Series(NamedTuple):
    """What can be compared: one task, data set, metric and split."""

    task: str
    dataset: str
    metric: str
    split: str


def series_of(result: Result) -> Series:
    return Series(result.task, result.dataset, result.metric, result.split)


def find_results(records: Iterable[PaperResults], question: ResultQuestion) -> list[FoundResult]:
    """The results that fit: what can be compared together, the largest such group first, in it the best value first."""
    found = [one for record in records for one in _of_record(record, question)]
    sizes = Counter(series_of(one.result) for one in found)
    return sorted(found, key=lambda one: (-sizes[series_of(one.result)], series_of(one.result), *_best_first(one)))


def fits(result: Result, question: ResultQuestion) -> bool:
    """Whether a number is asked for; a metric or data set that is exactly so named fits, or one that has the words."""
    if not (result.metric or question.everything) or (question.own_only and not result.is_own):
        return False
    asked = ((question.task, result.task), (question.dataset, result.dataset), (question.metric, result.metric))
    return all(_has_words(text, wanted) for wanted, text in asked)


def number_of(result: Result) -> Decimal | None:
    """A result as a number to be compared or drawn; None where it is a multiple, as in `100 K`."""
    try:
        return None if result.unit in ("K", "k", "M", "B", "G", "T") else Decimal(result.value)
    except InvalidOperation:
        return None


def choices(records: Iterable[PaperResults]) -> dict[str, list[str]]:
    """The tasks, data sets and metrics that there are, those of most papers first."""
    counts: dict[str, Counter[str]] = {"task": Counter(), "dataset": Counter(), "metric": Counter()}
    for record in records:
        named = [result for _, result in record.all() if result.metric]
        for name, counter in counts.items():
            counter.update({value for result in named if (value := getattr(result, name))})
    return {name: [value for value, _ in counter.most_common()] for name, counter in counts.items()}


def _of_record(record: PaperResults, question: ResultQuestion) -> Iterator[FoundResult]:
    if question.paper_id and record.paper_id != question.paper_id:
        return
    for table, result in record.all():
        if fits(result, question):
            yield FoundResult(record.paper_id, record.version, table, result)


def _has_words(text: str, wanted: str) -> bool:
    folded = text.casefold()
    return all(word in folded for word in wanted.casefold().split())


def _best_first(one: FoundResult) -> tuple[Decimal, str, int]:
    number = number_of(one.result)
    value = Decimal(0) if number is None else number
    return (value if one.result.better == "lower" else -value, one.paper_id, one.result.start or 0)
