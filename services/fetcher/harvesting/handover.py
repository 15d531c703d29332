"""What other harvests have stored and not announced: whichever harvest ends first announces it, and only that one."""

from collections.abc import Sequence
from dataclasses import replace

from services.fetcher.harvesting.cursor import Cursor
from services.fetcher.harvesting.cursor_store import CursorStore
from services.fetcher.metadata.revisions import SortedPapers


class Unannounced:
    """The papers of unfinished harvests other than this one."""

    def __init__(self, cursors: CursorStore, others: Sequence[Cursor] = ()) -> None:
        self._cursors = cursors
        self._others = others

    def sorted_again(self, kinds: SortedPapers) -> SortedPapers:
        """Papers that are known only because an unfinished harvest has stored them are what they were to that one."""
        if not self._others:
            return kinds
        new = {paper_id for paper_id in (*kinds.known, *kinds.revised) if self._has("new", paper_id)}
        revised = {paper_id for paper_id in kinds.known if self._has("revised", paper_id)} - new
        return replace(
            kinds,
            new=(*kinds.new, *(paper_id for paper_id in (*kinds.known, *kinds.revised) if paper_id in new)),
            revised=(
                *(paper_id for paper_id in kinds.revised if paper_id not in new),
                *(paper_id for paper_id in kinds.known if paper_id in revised),
            ),
            known=tuple(paper_id for paper_id in kinds.known if paper_id not in new | revised),
        )

    def take_over(self, cursor: Cursor) -> None:
        """Tell the others what this harvest announces; to be called before its record is written."""
        for other in self._others:
            common = [
                paper_id
                for paper_id in (*cursor.new, *cursor.revised)
                if paper_id in other.new or paper_id in other.revised
            ]
            if common:
                self._cursors.give_away(other, common)

    def _has(self, group: str, paper_id: str) -> bool:
        return any(paper_id in getattr(other, group) for other in self._others)
