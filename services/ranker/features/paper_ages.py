"""How old papers are as of a moment: when they were rated, for learning; when they compete, for scoring. Pure."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from services.ranker.learning.similarity import Array
from shared.store.papers.metadata import Paper


def days_between(published: Sequence[datetime | None], moments: Sequence[datetime]) -> Array:
    """How many days each paper was out at each moment; NaN where that is not known."""
    pairs = zip(published, moments, strict=True)
    return np.array([np.nan if at is None else (then - at).total_seconds() / 86_400 for at, then in pairs])


def ages(papers: Sequence[Paper | None], moment: datetime) -> Array:
    """How many days papers were out at a moment; NaN where that is not known."""
    return days_between([paper.published_at if paper else None for paper in papers], [moment] * len(papers))
