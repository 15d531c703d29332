"""Which papers pass the filters of a search, as numbers that stand for their ids."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from services.ranker.search.index.paper_documents import Numbers, numbers_of
from services.ranker.search.query.filters import Filters


@dataclass(frozen=True)
class PassingPapers:
    """About how many papers pass; `numbers` are theirs or, `are_others`, those of the others: whichever are fewer.

    `never` pass, whatever is listed.
    """

    count: int
    list_numbers: Callable[[], Numbers]
    are_others: bool = False
    never: frozenset[str] = frozenset()

    def numbers(self) -> Numbers:
        """Takes a third of a microsecond a paper, once for each list. Raises what `KeywordIndex` raises."""
        listed = self.list_numbers()
        if not self.never:
            return listed
        never = numbers_of(sorted(self.never))
        return np.concatenate([listed, never]) if self.are_others else np.setdiff1d(listed, never)


def passing_by_name(filters: Filters) -> PassingPapers:
    """Those that pass filters that only name papers."""
    if filters.only is None:
        return PassingPapers(0, lambda: numbers_of(()), are_others=True, never=filters.never)
    wanted = sorted(filters.only - filters.never)
    return PassingPapers(len(wanted), lambda: numbers_of(wanted))
