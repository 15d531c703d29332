"""The words of all papers in SQLite FTS5: `state/search/words.sqlite`. Derived: it may be deleted at any time.

Texts are not kept, only which paper has which word where (a contentless table). A changed paper gets a new number and
its old number is no longer used; when many are, the index is rebuilt. No WAL, which SQLite before 3.51.3 can corrupt:
after a kill the rollback journal brings back the last whole batch. One writer at a time, by a lock of the data folder.

BM25: Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009. FTS5: https://sqlite.org/fts5.html
"""

import contextlib
import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from services.ranker.search.query.filter_query import IN_LIST, FilterQuery, last_number
from services.ranker.search.query.filters import Filters
from services.ranker.search.query.parsed_query import Term, any_of, category_words, with_archives
from services.ranker.search.query.planning import Planner
from services.ranker.search.scoring import best_among, best_matches, relevant
from shared.errors import PapersysError, PermanentFailure, TemporaryFailure
from shared.store.papers.metadata import Paper

SCHEMA = 1
TOKENIZER = "porter unicode61 remove_diacritics 2"
_TABLES = (
    "create table papers(number integer primary key, paper_id text not null unique, month text not null,"
    " day text not null, categories text not null, mark integer not null)",
    "create index papers_by_day on papers(day)",
    "create index papers_by_month on papers(month)",
    "create table months(month text primary key, stamp text not null)",
    f"create virtual table words using fts5(title, abstract, authors, categories, content='', tokenize='{TOKENIZER}')",
    f"pragma user_version = {SCHEMA}",
)
_CACHE_KIB = 64 * 1024
_BUSY_SECONDS = 20.0
_MOST_DEAD_SHARE = 0.25
_FEW_DEAD = 10_000
_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_PASSING = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_INTERRUPT,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_READONLY,
}


class Damaged(PapersysError):
    """The index cannot be used: it is damaged, or was made by another version."""


@dataclass(frozen=True)
class Entry:
    """A paper as it is indexed; `mark` changes whenever its row of metadata does."""

    paper: Paper
    month: str
    mark: int


