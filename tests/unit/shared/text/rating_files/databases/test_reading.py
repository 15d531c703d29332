"""Databases of other programs, damaged ones, and ones that were made to do harm."""

import sqlite3
from pathlib import Path

import pytest

from shared.errors import PapersysError
from shared.text.rating_files.databases import sqlite_files
from shared.text.rating_files.reading import read_rating_file
from tests.support.folders.peer_databases import write_zotero

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS key, i AS value FROM n"


def database(path: Path, *statements: str) -> Path:
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()
    return path


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("CREATE TABLE metas (key TEXT, value BLOB)", "import dict.db beside it"),
        ("CREATE TABLE moz_places (id INTEGER)", "no program that papersys knows"),
        (f"CREATE VIEW tags AS {ENDLESS}", "no program that papersys knows"),
        ("CREATE TABLE tags (name TEXT)", "no such column"),
    ],
)
def test_a_database_of_another_program_is_named(statement: str, why: str, tmp_path: Path) -> None:
    with pytest.raises(PapersysError, match=why):
        read_rating_file(database(tmp_path / "some.db", statement))


def test_a_query_that_does_not_end_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_files, "_LONGEST_SECONDS", 0.1)
    path = tmp_path / "zotero.sqlite"
    write_zotero(path, [("preprint", "2024-05-01", 1, {"title": "T"}, ())])
    database(path, "DROP TABLE deletedItems", "CREATE TABLE deletedItems (x)", "DROP TABLE itemTags")
    with pytest.raises(PapersysError, match="no such column"):
        read_rating_file(path)
    endless = "SELECT count(*) FROM " + ", ".join(f"sqlite_master AS t{number}" for number in range(14))
    with pytest.raises(PapersysError, match="interrupted"), sqlite_files.open_copy(path) as connection:
        connection.execute(endless).fetchall()
    with pytest.raises(PapersysError, match="not authorized"), sqlite_files.open_copy(path) as connection:
        connection.execute(f"SELECT count(*) FROM ({ENDLESS})").fetchall()


def test_nothing_but_reading_is_allowed(tmp_path: Path) -> None:
    path = database(tmp_path / "some.db", "CREATE TABLE tags (key TEXT, value BLOB)")
    for statement in ("ATTACH '/tmp/x' AS other", "DELETE FROM tags", "PRAGMA writable_schema = ON"):
        with (
            pytest.raises(PapersysError, match=r"not authorized|prohibited"),
            sqlite_files.open_copy(path) as connection,
        ):
            connection.execute(statement)


@pytest.mark.parametrize("content", [b"SQLite format 3\0" + b"\xff" * 4_000, b"SQLite format 3\0"])
def test_a_damaged_database_is_said_to_be_one(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "zotero.sqlite").write_bytes(content)
    with pytest.raises(PapersysError, match="cannot be read"):
        read_rating_file(tmp_path / "zotero.sqlite")
