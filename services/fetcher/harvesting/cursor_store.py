"""The cursor of a harvest in files, appended page by page, so that a kill costs one page at most.

Beside it lie the rows of its pages, until some pages' worth is flushed into the store. Rows are written first, then the
note of the page, which says how many bytes of rows count: killed in between, the rows are cut off and the page is asked
for again. Flushing a second time changes nothing.
"""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

from services.fetcher.arxiv.oai import UnreadableRecord
from services.fetcher.harvesting.cursor import Cursor, FailedList, HarvestPlan, PageNote
from shared.store.files.data_folder import DataFolder, whole_lines
from shared.store.papers.rows import cut_rows

log = logging.getLogger(__name__)


class CursorStore:
    """`state/fetcher/cursors/<run_id>.jsonl`, one file for each unfinished run, and its `<run_id>.rows.csv`."""

    def __init__(self, data: DataFolder, folder: tuple[str, ...] = ()) -> None:
        """`folder` is that of another server, below `state/fetcher`."""
        self._data = data
        self._folder = data.path("state", "fetcher", *folder, "cursors")

    def begin(self, cursor: Cursor) -> None:
        plan = {name: _plain(value) for name, value in asdict(cursor.plan).items()}
        head: dict[str, object] = {"run_id": cursor.run_id, "started_at": cursor.started_at.isoformat(), "plan": plan}
        head["current_from"] = _plain(cursor.current_from)
        self._append(cursor.run_id, head)

    def begin_once(self, cursor: Cursor) -> None:
        """As `begin`, but a second time it does nothing."""
        if not self._path(cursor.run_id).exists():
            self.begin(cursor)

    def note(self, cursor: Cursor, page: PageNote, rows: Mapping[str, bytes]) -> None:
        """Keep a page's rows and write it down: from here on it counts as read."""
        content = b"".join(rows.values())
        self._data.append_at(self._rows_path(cursor.run_id), cursor.pending_bytes, content)
        end = cursor.pending_bytes + len(content)
        self._append(cursor.run_id, {"page": asdict(page), "rows_end": end})
        cursor.pending_bytes = end
        cursor.pending.update(rows)

    def flushed(self, cursor: Cursor) -> None:
        """Write down that all rows are in the store, and let them go."""
        self._append(cursor.run_id, {"flushed": True})
        cursor.pending_bytes = 0
        cursor.pending.clear()
        self._rows_path(cursor.run_id).unlink(missing_ok=True)

    def failed(self, cursor: Cursor, failed: FailedList) -> None:
        """Write down that the present list is left."""
        self._append(cursor.run_id, {"failed": asdict(failed)})
        cursor.fail(failed)

    def give_away(self, cursor: Cursor, paper_ids: Sequence[str]) -> None:
        """Write down that another harvest announces these papers."""
        self._append(cursor.run_id, {"given_away": list(paper_ids)})
        cursor.give_away(paper_ids)

    def load_pending(self, cursor: Cursor) -> None:
        """Read the rows of a cursor that was read from its file."""
        if cursor.pending_bytes:
            with self._rows_path(cursor.run_id).open("rb") as file:
                cursor.pending.update(cut_rows(file.read(cursor.pending_bytes)))

    def end(self, cursor: Cursor) -> None:
        self._rows_path(cursor.run_id).unlink(missing_ok=True)
        self._path(cursor.run_id).unlink(missing_ok=True)

    def open_cursors(self) -> list[Cursor]:
        """Every unfinished harvest, oldest first."""
        cursors = (self._read(path) for path in sorted(self._folder.glob("*.jsonl")))
        return [cursor for cursor in cursors if cursor is not None]

    def _read(self, path: Path) -> Cursor | None:
        """One that cannot be read is set aside: it must not keep every harvest from starting."""
        try:
            return _read(path)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            log.error("The cursor %s cannot be read (%s).", path.name, error, extra={"action": "cursor_unreadable"})
            path.replace(path.with_suffix(".unreadable"))
            return None

    def _append(self, run_id: str, content: object) -> None:
        self._data.append_lines(self._path(run_id), json.dumps(content) + "\n")

    def _path(self, run_id: str) -> Path:
        return self._folder / f"{run_id}.jsonl"

    def _rows_path(self, run_id: str) -> Path:
        return self._folder / f"{run_id}.rows.csv"


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _read(path: Path) -> Cursor | None:
    lines = [json.loads(line) for line in whole_lines(path).splitlines()]
    if not lines:
        return None
    head, *rest = lines
    cursor = Cursor(head["run_id"], _plan(head["plan"]), datetime.fromisoformat(head["started_at"]))
    since = head.get("current_from")
    cursor.current_from = date.fromisoformat(since) if since else None
    for line in rest:
        _go_on(cursor, line)
    return cursor


def _go_on(cursor: Cursor, line: dict[str, Any]) -> None:
    if "flushed" in line or "folded" in line:  # as earlier versions said
        cursor.pending_bytes = 0
    elif "failed" in line:
        cursor.fail(FailedList(**line["failed"]))
    elif "given_away" in line:
        cursor.give_away(line["given_away"])
    else:
        page = _page(line["page"])
        cursor.count_page(page)
        cursor.advance(page)
        cursor.pending_bytes = line["rows_end"]


def _plan(content: dict[str, Any]) -> HarvestPlan:
    until = content["until_date"]
    return HarvestPlan(
        from_date=date.fromisoformat(content["from_date"]),
        until_date=date.fromisoformat(until) if until else None,
        categories=tuple(content["categories"]),
        limit=content["limit"],
        ids=tuple(content.get("ids", ())),
    )


def _page(content: dict[str, Any]) -> PageNote:
    lists = {name: tuple(content.get(name, ())) for name in ("new", "revised", "known", "withdrawn", "cross_ids")}
    unreadable = tuple(UnreadableRecord(**record) for record in content.get("unreadable", ()))
    return PageNote(**{**content, **lists, "unreadable": unreadable})
