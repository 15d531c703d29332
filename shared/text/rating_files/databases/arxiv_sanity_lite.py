"""arXiv-sanity-lite's `dict.db`: for each of its users a row with their tags, a packed pickle of sets of ids.

The form: https://github.com/karpathy/arxiv-sanity-lite/blob/master/aslite/db.py (`tags`, a CompressedSqliteDict).
"""

import sqlite3
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

from shared.text.rating_files.databases.pickled_data import read_pickled_data
from shared.text.rating_files.fields import add_record
from shared.text.rating_files.rated_rows import Reading, Said
from shared.text.rating_files.rating_words import said_by

FORM = "arXiv-sanity-lite"
TABLE = "tags"
PAPERS_TABLE = "metas"
_MOST_BYTES = 64 * 1024**2


def read_tags(reading: Reading, connection: sqlite3.Connection, person: str) -> None:
    """The papers of every tag of one of its users. Raises ValueError where there are several, and none is named."""
    names = [str(name) for (name,) in connection.execute("SELECT key FROM tags ORDER BY key")]
    chosen = person or (names[0] if len(names) == 1 else "")
    if chosen not in names:
        raise ValueError(f"it holds the tags of {', '.join(names) or 'nobody'}; name one of them with --person")
    [(packed,)] = connection.execute("SELECT value FROM tags WHERE key = ?", (chosen,))
    for number, (tag, paper_id) in enumerate(_tagged(_unpacked(packed)), start=1):
        add_record(reading, number, {"id": paper_id}, said=_said(tag))


def _unpacked(packed: Any) -> Any:
    """Raises ValueError."""
    try:
        unpacking = zlib.decompressobj()
        content = unpacking.decompress(bytes(packed), _MOST_BYTES)
    except (zlib.error, TypeError) as error:
        raise ValueError(f"its tags cannot be unpacked ({error})") from error
    if unpacking.unconsumed_tail:
        raise ValueError(f"its tags unpack to more than {_MOST_BYTES // 1024**2} MB")
    return read_pickled_data(content)


def _tagged(tags: Any) -> Iterator[tuple[str, str]]:
    """Each tag with each of its papers. Raises ValueError for what are no tags."""
    if not isinstance(tags, Mapping) or not all(isinstance(ids, set | frozenset | list) for ids in tags.values()):
        raise ValueError("what it holds are no tags")
    for tag, ids in tags.items():
        for paper_id in sorted(map(str, ids)):
            yield str(tag)[:200], paper_id[:200]


def _said(tag: str) -> Said | None:
    """What a tag says of its papers by its name; None: they are in a list."""
    said = said_by(tag)
    return said if said in ("like", "dislike", "neutral") else None
