"""The cursor of a harvest: how far it has come, appended page by page, so that a kill costs one page at most.

A page is noted before its rows are stored. Killed in between, the same page is asked for again, and what the note calls
new stays new, although its rows may be stored by then.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from shared.store.files import DataFolder, whole_lines


@dataclass(frozen=True)
class Plan:
    """What a harvest asks for. Days are OAI datestamps; no `until_date` means until now and counts as progress."""

    from_date: date
    until_date: date | None = None
    categories: tuple[str, ...] = ()
    limit: int | None = None


@dataclass(frozen=True)
class PageNote:
    """A page whose rows are about to be stored, and the request that comes after it; None after the last."""

    set_index: int
    next_token: str | None
    new: tuple[str, ...] = ()
    revised: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()
    newest: str = ""


@dataclass
class Cursor:
    """A harvest under way. Ids keep the order in which they came; `token` None is the start of the set."""

    run_id: str
    plan: Plan
    started_at: datetime
    set_index: int = 0
    token: str | None = None
    new: dict[str, None] = field(default_factory=dict)
    revised: dict[str, None] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)
    withdrawn: set[str] = field(default_factory=set)
    newest: date | None = None
    restarts: int = 0

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
        self.new.update(dict.fromkeys(page.new))
        self.revised.update(dict.fromkeys(page.revised))
        self.withdrawn.update(page.withdrawn)
        self.known.update(page.known)
        newest = date.fromisoformat(page.newest) if page.newest else None
        self.newest = max(filter(None, (self.newest, newest)), default=None)

    def advance(self, page: PageNote) -> None:
        """Go to the request after a page."""
        self.token = page.next_token
        self.set_index = page.set_index + (page.next_token is None)

    def restart_set(self) -> None:
        """Begin the set again, because its token has expired; what was counted stays counted."""
        self.token = None
        self.restarts += 1


class CursorStore:
    """`state/fetcher/cursors/<run_id>.jsonl`, one file for each unfinished run."""

    def __init__(self, data: DataFolder) -> None:
        self._data = data
        self._folder = data.path("state", "fetcher", "cursors")

    def begin(self, cursor: Cursor) -> None:
        plan = {name: _plain(value) for name, value in asdict(cursor.plan).items()}
        head = {"run_id": cursor.run_id, "started_at": cursor.started_at.isoformat(), "plan": plan}
        self._data.append_lines(self._path(cursor.run_id), json.dumps(head) + "\n")

    def note(self, cursor: Cursor, page: PageNote) -> None:
        """Write a page down before its rows are stored."""
        self._data.append_lines(self._path(cursor.run_id), json.dumps({"page": asdict(page)}) + "\n")

    def stored(self, cursor: Cursor) -> None:
        """Write down that the rows of the last noted page are stored."""
        self._data.append_lines(self._path(cursor.run_id), '{"stored": true}\n')

    def end(self, cursor: Cursor) -> None:
        self._path(cursor.run_id).unlink(missing_ok=True)

    def open_cursors(self) -> list[Cursor]:
        """Every unfinished harvest, oldest first."""
        found = (_read(path) for path in sorted(self._folder.glob("*.jsonl")))
        return [cursor for cursor in found if cursor is not None]

    def _path(self, run_id: str) -> Path:
        return self._folder / f"{run_id}.jsonl"


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _read(path: Path) -> Cursor | None:
    lines = [json.loads(line) for line in whole_lines(path).splitlines()]
    if not lines:
        return None
    head, *rest = lines
    cursor = Cursor(head["run_id"], _plan(head["plan"]), datetime.fromisoformat(head["started_at"]))
    page: PageNote | None = None
    for line in rest:
        if "page" in line:
            page = _page(line["page"])
            cursor.noting(page)
        elif page is not None:
            cursor.advance(page)
    return cursor


def _plan(content: dict[str, Any]) -> Plan:
    until = content["until_date"]
    return Plan(
        from_date=date.fromisoformat(content["from_date"]),
        until_date=date.fromisoformat(until) if until else None,
        categories=tuple(content["categories"]),
        limit=content["limit"],
    )


def _page(content: dict[str, Any]) -> PageNote:
    lists = {name: tuple(content[name]) for name in ("new", "revised", "known", "withdrawn")}
    return PageNote(**{**content, **lists})
