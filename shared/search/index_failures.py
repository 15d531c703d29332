"""What failures of the index mean: files are damaged, cannot be used now, or are whole and the question is wrong."""

import errno
import json
import os
import re
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from shared.errors import PapersysError, PermanentFailure, TemporaryFailure

_OF_SYSTEM = re.compile(r"\(os error (\d+)\)|code: (\d+), kind:")
_PASSING = {
    errno.EACCES,
    errno.EAGAIN,
    errno.EBUSY,
    errno.EDQUOT,
    errno.EFBIG,
    errno.EMFILE,
    errno.ENFILE,
    errno.ENOMEM,
    errno.ENOSPC,
    errno.EPERM,
    errno.EROFS,
}
_BUSY = "LockBusy"
_CLOSED = "index writer was killed"
_FOOTER_MAGIC = 1337
_FOOTER_BYTES = 8
_PARTS = ("fast", "fieldnorm", "idx", "pos", "store", "term")
"""The files of a segment; deletions have one more."""


class Damaged(PapersysError):
    """The index cannot be used: it is damaged, or was made by another version."""


@contextmanager
def failing_clearly(folder: Path) -> Iterator[None]:
    """Raise what failures of the index in a folder mean. Where Tantivy panics, it raises what is no Exception."""
    try:
        yield
    except (ValueError, OSError) as error:
        raise failure_of(error, folder) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise failure_of(error, folder) from error


def failure_of(error: BaseException, folder: Path) -> PapersysError:
    """What an error of the index in a folder means. Tantivy's own say so only in their texts."""
    code = error.errno if isinstance(error, OSError) else _system_code(str(error))
    if code in _PASSING or _BUSY in str(error):
        return TemporaryFailure(f"The search index {folder} cannot be used now: {_reason(error, code)}.")
    broken = broken_file(folder)
    if broken:
        return Damaged(f"The search index is damaged: {broken}.")
    if _CLOSED in str(error):
        return TemporaryFailure(f"The search index {folder} cannot be written now; is the disk full? ({error})")
    if "chema" in str(error):
        return Damaged(f"The search index {folder} was made by another version.")
    return PermanentFailure(f"The search index cannot answer this: {error}.")


def segments_of(folder: Path) -> list[dict[str, Any]]:
    """What the last commit of an index in a folder says of each segment; none without a commit. Raises Damaged."""
    try:
        return [dict(segment) for segment in json.loads((folder / "meta.json").read_bytes())["segments"]]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Damaged(f"{folder / 'meta.json'} cannot be read ({error})") from error


def broken_file(folder: Path) -> str:
    """Which file of an index in a folder is not as it was written, and why; empty where all are. Reads everything."""
    try:
        paths = [folder / name for segment in segments_of(folder) for name in _file_names(segment)]
    except (Damaged, KeyError, TypeError) as error:
        return str(error)
    return next(filter(None, map(_broken, paths)), "")


def _file_names(segment: dict[str, Any]) -> list[str]:
    name = segment["segment_id"].replace("-", "")
    deletes = segment["deletes"]
    return [*(f"{name}.{part}" for part in _PARTS), *([f"{name}.{deletes['opstamp']}.del"] if deletes else [])]


def _broken(path: Path) -> str:
    try:
        return "" if _is_whole(path.read_bytes()) else f"{path} has not the content that was written"
    except FileNotFoundError:
        return f"{path} is gone"


def _is_whole(content: bytes) -> bool:
    """Whether content has the checksum in its footer: JSON, its length and a magic number, as Tantivy writes them."""
    try:
        length, magic = struct.unpack("<II", content[-_FOOTER_BYTES:])
        end = len(content) - _FOOTER_BYTES - length
        footer = json.loads(content[end:-_FOOTER_BYTES])
        return bool(magic == _FOOTER_MAGIC and zlib.crc32(content[:end]) == footer["crc"])
    except (struct.error, ValueError, KeyError, TypeError):
        return False


def _system_code(text: str) -> int | None:
    match = _OF_SYSTEM.search(text)
    return int(match[1] or match[2]) if match else None


def _reason(error: BaseException, code: int | None) -> str:
    return os.strerror(code) if code else str(error)
