"""Papers with several rows, such as one that was duplicated by hand: which is kept up to date, and what is said of it.

A row that its owner made is neither changed nor removed, unless it is the only one that is left.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.notion.connection import Notion
from shared.notion.properties import OPTIONS, Row, Schema
from shared.notion.queries import all_rows, is_removed, page_address, rows_of_papers
from shared.notion.row_files import LastLook, NotionFiles, WrittenRow

_OVERLAP = timedelta(minutes=2)
"""Notion's times are minutes, rounded down, and its clock is not ours."""
_LOOKED_UP_AT_ONCE = 100


@dataclass(frozen=True)
class Doubled:
    """A paper with several rows; the page `kept` is the one that is kept up to date."""

    paper_id: str
    kept: str
    others: tuple[Row, ...]

    def __str__(self) -> str:
        others = " and ".join(f"{page_address(row.page_id)}{_shown(row)}" for row in self.others)
        are = "is" if len(self.others) == 1 else "are"
        return (
            f"{self.paper_id} has {len(self.others) + 1} rows in Notion: {page_address(self.kept)} is kept up to date; "
            f"{others} {are} left alone, and a rating given there is not read. Move all but one to the trash: "
            "the one that is left is kept up to date then."
        )

    def as_dict(self) -> dict[str, object]:
        """For programs."""
        others = [{"page": page_address(row.page_id), "rating": row.rating} for row in self.others]
        return {"paper_id": self.paper_id, "kept": page_address(self.kept), "others": others}


def best(rows: Sequence[Row], bot_id: str) -> Row:
    """The row to keep where none is known: one that we made and its owner changed, one that we made, the oldest."""
    return min(rows, key=lambda row: (row.made_by != bot_id, row.edited_by == bot_id, row.created_at, row.page_id))


class Doubles:
    """Of one pass over one database."""

    def __init__(self, notion: Notion, files: NotionFiles, schema: Schema, begun: datetime) -> None:
        self._notion, self._files, self._schema, self._begun = notion, files, schema, begun
        self._rows: dict[str, list[Row]] = {}

    def notice(self, rows: Sequence[Row]) -> None:
        """Rows that were found for papers of which no page was known."""
        for row in rows:
            self._rows[row.paper_id] = [other for other in rows if other.paper_id == row.paper_id]

    async def look(self) -> list[str]:
        """Look at the rows that changed since the last look, and at the papers that had several.

        Returns the papers whose known row was removed while another is there, which is taken in its place, and those
        whose removed row is back.
        """
        last, known = self._files.last_look(), self._files.rows.all()
        if not known:
            return []
        since = None if last.looked_at is None else last.looked_at - _OVERLAP
        changed = all_rows(self._notion, self._schema, edited_since=since)
        asked = {*last.paper_ids, *[row.paper_id async for row in changed if _is_another(row, known)]}
        ids = sorted(asked & known.keys())
        for start in range(0, len(ids), _LOOKED_UP_AT_ONCE):
            self.notice(await rows_of_papers(self._notion, self._schema, ids[start : start + _LOOKED_UP_AT_ONCE]))
        return [paper_id for paper_id in ids if await self._is_replaced(known[paper_id])]

    async def _is_replaced(self, known: WrittenRow) -> bool:
        rows = self._rows.get(known.paper_id, [])
        if not rows or not known.page_id:
            return False
        if any(row.page_id == known.page_id for row in rows):
            page_id = known.page_id if known.is_removed else ""
        else:
            is_gone = known.is_removed or await is_removed(self._notion, known.page_id)
            page_id = min(rows, key=lambda row: (row.created_at, row.page_id)).page_id if is_gone else ""
        if page_id:
            self._files.rows.put(WrittenRow(paper_id=known.paper_id, page_id=page_id))
        return bool(page_id)

    def found(self) -> list[Doubled]:
        """The papers with several rows now; noted, so that the next look tells whether they still have.

        Not those that we made twice ourselves, because no answer came, while that is being settled.
        """
        known = self._files.rows.all()
        papers = [known[paper_id] for paper_id in sorted(self._rows.keys() & known.keys())]
        doubled = list(_doubled((row for row in papers if row.page_id and not row.sent_at), self._rows))
        noted = [*(each.paper_id for each in doubled), *(row.paper_id for row in papers if row.sent_at)]
        self._files.put_last_look(LastLook(looked_at=self._begun, paper_ids=tuple(noted)))
        return doubled


def _is_another(row: Row, known: Mapping[str, WrittenRow]) -> bool:
    """Whether a row is not the one that is kept up to date, although its paper has one."""
    there = known.get(row.paper_id)
    return there is not None and there.page_id != "" and (there.page_id != row.page_id or there.is_removed)


def _doubled(known: Iterator[WrittenRow], rows: Mapping[str, Sequence[Row]]) -> Iterator[Doubled]:
    for kept in known:
        others = tuple(row for row in rows[kept.paper_id] if row.page_id != kept.page_id)
        if others:
            yield Doubled(kept.paper_id, kept.page_id, others)


def _shown(row: Row) -> str:
    return f" (which shows {OPTIONS[row.rating]})" if row.rating else ""
