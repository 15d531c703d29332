"""Zotero's own `zotero.sqlite`: the items of the library, those in the bin and those of groups left out.

Its tables: https://github.com/zotero/zotero/blob/main/resource/schema/userdata.sql
"""

import sqlite3
from collections import defaultdict
from collections.abc import Mapping

from shared.text.rating_files.fields import add_record, plain_name
from shared.text.rating_files.rated_rows import Reading

FORM = "Zotero"
TABLES = frozenset(("items", "itemTypes", "itemData", "itemDataValues", "fields"))
NO_PAPERS = frozenset(("attachment", "note", "annotation"))
_LONGEST = 20_000
_NOT_READ = frozenset(("abstractnote",))


def read_library(reading: Reading, connection: sqlite3.Connection, tables: set[str]) -> None:
    """A row an item, in the order in which they were added."""
    left_out = _ids(connection, "SELECT itemID FROM deletedItems") if "deletedItems" in tables else set()
    of_groups = _of_groups(connection, tables) - left_out
    tags = _tags(connection) if {"tags", "itemTags"} <= tables else {}
    fields = _fields(connection)
    items = "SELECT itemID, dateAdded, typeName FROM items JOIN itemTypes USING (itemTypeID) ORDER BY dateAdded, itemID"
    for number, (item, added, kind) in enumerate(connection.execute(items).fetchall(), start=1):
        if kind in NO_PAPERS or item in left_out or item in of_groups:
            continue
        record = {**fields.get(item, {}), "dateadded": str(added or ""), "manualtags": tags.get(item, "")}
        add_record(reading, number, record)
    if of_groups:
        reading.problem(1, f"{len(of_groups)} items of group libraries were left out")


def _of_groups(connection: sqlite3.Connection, tables: set[str]) -> set[int]:
    if "libraries" not in tables:
        return set()
    rows = connection.execute(
        "SELECT itemID, typeName FROM items JOIN itemTypes USING (itemTypeID) "
        "WHERE libraryID IN (SELECT libraryID FROM libraries WHERE type != 'user')"
    )
    return {item for item, kind in rows if kind not in NO_PAPERS}


def _fields(connection: sqlite3.Connection) -> dict[int, Mapping[str, str]]:
    """The fields of each item that name it, by plain name."""
    found: dict[int, dict[str, str]] = defaultdict(dict)
    rows = (
        "SELECT itemID, fieldName, value FROM itemData JOIN fields USING (fieldID) JOIN itemDataValues USING (valueID)"
    )
    for item, name, value in connection.execute(rows):
        if (plain := plain_name(name)) not in _NOT_READ:
            found[item][plain] = str(value)[:_LONGEST]
    return dict(found)


def _tags(connection: sqlite3.Connection) -> dict[int, str]:
    found: dict[int, list[str]] = defaultdict(list)
    for item, name in connection.execute("SELECT itemID, name FROM itemTags JOIN tags USING (tagID) ORDER BY name"):
        found[item].append(str(name))
    return {item: "\n".join(names)[:_LONGEST] for item, names in found.items()}


def _ids(connection: sqlite3.Connection, query: str) -> set[int]:
    return {item for (item,) in connection.execute(query)}
