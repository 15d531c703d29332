"""Readings under way, in `state/agent.sqlite`: LangGraph's checkpoints and the answers that were paid for.

A reading that was killed goes on where it stood. The file holds only readings that are not finished: they are pruned
when their summary is stored, those of papers that failed after some days. A file that cannot be used is set aside and
made anew. One connection has a file to itself, for SQLite before 3.51.3 can corrupt a write-ahead log that two write
(https://sqlite.org/wal.html, on the WAL-reset bug); a second process on the folder takes a file of its own.
"""

import asyncio
import contextlib
import logging
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from shared.errors import TemporaryFailure
from shared.leases.choice import of_this_machine
from shared.store.files.data_folder import DataFolder
from shared.store.papers.summaries import Usage

log = logging.getLogger(__name__)

KEPT_DAYS = 14.0
_APPLICATION_ID = 0x70617073
_NAME = "agent.sqlite"
_BUSY_SECONDS = 0.2
_MOST_PROCESSES = 16
_FULL_SECONDS = 60.0
_SCHEMA = f"""
CREATE TABLE IF NOT EXISTS answers (
    key TEXT PRIMARY KEY, thread_id TEXT NOT NULL, text TEXT NOT NULL, usage TEXT NOT NULL, put_at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS readings (thread_id TEXT PRIMARY KEY, begun_at REAL NOT NULL);
CREATE INDEX IF NOT EXISTS answers_of_a_reading ON answers (thread_id);
PRAGMA application_id = {_APPLICATION_ID};
"""

_reading: ContextVar[str] = ContextVar("reading", default="")


class Runs:
    """The file of readings under way. Raises TemporaryFailure where it cannot be used now."""

    def __init__(self, data: DataFolder, clock: Callable[[], float] = time.time) -> None:
        self._data = data
        self._clock = clock
        self._name = Path(of_this_machine(_NAME))
        self._path = data.path("state", str(self._name))
        self._connection: Any = None
        self._saver: Any = None
        self._opening = asyncio.Lock()

    @property
    def saver(self) -> Any:
        """LangGraph's checkpointer over the file; `open` comes first."""
        if self._saver is None:
            raise TemporaryFailure("The file of readings under way is not open yet.")
        return self._saver

    async def open(self) -> None:
        """Open the file, or a new one in place of one that cannot be used; what is older than some days is pruned."""
        async with self._opening:
            if self._saver is None:
                await self._open_first_free()

    async def close(self) -> None:
        connection, self._connection, self._saver = self._connection, None, None
        if connection is not None:
            await connection.close()

    @contextlib.asynccontextmanager
    async def reading(self, thread_id: str) -> AsyncIterator[None]:
        """While a paper is read: its answers are noted as its own, and trouble with the file is told as what it is."""
        self._data.check_space()
        token, saver = _reading.set(thread_id), self.saver
        try:
            with _as_failure(self._path):
                await self._execute("INSERT OR IGNORE INTO readings VALUES (?, ?)", thread_id, self._clock())
                yield
        except BrokenFile:
            await self._replace(saver)
            raise
        finally:
            _reading.reset(token)

    async def forget(self, thread_id: str) -> None:
        """A reading is finished: nothing of it is needed any more."""
        with _as_failure(self._path):
            await self._delete([thread_id])

    async def get(self, key: str) -> str | None:
        """The text of an answer that was paid for; None where there is none."""
        rows = await self._execute("SELECT text FROM answers WHERE key = ?", key)
        return str(rows[0][0]) if rows else None

    async def put(self, key: str, text: str, usage: Usage) -> None:
        """Keep an answer, so that not even a power cut loses it."""
        row = (key, _reading.get(), text.encode("utf-8", "replace").decode(), usage.model_dump_json(), self._clock())
        await self._execute("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?)", *row, durable=True)

    async def _open_first_free(self) -> None:
        """The first of the files that no other process has."""
        for number in range(1, _MOST_PROCESSES + 1):
            name = self._name if number == 1 else self._name.with_stem(f"{self._name.stem}-{number}")
            self._path = self._data.path("state", str(name))
            with _as_failure(self._path):
                try:
                    await self._open()
                    return
                except sqlite3.OperationalError as error:
                    if number == _MOST_PROCESSES or "locked" not in str(error):
                        raise

    async def _open(self) -> None:
        await asyncio.to_thread(self._path.parent.mkdir, parents=True, exist_ok=True)
        if why := await asyncio.to_thread(why_unusable, self._path):
            await asyncio.to_thread(set_aside, self._path, why, self._clock())
        import aiosqlite
        from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
        from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

        connection = await aiosqlite.connect(self._path, timeout=_BUSY_SECONDS)
        try:
            await connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            strict = JsonPlusSerializer(pickle_fallback=False, allowed_json_modules=None, allowed_msgpack_modules=None)
            saver = AsyncSqliteSaver(connection, serde=strict)
            await saver.setup()
            await connection.executescript(_SCHEMA)
            await connection.execute("PRAGMA synchronous = NORMAL")
            self._connection = connection
            await self._prune(saver)
        except BaseException:
            self._connection = self._saver = None
            await connection.close()
            raise

    async def _prune(self, saver: Any) -> None:
        """Readings that came to nothing, and answers of none."""
        self._saver, oldest = saver, self._clock() - KEPT_DAYS * 86_400
        rows = await self._execute("SELECT thread_id FROM readings WHERE begun_at < ?", oldest)
        await self._delete([str(row[0]) for row in rows])
        await self._execute("DELETE FROM answers WHERE put_at < ?", oldest)

    async def _delete(self, thread_ids: list[str]) -> None:
        tables = ("checkpoints", "writes", "answers", "readings")
        statements = [f"DELETE FROM {table} WHERE thread_id = ?" for table in tables]  # noqa: S608 - our own names
        await self._transaction([(statement, (name,)) for name in thread_ids for statement in statements])

    async def _execute(self, statement: str, *values: object, durable: bool = False) -> list[Any]:
        return await self._transaction([(statement, values)], durable=durable)

    async def _transaction(self, statements: list[tuple[str, tuple[Any, ...]]], *, durable: bool = False) -> list[Any]:
        """Statements on the connection that the checkpointer uses too, in their turn; the rows of the last one.

        A checkpoint that a power cut takes back costs a step; `durable` is for what was paid for.
        """
        rows: list[Any] = []
        async with self.saver.lock:
            if durable:
                await self._connection.execute("PRAGMA synchronous = FULL")
            try:
                for statement, values in statements:
                    async with self._connection.execute(statement, values) as cursor:
                        rows = list(await cursor.fetchall())
                await self._connection.commit()
            except BaseException:
                await self._connection.rollback()
                raise
            finally:
                if durable:
                    await self._connection.execute("PRAGMA synchronous = NORMAL")
        return rows

    async def _replace(self, broken: Any) -> None:
        """A file that broke under our hands makes place for a new one, once for all who read it."""
        async with self._opening:
            if self._saver is not broken:
                return
            with contextlib.suppress(sqlite3.Error, ValueError):
                await self.close()
            self._connection = self._saver = None
            await asyncio.to_thread(set_aside, self._path, "it became unreadable", self._clock())
        await self.open()


