"""What the numbers of a table measure, by its headings and caption alone: task, data set, metric, split.

A name counts where one place says it and no other of the same rank says another: the heading over the number before
the outer ones, headings before the caption, the caption before the text. Where two could be meant, none is given.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from services.summarizer.results.datasets import Dataset, datasets_in, pairs_in, splits_in, tasks_in
from services.summarizer.results.headings import Number, ReadTable
from services.summarizer.results.metrics import (
    Metric,
    better_of,
    is_metric,
    is_quantity,
    metrics_in,
    without_metrics,
)
from shared.store.papers.results import Better


@dataclass(frozen=True)
class Names:
    """What a number measures; empty where that is not sure."""

    task: str = ""
    dataset: str = ""
    metric: str = ""
    split: str = ""
    better: Better = ""


@dataclass(frozen=True)
class PaperWords:
    """What a paper as a whole says: names that it calls data sets, by their folded form."""

    said: Mapping[str, str]


class TableNames:
    """The names of one table."""

    def __init__(self, read: ReadTable, words: PaperWords) -> None:
        self._read, self._words = read, words
        table = read.table
        self._caption, self._section = table.caption, table.section
        self._caption_metrics = metrics_in(table.caption)
        columns = [number.column for number in read.numbers]
        self._columns_name_metrics = any(metrics_in(text) for column in columns for text in column)
        self._quantities = any(is_quantity(column[-1]) for column in columns if column) or _has_several_units(read)
        self._rows_name_metrics = any(is_metric(text) for number in read.numbers for text in number.row)
        self._by_headings: dict[tuple[tuple[str, ...], tuple[str, ...]], Names] = {}

    def of(self, number: Number) -> Names:
        """The names of a number; all are empty where the metric is not known."""
        headings = number.row, number.column
        if headings not in self._by_headings:
            self._by_headings[headings] = self._names(number)
        return self._by_headings[headings]

    def _names(self, number: Number) -> Names:
        metric, headings = self._metric(number)
        if metric is None:
            return Names()
        dataset = self._dataset(number)
        task = self._task(number, dataset)
        return Names(task, dataset.name, metric.name, self._split(number), better_of(metric, *headings))

    def _metric(self, number: Number) -> tuple[Metric | None, tuple[str, ...]]:
        for text in reversed(number.column):
            found = metrics_in(text)
            if found:
                return (found[0], number.column) if len(found) == 1 else (None, ())
        if self._columns_name_metrics:
            return None, ()
        if number.column and is_quantity(number.column[-1]):
            return None, ()
        of_rows = [text for text in number.row if is_metric(text)]
        if of_rows:
            return (metrics_in(of_rows[0])[0], (of_rows[0],)) if len(of_rows) == 1 else (None, ())
        if len(self._caption_metrics) == 1 and not self._quantities and not self._rows_name_metrics:
            return self._caption_metrics[0], (self._caption,)
        return None, ()

    def _dataset(self, number: Number) -> Dataset:
        found = self._headed(number) or _only(datasets_in(self._caption)) or self._called(self._caption)
        if found is None:
            found = _only(datasets_in(self._section)) or self._of_sentences() or Dataset("")
        pairs = self._pairs(number)
        if found.task != "machine translation":
            return found
        return replace_name(found, f"{found.name} {pairs[0]}") if len(pairs) == 1 else Dataset("", found.task)

    def _headed(self, number: Number) -> Dataset | None:
        """A data set in the headings, the nearest first; one that the paper itself calls so counts too."""
        for text in (*reversed(number.column), *reversed(number.row)):
            known = datasets_in(text)
            if known:
                return self._more_exactly(_only(known))
            said = self._words.said.get(without_metrics(text).casefold())
            if said:
                return Dataset(said)
        return None

    def _more_exactly(self, dataset: Dataset | None) -> Dataset | None:
        """`SQuAD` over a column is what the caption calls `SQuAD 1.1`."""
        said = _only(datasets_in(self._caption))
        return said if dataset and said and said.name.startswith(f"{dataset.name} ") else dataset

    def _called(self, text: str) -> Dataset | None:
        """A name in a text that the paper calls a data set elsewhere, if it is the only one."""
        folded = f" {text.casefold()} "
        names = {name for key, name in self._words.said.items() if _has_word(folded, key)}
        return Dataset(names.pop()) if len(names) == 1 else None

    def _of_sentences(self) -> Dataset | None:
        """The data set that the sentences about the table name, if they name one alone."""
        found = {dataset for sentence in self._read.table.sentences for dataset in datasets_in(sentence)}
        return found.pop() if len(found) == 1 else None

    def _pairs(self, number: Number) -> Sequence[str]:
        for text in (*reversed(number.column), *reversed(number.row), self._caption):
            pairs = pairs_in(text)
            if pairs:
                return pairs
        return []

    def _task(self, number: Number, dataset: Dataset) -> str:
        if dataset.task:
            return dataset.task
        places = ([*reversed(number.column), *reversed(number.row)], [self._caption], [self._section])
        for texts in places:
            tasks = list(dict.fromkeys(task for text in texts for task in tasks_in(text)))
            if tasks:
                return tasks[0] if len(tasks) == 1 else ""
        tasks = list(dict.fromkeys(task for text in self._read.table.sentences for task in tasks_in(text)))
        return tasks[0] if len(tasks) == 1 else ""

    def _split(self, number: Number) -> str:
        for text in (*reversed(number.column), *reversed(number.row), self._caption):
            splits = splits_in(text)
            if splits:
                return splits[0] if len(splits) == 1 else ""
        return ""


def _has_several_units(read: ReadTable) -> bool:
    """Whether a table has per cent beside other numbers, so that they do not all measure one thing."""
    return len({number.value.unit for number in read.numbers}) > 1


def replace_name(dataset: Dataset, name: str) -> Dataset:
    return dataset._replace(name=name)


def named_columns(read: ReadTable, names: Sequence[Names]) -> list[int]:
    """The columns whose numbers have a metric."""
    return sorted({number.cell.column for number, name in zip(read.numbers, names, strict=True) if name.metric})


def merged(plain: Names, given: Names) -> Names:
    """Plain names, and what a model gave where they are empty."""
    metric, better = (plain.metric, plain.better) if plain.metric else (given.metric, given.better)
    return replace(
        plain, task=plain.task or given.task, dataset=plain.dataset or given.dataset, metric=metric, better=better
    )


def _only(found: Sequence[Dataset]) -> Dataset | None:
    return found[0] if len(found) == 1 else None


def _has_word(folded: str, word: str) -> bool:
    at = folded.find(word)
    while at >= 0:
        if not folded[at - 1].isalnum() and not folded[at + len(word)].isalnum():
            return True
        at = folded.find(word, at + 1)
    return False
