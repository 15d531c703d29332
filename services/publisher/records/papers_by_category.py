"""Which summarised papers each category has. A month is gone through again only when its file or its papers changed."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from shared.paper_ids import month_of
from shared.store.papers.metadata import MetadataStore
from shared.store.papers.summaries import SummaryStore


class _Month(NamedTuple):
    """The categories of some papers of a month, as they are in its file at that `stamp`."""

    stamp: str
    paper_ids: list[str]
    categories: Mapping[str, tuple[str, ...]]


class PapersByCategory:
    """Asked under a lock: keeps what it read."""

    def __init__(self, metadata: MetadataStore, summaries: SummaryStore) -> None:
        self._metadata = metadata
        self._summaries = summaries
        self._months: dict[str, _Month] = {}
        self._stamp = ("", "")
        self._papers: dict[str, list[str]] = {}

    def current(self) -> Mapping[str, list[str]]:
        """Ids of summarised papers by category, each in all of its categories."""
        stamp = (self._summaries.fingerprint(), self._metadata.fingerprint())
        if stamp != self._stamp:
            self._papers = self._by_category()
            self._stamp = stamp
        return self._papers

    def _by_category(self) -> dict[str, list[str]]:
        stamps, papers = self._metadata.stamps(), dict[str, list[str]]()
        for month_name, paper_ids in _by_month(self._summaries.ids()).items():
            month = self._months.get(month_name)
            if month is None or (month.stamp, month.paper_ids) != (stamps.get(month_name, ""), paper_ids):
                stored = self._metadata.get(paper_ids)
                categories = {paper_id: tuple(dict.fromkeys(paper.categories)) for paper_id, paper in stored.items()}
                month = self._months[month_name] = _Month(stamps.get(month_name, ""), paper_ids, categories)
            for paper_id, names in month.categories.items():
                for name in names:
                    papers.setdefault(name, []).append(paper_id)
        return papers


def _by_month(paper_ids: Iterable[str]) -> dict[str, list[str]]:
    months: dict[str, list[str]] = {}
    for paper_id in paper_ids:
        months.setdefault(month_of(paper_id), []).append(paper_id)
    return months
