"""The results of all papers, kept until their files change: as they are, and the best own one of each paper."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from shared.result_search import FoundResult, Series, number_of, series_of
from shared.store.papers.results import PaperResults


@dataclass
class AllResults:
    """`best` has for what can be compared the best own result of each paper."""

    stamp: str | None = None
    records: list[PaperResults] = field(default_factory=list)
    best: dict[Series, list[FoundResult]] = field(default_factory=dict)

    def take(self, stamp: str, records: Iterable[PaperResults]) -> None:
        """Hold these records from now on."""
        self.records = [record for record in records if record.tables]
        self.best = {}
        for record in self.records:
            for series, one in best_own_results(record).items():
                self.best.setdefault(series, []).append(one)
        self.stamp = stamp


def best_own_results(record: PaperResults) -> dict[Series, FoundResult]:
    """The best own result of a paper for each task, data set and metric that are known, and split, known or not."""
    best: dict[Series, tuple[Decimal, FoundResult]] = {}
    for table, result in record.all():
        series, number = series_of(result), number_of(result)
        if number is None or not (result.is_own and result.better):
            continue
        if not (series.task and series.dataset and series.metric):
            continue
        rank = number if result.better == "higher" else -number
        if series not in best or rank > best[series][0]:
            best[series] = (rank, FoundResult(record.paper_id, record.version, table, result))
    return {series: one for series, (_, one) in best.items()}
