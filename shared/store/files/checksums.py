"""The checksum of a data file, kept with the file itself: an extended attribute that says `<bytes>:<CRC-32>:<kind>`.

It travels with the file where it is renamed, and is there in the moment in which the file takes its place; of a file
that is appended to it holds for the beginning that was written so far. A CRC-32 notices every flipped bit. Copies
without extended attributes, and files of an older papersys, have none: then nothing is known, and nothing is claimed.
"""

import os
import zlib
from pathlib import Path
from typing import IO, Literal, NamedTuple

NAME = "user.papersys.crc32"
Comparison = Literal["same", "changed", "cut", "unknown"]

_WHOLE, _BEGINNING = b"whole", b"beginning"
_BLOCK_BYTES = 1024**2
_MOST_BYTES = 256 * 1024**2
"""Larger files are vectors, which have a SHA-256 in their manifest, and copies of them."""


class Checksum(NamedTuple):
    """The CRC-32 of the first `size` bytes; these are all where the file `is_whole`, and not appended to."""

    size: int
    crc: int
    is_whole: bool = False


def checksum_of(file: Path | int) -> Checksum | None:
    """What is noted of a file, or of an open descriptor; None where nothing is, or the disk keeps no attributes."""
    try:
        size, crc, kind = os.getxattr(file, NAME).split(b":")
        return Checksum(int(size), int(crc, 16), kind == _WHOLE)
    except (OSError, ValueError, AttributeError):  # macOS has no os.getxattr
        return None


def note_whole(path: Path) -> None:
    """Note the checksum of a file as it is now."""
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size <= _MOST_BYTES:
            _note(file.fileno(), Checksum(size, _crc(file, size), is_whole=True))


def note_appended(file: IO[bytes], end: int, content: bytes) -> None:
    """Note the checksum of an open file to which `content` was appended behind its first `end` bytes."""
    known = checksum_of(file.fileno())
    if known is None or known.size > end:
        known = Checksum(0, 0)
    if known.size < end:
        file.seek(known.size)
        known = Checksum(end, _crc(file, end - known.size, known.crc))
    _note(file.fileno(), Checksum(end + len(content), zlib.crc32(content, known.crc)))


def forget(path: Path) -> None:
    """Take the file as it is: what is noted of it holds no longer."""
    try:
        os.removexattr(path, NAME)
    except (OSError, AttributeError):
        return


def compared(path: Path) -> Comparison:
    """Whether a file is still what was written, or begins with it where it is appended to. Raises OSError."""
    with path.open("rb") as file:
        noted = checksum_of(file.fileno())
        if noted is None:
            return "unknown"
        size = os.fstat(file.fileno()).st_size
        if size < noted.size:
            return "cut"
        if noted.is_whole and size > noted.size:
            return "changed"
        return "same" if _crc(file, noted.size) == noted.crc else "changed"


def _crc(file: IO[bytes], count: int, crc: int = 0) -> int:
    """The CRC-32 of the next `count` bytes, going on from `crc`."""
    while count > 0 and (block := file.read(min(count, _BLOCK_BYTES))):
        crc = zlib.crc32(block, crc)
        count -= len(block)
    return crc


def _note(descriptor: int, checksum: Checksum) -> None:
    kind = _WHOLE if checksum.is_whole else _BEGINNING
    try:
        os.setxattr(descriptor, NAME, b"%d:%08x:%s" % (checksum.size, checksum.crc, kind))
    except (OSError, AttributeError):
        return
