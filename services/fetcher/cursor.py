"""The cursor of a harvest: how far it has come, appended page by page, so that a kill costs one page at most.

Beside it lie the rows of its pages, until some pages' worth is folded into the store. Rows are written first, then the
note of the page, which says how many bytes of rows count: killed in between, the rows are cut off and the page is asked
for again. Folding a second time changes nothing.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from shared.store.files import DataFolder, whole_lines
from shared.store.paper_rows import cut_rows


@dataclass(frozen=True)
class Plan:
    """What a harvest asks for. Days are OAI datestamps; no `until_date` means until now and counts as progress.

    With `ids` it asks for these papers one by one; the rest then only says where they were missed.
    """

    from_date: date
    until_date: date | None = None
    categories: tuple[str, ...] = ()
    limit: int | None = None
    ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class PageNote:
    """A page, and the token of the request that comes after it; None after the last."""

    set_index: int
    next_token: str | None
    new: tuple[str, ...] = ()
    revised: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()
    newest: str = ""
    cross: int = 0
    days: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Cursor:
    """A harvest under way. Ids keep the order in which they came, each with the day of its announcement where that is
    known; `token` None is the start of the set. Papers of days before `current_from` are a backfill.
    """

    run_id: str
    plan: Plan
    started_at: datetime
    set_index: int = 0
    token: str | None = None
    current_from: date | None = None
    new: dict[str, str] = field(default_factory=dict)
    revised: dict[str, str] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)
    withdrawn: set[str] = field(default_factory=set)
    newest: date | None = None
    set_newest: date | None = None
    cross: int = 0
    restarts: int = 0
    days_earlier: int = 0
    pending_bytes: int = 0
    pending: dict[str, bytes] = field(default_factory=dict)

    @property
    def seen(self) -> int:
        """Papers that this run has counted."""
        return len(self.new) + len(self.revised) + len(self.known)

    def first_sight(self, ids: Iterable[str]) -> tuple[str, ...]:
        """Those that this run has not counted yet."""
        counted = (self.new, self.revised, self.known)
        return tuple(paper_id for paper_id in ids if not any(paper_id in group for group in counted))

    def noting(self, page: PageNote) -> None:
        """Count a page; the position stays before it until `advance`."""
        self.new.update((paper_id, page.days.get(paper_id, "")) for paper_id in page.new)
        self.revised.update((paper_id, page.days.get(paper_id, "")) for paper_id in page.revised)
        self.withdrawn.update(page.withdrawn)
        self.known.update(page.known)
        self.cross += page.cross
        newest = date.fromisoformat(page.newest) if page.newest else None
        self.newest = max(filter(None, (self.newest, newest)), default=None)

    def advance(self, page: PageNote) -> None:
        """Go to the request after a page."""
        self.turn(page.next_token, date.fromisoformat(page.newest) if page.newest else None)
        if page.new or page.revised or page.known:
            self.restarts = 0

    def turn(self, next_token: str | None, newest: date | None) -> None:
        """Go to the next page, or set, after a page whose newest record is of that day."""
        self.token = next_token
        self.set_index += next_token is None
        self.set_newest = max(filter(None, (self.set_newest, newest)), default=None) if next_token else None
        self.days_earlier = 0

    def restart_set(self) -> None:
        """Go on without the token, which has expired: lists are in order of their days, so all days before the newest
        one of the set are whole, and the list begins again at that one. What was counted stays counted."""
        self.token = None
        self.restarts += 1

    def ask_earlier(self) -> None:
        """Begin the set a day earlier: a request that arXiv has not kept an answer to."""
        self.days_earlier += 1

    @property
    def from_date(self) -> date:
        """The first day of the present set that may not be whole."""
        return max(self.plan.from_date, self.set_newest or self.plan.from_date) - timedelta(days=self.days_earlier)


class CursorStore:
    """`state/fetcher/cursors/<run_id>.jsonl`, one file for each unfinished run, and its `<run_id>.rows.csv`."""

    def __init__(self, data: DataFolder) -> None:
        self._data = data
        self._folder = data.path("state", "fetcher", "cursors")

    def begin(self, cursor: Cursor) -> None:
        plan = {name: _plain(value) for name, value in asdict(cursor.plan).items()}
        head: dict[str, object] = {"run_id": cursor.run_id, "started_at": cursor.started_at.isoformat(), "plan": plan}
        head["current_from"] = _plain(cursor.current_from)
        self._append(cursor.run_id, head)

    def note(self, cursor: Cursor, page: PageNote, rows: Mapping[str, bytes]) -> None:
        """Keep a page's rows and write it down: from here on it counts as read."""
        content = b"".join(rows.values())
        self._data.append_at(self._rows_path(cursor.run_id), cursor.pending_bytes, content)
        end = cursor.pending_bytes + len(content)
        self._append(cursor.run_id, {"page": asdict(page), "rows_end": end})
        cursor.pending_bytes = end
        cursor.pending.update(rows)

    def folded(self, cursor: Cursor) -> None:
        """Write down that all rows are in the store, and let them go."""
        self._append(cursor.run_id, {"folded": True})
        cursor.pending_bytes = 0
        cursor.pending.clear()
        self._rows_path(cursor.run_id).unlink(missing_ok=True)

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
        found = (_read(path) for path in sorted(self._folder.glob("*.jsonl")))
        return [cursor for cursor in found if cursor is not None]

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
        if "folded" in line:
            cursor.pending_bytes = 0
        else:
            page = _page(line["page"])
            cursor.noting(page)
            cursor.advance(page)
            cursor.pending_bytes = line["rows_end"]
    return cursor


def _plan(content: dict[str, Any]) -> Plan:
    until = content["until_date"]
    return Plan(
        from_date=date.fromisoformat(content["from_date"]),
        until_date=date.fromisoformat(until) if until else None,
        categories=tuple(content["categories"]),
        limit=content["limit"],
        ids=tuple(content.get("ids", ())),
    )


def _page(content: dict[str, Any]) -> PageNote:
    lists = {name: tuple(content[name]) for name in ("new", "revised", "known", "withdrawn")}
    return PageNote(**{**content, **lists})
