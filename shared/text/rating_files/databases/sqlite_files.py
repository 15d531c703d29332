"""Opens the SQLite file of another program: a copy of it, so that neither that program nor its file is touched.

The copy may have been made by anybody: it is only read, and a query that does not end is ended.
"""

import contextlib
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from shared.errors import PapersysError

SIGNATURE = b"SQLite format 3\x00"
_BESIDE = ("-wal", "-journal")
_ALLOWED = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION}
_STEPS_BETWEEN_LOOKS = 100_000
_LONGEST_SECONDS = 120.0


@contextlib.contextmanager
def open_copy(path: Path) -> Iterator[sqlite3.Connection]:
    """Raises PapersysError where the file cannot be copied, or is damaged."""
    with tempfile.TemporaryDirectory(prefix="papersys-import-") as folder:
        copy = Path(folder) / "copy.sqlite"
        try:
            shutil.copyfile(path, copy)
            for ending in _BESIDE:
                with contextlib.suppress(FileNotFoundError):
                    shutil.copyfile(f"{path}{ending}", f"{copy}{ending}")
            connection = sqlite3.connect(copy)
        except (OSError, sqlite3.Error) as error:
            raise PapersysError(f"{path} cannot be read: {error}.") from error
        try:
            _confine(connection)
            yield connection
        except sqlite3.Error as error:
            raise PapersysError(
                f"{path} cannot be read ({error}). If its program is running, close it and try again; else it is "
                "damaged, and a list of ids from that program will do."
            ) from error
        finally:
            connection.close()


def tables_of(connection: sqlite3.Connection) -> set[str]:
    """The names of the tables; views are none, because they may do anything."""
    return {str(name) for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def _confine(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA query_only = ON")
    connection.text_factory = lambda content: content.decode("utf-8", "replace")
    deadline = time.monotonic() + _LONGEST_SECONDS
    connection.set_progress_handler(lambda: int(time.monotonic() > deadline), _STEPS_BETWEEN_LOOKS)
    connection.set_authorizer(lambda action, *_: sqlite3.SQLITE_OK if action in _ALLOWED else sqlite3.SQLITE_DENY)