class KeywordIndex:
    """One file through one connection, which threads take in turns. Nothing is opened before it is used.

    Every method raises Damaged, TemporaryFailure where the file cannot be had now, and PermanentFailure where the index
    is whole and what was asked is at fault.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._turn = threading.RLock()
        self._open: tuple[tuple[int, int], sqlite3.Connection] | None = None

    def count(self) -> int:
        """How many papers can be found."""
        with self._using() as connection:
            return int(connection.execute("select count(*) from papers").fetchone()[0])

    def stamps(self) -> dict[str, str]:
        """The stamp under which each month was last indexed in whole."""
        with self._using() as connection:
            return dict(connection.execute("select month, stamp from months"))

    def marks(self, month: str) -> dict[str, int]:
        """The marks of a month's papers."""
        with self._using() as connection:
            return dict(connection.execute("select paper_id, mark from papers where month = ?", (month,)))

    def months(self) -> set[str]:
        """The months that have a paper here."""
        with self._using() as connection:
            return {row[0] for row in connection.execute("select distinct month from papers")}

    def search(self, terms: tuple[Term, ...], filters: Filters, limit: int) -> list[str]:
        """Papers that have words of the terms, best first, within broad filters.

        Those that have only words which very many papers have may be left out.
        """
        with self._using() as connection:
            rows = FilterQuery(connection, filters).rows()
            expression = Planner(connection, last_number(connection), filters, rows).plan(terms)
            if not expression:
                return []
            return relevant(best_matches(connection, expression, filters, rows, limit))

    def search_among(self, terms: tuple[Term, ...], among: Sequence[str], limit: int) -> list[str]:
        """Those of some papers that have words of the terms, best first."""
        if not terms or not among:
            return []
        with self._using() as connection:
            listed = f"select number, paper_id from papers where paper_id {IN_LIST}"  # noqa: S608
            names = dict(connection.execute(listed, (json.dumps(among),)).fetchall())
            if not names:
                return []
            rows = min(names), max(names)
            sought = Planner(connection, last_number(connection), Filters(), rows).worth_reading(terms)
            matches = best_among(connection, any_of(sought), sorted(names), limit)
        return relevant([(names[number], score) for number, score in matches])

    def allowed(self, filters: Filters, most: int) -> list[str] | None:
        """The papers that pass the filters, newest first; None where there are more than `most`."""
        with self._using() as connection:
            query = FilterQuery(connection, filters)
            if last_number(connection) >= 4 * most and query.is_broad(most):
                return None
            newest = query.newest(most + 1 + len(filters.never))
        left = [paper_id for paper_id in newest if filters.lets_by_name(paper_id)]
        return left if len(left) <= most else None

    def newest(self, filters: Filters, limit: int) -> list[str]:
        """The papers that pass the filters, latest submitted first."""
        with self._using() as connection:
            newest = FilterQuery(connection, filters).newest(limit + len(filters.never))
        return [paper_id for paper_id in newest if filters.lets_by_name(paper_id)][:limit]

    def newest_day(self) -> str:
        """The latest day on which a paper was submitted; empty where none is known."""
        with self._using() as connection:
            return str(connection.execute("select coalesce(max(day), '') from papers").fetchone()[0])

    def matching(self, expression: str, since: date, most: int) -> list[str]:
        """The papers submitted since a day that match an FTS5 expression, latest submitted first."""
        with self._using() as connection:
            return FilterQuery(connection, Filters(since=since)).matching(expression, most)

    def passing(self, paper_ids: Sequence[str], filters: Filters) -> list[str]:
        """Those of these papers that pass the filters, in the same order."""
        named = [paper_id for paper_id in paper_ids if filters.lets_by_name(paper_id)]
        with self._using() as connection:
            left = FilterQuery(connection, filters).passing(named)
        return [paper_id for paper_id in named if paper_id in left]

    def put(self, entries: Sequence[Entry], gone: Iterable[str] = ()) -> None:
        """Index papers, in place of what was known of them, and forget others: all of it or, after a kill, nothing."""
        with self._writing() as connection:
            leaving = [*(entry.paper.paper_id for entry in entries), *gone]
            connection.execute(f"delete from papers where paper_id {IN_LIST}", (json.dumps(leaving),))  # noqa: S608
            for number, entry in enumerate(entries, last_number(connection) + 1):
                paper = entry.paper
                row = (number, paper.paper_id, entry.month, _day(paper), _categories(paper), entry.mark)
                connection.execute("insert into papers values (?, ?, ?, ?, ?, ?)", row)
                connection.execute(
                    "insert into words(rowid, title, abstract, authors, categories) values (?, ?, ?, ?, ?)",
                    (number, *texts_of(paper)),
                )

    def finish_month(self, month: str, stamp: str) -> None:
        """Say that a month is indexed as its file was at `stamp`."""
        with self._writing() as connection:
            connection.execute("insert or replace into months values (?, ?)", (month, stamp))

    def forget_month(self, month: str) -> None:
        with self._writing() as connection:
            connection.execute("delete from papers where month = ?", (month,))
            connection.execute("delete from months where month = ?", (month,))

    def is_worn(self) -> bool:
        """Whether so many numbers are unused that the index should be rebuilt."""
        with self._using() as connection:
            numbers = last_number(connection)
        return numbers - self.count() > max(_FEW_DEAD, _MOST_DEAD_SHARE * numbers)

    def remove(self) -> None:
        """Delete the file; the caller is the one writer. Other processes notice and open the new one."""
        with self._turn:
            self.close()
            for suffix in ("", "-journal", "-wal", "-shm"):
                self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)

    def close(self) -> None:
        with self._turn:
            if self._open is not None:
                self._open[1].close()
                self._open = None

    @contextmanager
    def _using(self) -> Iterator[sqlite3.Connection]:
        with self._turn:
            try:
                yield self._connection()
            except sqlite3.Error as error:
                raise self._meant(error) from error

    def _meant(self, error: sqlite3.Error) -> PapersysError:
        """What an error of SQLite means: a damaged index, one that is busy, or a query that is wrong.

        SQLITE_ERROR is both a wrong query and a missing table: a look at the tables tells which.
        """
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_MISUSE) & 0xFF
        if code in _PASSING:
            return TemporaryFailure(f"The search index {self.path} cannot be used now: {error}.")
        if code in _DAMAGE or not self._is_whole():
            return Damaged(f"The search index {self.path} is damaged: {error}.")
        return PermanentFailure(f"The search index cannot answer this: {error}.")

    def _is_whole(self) -> bool:
        try:
            connection = self._connection()
            for table in ("papers", "months", "words"):
                connection.execute(f"select * from {table} limit 1").fetchone()  # noqa: S608
            connection.execute("select rowid from words where words match 'a' limit 1").fetchone()
        except (sqlite3.Error, Damaged):
            return False
        return True

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._using() as connection:
            connection.execute("begin immediate")
            try:
                yield connection
                connection.execute("commit")
            except BaseException:
                with contextlib.suppress(sqlite3.Error):
                    connection.execute("rollback")
                raise

    def _connection(self) -> sqlite3.Connection:
        place = _place(self.path)
        if self._open is None or self._open[0] != place:
            self.close()
            connection = _opened(self.path)
            self._open = (_place(self.path) or (0, 0), connection)
        return self._open[1]


def texts_of(paper: Paper) -> tuple[str, str, str, str]:
    """The columns of a paper."""
    return paper.title, paper.abstract, "; ".join(paper.authors), category_words(paper.categories)


def _opened(path: Path) -> sqlite3.Connection:
    """A connection to the file, made where there is none. Raises Damaged, sqlite3.DatabaseError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        connection.execute(f"pragma cache_size = -{_CACHE_KIB}")
        connection.execute("pragma journal_mode = truncate")
        connection.execute("pragma synchronous = normal")
        connection.execute("begin immediate")
        if not connection.execute("select count(*) from sqlite_master").fetchone()[0]:
            for statement in _TABLES:
                connection.execute(statement)
        connection.execute("commit")
        version = connection.execute("pragma user_version").fetchone()[0]
        if version != SCHEMA:
            raise Damaged(f"{path} has schema {version} instead of {SCHEMA}")
        connection.execute("select max(number) from papers").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


def _categories(paper: Paper) -> str:
    """Each category and archive of a paper between spaces."""
    return f" {' '.join(with_archives(paper.categories))} "


def _day(paper: Paper) -> str:
    return paper.published_at.date().isoformat() if paper.published_at else ""


def _place(path: Path) -> tuple[int, int] | None:
    try:
        stat = path.stat()
    except FileNotFoundError:
        return None
    return stat.st_dev, stat.st_ino
