"""Databases as Zotero and arXiv-sanity-lite write them."""

import pickle
import sqlite3
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

Item = tuple[str, str, int, Mapping[str, str], tuple[str, ...]]
"""Its type, when it was added, its library, its fields, its tags."""

_ZOTERO = """
CREATE TABLE libraries (libraryID INTEGER PRIMARY KEY, type TEXT NOT NULL);
INSERT INTO libraries VALUES (1, 'user'), (2, 'group');
CREATE TABLE itemTypes (itemTypeID INTEGER PRIMARY KEY, typeName TEXT);
CREATE TABLE items (itemID INTEGER PRIMARY KEY, itemTypeID INT NOT NULL, dateAdded TIMESTAMP NOT NULL,
    libraryID INT NOT NULL, key TEXT NOT NULL);
CREATE TABLE deletedItems (itemID INTEGER PRIMARY KEY, dateDeleted TIMESTAMP);
CREATE TABLE fields (fieldID INTEGER PRIMARY KEY, fieldName TEXT);
CREATE TABLE itemDataValues (valueID INTEGER PRIMARY KEY, value UNIQUE);
CREATE TABLE itemData (itemID INT, fieldID INT, valueID, PRIMARY KEY (itemID, fieldID));
CREATE TABLE tags (tagID INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE itemTags (itemID INT, tagID INT, type INT);
"""


def write_zotero(path: Path, items: list[Item], binned: tuple[int, ...] = ()) -> None:
    """`binned` are the numbers of items in the bin, from 1."""
    connection = sqlite3.connect(path)
    connection.executescript(_ZOTERO)
    numbers: dict[tuple[str, str], int] = {}

    def number_of(table: str, column: str, value: str) -> int:
        if (table, value) not in numbers:
            numbers[table, value] = len(numbers) + 1
            insert = f"INSERT INTO {table} VALUES (?, ?)"
            connection.execute(insert, (numbers[table, value], value))
        return numbers[table, value]

    for item, (kind, added, library, fields, tags) in enumerate(items, start=1):
        row = (item, number_of("itemTypes", "typeName", kind), added, library, f"KEY{item}")
        connection.execute("INSERT INTO items VALUES (?, ?, ?, ?, ?)", row)
        for name, value in fields.items():
            pair = (number_of("fields", "fieldName", name), number_of("itemDataValues", "value", value))
            connection.execute("INSERT INTO itemData VALUES (?, ?, ?)", (item, *pair))
        for tag in tags:
            connection.execute("INSERT INTO itemTags VALUES (?, ?, 0)", (item, number_of("tags", "name", tag)))
    connection.executemany("INSERT INTO deletedItems VALUES (?, '')", [(item,) for item in binned])
    connection.commit()
    connection.close()


def packed(value: Any) -> bytes:
    """As arXiv-sanity-lite stores a value."""
    return zlib.compress(pickle.dumps(value, pickle.HIGHEST_PROTOCOL))


def write_sanity(path: Path, tags: Mapping[str, bytes]) -> None:
    """The packed tags of each user."""
    connection = sqlite3.connect(path)
    connection.execute('CREATE TABLE "tags" (key TEXT PRIMARY KEY, value BLOB)')
    connection.execute('CREATE TABLE "last_active" (key TEXT PRIMARY KEY, value BLOB)')
    connection.executemany("INSERT INTO tags VALUES (?, ?)", tags.items())
    connection.commit()
    connection.close()
