"""Which papers are recent: by the month in their id where that says enough, by their date of submission elsewhere."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from shared.paper_ids import month_of, year_of
from shared.store.papers.metadata import MetadataStore, Paper

_BEFORE_ARXIV = datetime(1990, 1, 1, tzinfo=UTC)
_HELD_DAYS = 31
"""A paper may get its id so long after it was submitted."""


@dataclass(frozen=True)
class Window:
    """Papers submitted from `oldest` on. Of months up to `month` they are `at_edge`; of later ones nearly all are."""

    oldest: datetime
    month: str
    at_edge: frozenset[str]

    @property
    def year(self) -> int:
        """No paper of the window has an id of an earlier year."""
        return (self.oldest - timedelta(days=_HELD_DAYS)).year

    def admits(self, paper_ids: Sequence[str]) -> NDArray[np.bool_]:
        """Which of some papers (by year) may belong to it; `has` says for sure."""
        if paper_ids and year_of(paper_ids[0]) > int(self.month[:4]):
            return np.ones(len(paper_ids), dtype=bool)
        return np.array([month_of(name) > self.month or name in self.at_edge for name in paper_ids], dtype=bool)

    def has(self, paper: Paper | None) -> bool:
        """Whether a paper belongs to it; withdrawn and unknown ones do not."""
        return paper is not None and not paper.withdrawn and _submitted(paper, self.oldest)


def window_of(metadata: MetadataStore, days: int) -> Window | None:
    """The papers first submitted at most `days` before the newest stored one; None where nothing is stored."""
    months = metadata.months()
    dates = (paper.published_at for paper in _papers(metadata, months[-1:]))
    newest = max((date for date in dates if date is not None), default=None)
    if newest is None:
        return None
    oldest = max(newest - timedelta(days=days), _BEFORE_ARXIV)
    first, last = (date.strftime("%Y-%m") for date in (oldest - timedelta(days=_HELD_DAYS), oldest))
    edge = _papers(metadata, [month for month in months if first <= month <= last])
    return Window(oldest, last, frozenset(paper.paper_id for paper in edge if _submitted(paper, oldest)))


def _papers(metadata: MetadataStore, months: Iterable[str]) -> Iterable[Paper]:
    return (paper for month in months for paper in metadata.month(month) if not paper.withdrawn)


def _submitted(paper: Paper, oldest: datetime) -> bool:
    return paper.published_at is not None and paper.published_at >= oldest
