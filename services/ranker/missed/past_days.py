"""Past days whose picks are made again with something added to the scores that are recorded. Pure.

Only picks by score are made again: those drawn at random would differ for no reason.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import get_args

import numpy as np

from services.ranker.interests.directions import adjusted_scores
from services.ranker.learning.similarity import Array
from services.ranker.replay.days import RecordedDay
from services.ranker.selection.candidates import contender
from services.ranker.selection.picking import Quota, select_papers
from services.ranker.settings import RankerSettings
from shared.contracts import Exclusion
from shared.store.selections import Candidate
from shared.store.vectors.embeddings import Vectors

_EXCLUSIONS: tuple[str, ...] = get_args(Exclusion)
_DRAWN = frozenset({"explore", "audit"})


class PastDay:
    """One selection; `ids[i]` has the vector `matrix[i]`. Candidates without vector or score are left out."""

    def __init__(self, recorded: RecordedDay, vectors: Vectors, settings: RankerSettings) -> None:
        by_id = {one.paper_id: one for one in recorded.candidates if one.score is not None}
        rows = [row for row, name in enumerate(vectors.ids) if name in by_id]
        self.recorded = recorded
        self.ids = [vectors.ids[row] for row in rows]
        self.matrix = vectors.matrix[rows]
        self._candidates = [by_id[name] for name in self.ids]
        self._scores = np.array([one.score for one in self._candidates], dtype=np.float64)
        by_score = sum(one.outcome == "picked" and one.slot not in _DRAWN for one in self._candidates)
        self._quota = Quota(max(by_score, 1), 0, settings.duplicate_cosine, settings.diversity, settings.threshold)

    @cached_property
    def picks(self) -> frozenset[str]:
        """As the day stands."""
        return self._selected(self._scores)

    def picks_with(self, added: Array) -> frozenset[str]:
        """With something added to the logit of each score."""
        return self._selected(adjusted_scores(self._scores, added)) if added.any() else self.picks

    @property
    def open_ids(self) -> list[str]:
        """Those that could have been picked by score and were not."""
        shown = [one.outcome in _EXCLUSIONS or one.paper_id in self.picks for one in self._candidates]
        return [name for name, is_shown in zip(self.ids, shown, strict=True) if not is_shown]

    def _selected(self, scores: Array) -> frozenset[str]:
        contenders = [
            contender(one.paper_id, score, _exclusion_of(one), one.slot == "revised", one.probability)
            for one, score in zip(self._candidates, scores.tolist(), strict=True)
        ]
        ranked = select_papers(contenders, self.matrix, self._quota, "")
        return frozenset(paper.paper_id for paper in ranked if paper.outcome == "picked")


def newest_days(recorded: Iterable[RecordedDay], most: int) -> list[RecordedDay]:
    """Of days, oldest first, the newest that have at most so many candidates together; at least one."""
    kept, count = deque[RecordedDay](), 0
    for day in recorded:
        kept.append(day)
        count += len(day.candidates)
        while count > most and len(kept) > 1:
            count -= len(kept.popleft().candidates)
    return list(kept)


def past_days(recorded: Sequence[RecordedDay], vectors: dict[str, Vectors], settings: RankerSettings) -> list[PastDay]:
    """Days with at least two papers that have a vector; `vectors` by run."""
    days = [PastDay(one, vectors[one.run_id], settings) for one in recorded]
    return [day for day in days if len(day.ids) > 1]


def _exclusion_of(candidate: Candidate) -> Exclusion | None:
    if candidate.outcome in _EXCLUSIONS:
        return candidate.outcome  # type: ignore[return-value]
    return "already_read" if candidate.slot == "revised" else None