class BrokenFile(TemporaryFailure):
    """The file of readings cannot be read any more; the next try has a new one."""


def why_unusable(path: Path) -> str | None:
    """Why a file cannot hold readings; None where it can, or where there is none."""
    if not path.exists() or path.stat().st_size == 0:
        return None
    try:
        with contextlib.closing(sqlite3.connect(path, timeout=_BUSY_SECONDS)) as connection:
            application = connection.execute("PRAGMA application_id").fetchone()[0]
            if application != _APPLICATION_ID:
                return "it is a database of something else"
            verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            return None if verdict == "ok" else str(verdict)
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError as error:
        return str(error)


def set_aside(path: Path, why: str, moment: float) -> None:
    """Keep a file that cannot be used under another name, beside where it stood; without what belongs to it."""
    aside = path.with_name(f"{path.stem}-unreadable-{int(moment)}{path.suffix}")
    path.replace(aside)
    for suffix in ("-journal", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    text = "%s cannot be used (%s): it is kept as %s, and readings under way begin anew."
    log.error(text, path, why, aside.name, extra={"action": "agent_state_set_aside"})


@contextlib.contextmanager
def _as_failure(path: Path) -> Iterator[None]:
    """What SQLite raises, in the words of delivery."""
    try:
        yield
    except sqlite3.OperationalError as error:
        text = f"{path} cannot be written now ({error}); free some space, or see that nothing else has it open."
        raise TemporaryFailure(text, retry_in_seconds=_FULL_SECONDS) from error
    except sqlite3.DatabaseError as error:
        raise BrokenFile(f"{path} cannot be read ({error}).", retry_in_seconds=1.0) from error
