"""Vectors of what summaries say of problem and method: `state/field-vectors.sqlite`, by the hash of the text.

A cache: what is lost, or was made by another model, is made again by the embedder, which takes minutes where this file
takes seconds. A file that SQLite cannot read is begun anew.
"""

import contextlib
import hashlib
import logging
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from services.summarizer.links.qdrant_storage import VectorName
from services.summarizer.vectors import Matrix
from shared.leases.choice import of_this_machine
from shared.store.files.data_folder import DataFolder
from shared.store.papers.summaries import FieldValue, Summary

log = logging.getLogger(__name__)

FIELDS: tuple[VectorName, ...] = ("problem", "method")
_LONGEST_CHARS = 1500
_ASKED_AT_ONCE = 500


class FieldVectors:
    """Vectors of one embedding model, `recipe` naming all that decides them. Safe to use from several threads."""

    def __init__(self, data: DataFolder, dimension: int) -> None:
        self._path = data.path("state", of_this_machine("field-vectors.sqlite"))
        self._dimension = dimension
        self._turn = threading.Lock()

    def get(self, recipe: str, texts: Sequence[str]) -> dict[str, Matrix]:
        """The vectors (d) that are known, by text."""
        text_by_key = {_key(recipe, text): text for text in texts}
        keys, found = list(text_by_key), dict[str, Matrix]()
        with self._opened() as connection:
            for start in range(0, len(keys), _ASKED_AT_ONCE):
                part = keys[start : start + _ASKED_AT_ONCE]
                marks = ",".join("?" * len(part))
                rows = connection.execute(f"SELECT key, vector FROM vectors WHERE key IN ({marks})", part)  # noqa: S608
                for key, content in rows:
                    vector = np.frombuffer(content, dtype=np.float32)
                    if len(vector) == self._dimension:
                        found[text_by_key[key]] = vector
        return found

    def put(self, recipe: str, vectors: Mapping[str, Matrix]) -> None:
        """Keep vectors (d) by text."""
        rows = [
            (_key(recipe, text), np.ascontiguousarray(vector, dtype=np.float32).tobytes())
            for text, vector in vectors.items()
            if len(vector) == self._dimension
        ]
        with self._opened() as connection:
            connection.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)

    @contextlib.contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        with self._turn:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            connection = self._connect()
            try:
                with connection:
                    yield connection
            finally:
                connection.close()

    def _connect(self) -> sqlite3.Connection:
        try:
            return _open(str(self._path))
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError as error:
            log.warning("%s is begun anew: %s", self._path, error, extra={"action": "field_vectors_anew"})
            self._path.unlink(missing_ok=True)
            return _open(str(self._path))


def field_texts(summary: Summary) -> dict[str, str]:
    """What a summary says in the fields that have a vector, by the field's name; empty fields are left out."""
    return texts_of_fields(summary.fields)


def texts_of_fields(fields: Iterable[FieldValue]) -> dict[str, str]:
    """As `field_texts`, of fields that are not stored yet."""
    texts = {field.name: field.text.strip()[:_LONGEST_CHARS] for field in fields if field.name in FIELDS}
    return {name: text for name, text in texts.items() if text}


def stamp_of_fields(recipe: str, texts: Mapping[str, str]) -> str:
    """Names vectors of these texts; another for each recipe and each text."""
    if not texts:
        return "none"
    return hashlib.sha256(
        "\0".join(f"{name}\0{_key(recipe, texts[name])}" for name in sorted(texts)).encode()
    ).hexdigest()[:16]


def _key(recipe: str, text: str) -> str:
    return hashlib.sha256(f"{recipe}\0{text}".encode("utf-8", "replace")).hexdigest()[:32]


def _open(path: str) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=30)
    try:
        connection.execute("CREATE TABLE IF NOT EXISTS vectors (key TEXT PRIMARY KEY, vector BLOB NOT NULL)")
    except sqlite3.Error:
        connection.close()
        raise
    return connection
