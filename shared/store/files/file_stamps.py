"""A file's stamp: what tells without reading it that it was written or replaced."""

import os
from pathlib import Path
from typing import NamedTuple


class FileStamp(NamedTuple):
    """When a file was last written, how long it is, and which file it is."""

    modified_ns: int
    size: int
    inode: int

    def __str__(self) -> str:
        return ":".join(map(str, self))


def stamp_of(file: Path | int, *, absent: type[OSError] = FileNotFoundError) -> FileStamp | None:
    """The stamp of a file, or of an open descriptor; None where looking at it raises `absent`. Raises OSError else."""
    try:
        facts = os.stat(file)  # noqa: PTH116 - a descriptor has no other way
    except absent:
        return None
    return FileStamp(facts.st_mtime_ns, facts.st_size, facts.st_ino)
