"""Records of files, whatever carries them: JSON lines or CSV, plain, gzipped, or in a zip as Kaggle gives it.

A file is read as a stream, line by line and each under a limit, so that what cannot be read costs itself alone.
"""

import codecs
import gzip
import io
import json
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import IO, Any, Protocol, cast

from services.fetcher.metadata.import_tables import UnreadableRow, table_rows

_MOST_BYTES = 50 * 1024**3
_MOST_LINE_BYTES = 4 * 1024**2
_NAMED_CHARACTERS = 60
_BUFFER_BYTES = 1024**2
_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"
_OTHER_ENCODINGS = {codecs.BOM_UTF16_LE: "UTF-16", codecs.BOM_UTF16_BE: "UTF-16"}
_BREAKS = (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError)
_SEPARATORS = {".csv": ",", ".tsv": "\t"}
_LINE_SUFFIXES = (".json", ".jsonl", ".ndjson", ".txt", "")

ImportRecord = Mapping[str, Any] | UnreadableRow


class _Stream(Protocol):
    def readline(self, size: int = -1, /) -> bytes: ...


class UnreadableFile(Exception):
    """From here on a file cannot be read; says why."""


def records_of(path: Path, file: IO[bytes]) -> Iterator[tuple[str, ImportRecord]]:
    """Each record with where it stands, or why it cannot be read. Raises Break where nothing more can be read."""
    try:
        for name, stream in _members(path, file):
            place = f"{PurePosixPath(name).name}, record" if name else "record"
            separator = _separator_of(name or path.name)
            records = table_rows(_texts(stream), separator) if separator else map(_object, _texts(stream))
            for number, record in enumerate((record for record in records if record is not None), start=1):
                yield f"{place} {number}", record
    except _BREAKS as error:
        raise UnreadableFile(str(error) or type(error).__name__) from error


def _members(path: Path, file: IO[bytes]) -> Iterator[tuple[str, _Stream]]:
    """The file itself, unpacked, or the files in a zip that may hold records, each with its name there."""
    start = file.read(len(_ZIP))
    file.seek(0)
    if start.startswith(_GZIP):
        with gzip.open(file) as stream:
            yield "", stream
    elif start == _ZIP or path.suffix.lower() == ".zip":
        with zipfile.ZipFile(file) as archive:
            yield from _in_archive(archive)
    else:
        yield "", file


def _in_archive(archive: zipfile.ZipFile) -> Iterator[tuple[str, _Stream]]:
    wanted = [member for member in archive.infolist() if _may_hold_records(member)]
    if not wanted:
        raise UnreadableFile("it contains neither JSON lines nor CSV")
    for member in wanted:
        packed = cast(zipfile.ZipExtFile, archive.open(member))
        with io.BufferedReader(packed, _BUFFER_BYTES) as stream:
            yield member.filename, stream


def _may_hold_records(member: zipfile.ZipInfo) -> bool:
    name = PurePosixPath(member.filename)
    is_hidden = any(part.startswith((".", "__MACOSX")) for part in name.parts)
    return not member.is_dir() and not is_hidden and name.suffix.lower() in (*_SEPARATORS, *_LINE_SUFFIXES)


def _separator_of(name: str) -> str | None:
    suffixes = (suffix.lower() for suffix in PurePosixPath(name).suffixes)
    return next((_SEPARATORS[suffix] for suffix in suffixes if suffix in _SEPARATORS), None)


def _texts(stream: _Stream) -> Iterator[str | UnreadableRow]:
    """Lines as text; one that is none, or too long, is unreadable alone."""
    for number, line in enumerate(_lines(stream)):
        encoding = _OTHER_ENCODINGS.get(line[:2]) if number == 0 else None
        if encoding:
            raise UnreadableFile(f"it is encoded as {encoding}; save it as UTF-8")
        if len(line) > _MOST_LINE_BYTES:
            yield UnreadableRow(f"longer than {_MOST_LINE_BYTES // 1024**2} MB, it begins {_beginning(line)}")
            continue
        try:
            yield line.decode("utf-8").removeprefix("\ufeff")
        except UnicodeDecodeError as error:
            yield UnreadableRow(f"not UTF-8 at byte {error.start}, it begins {_beginning(line)}")


def _lines(stream: _Stream) -> Iterator[bytes]:
    """Lines with their ends; of one that is too long only the beginning."""
    left = _MOST_BYTES
    while line := stream.readline(_MOST_LINE_BYTES + 1):
        left -= len(line)
        yield line
        while len(line) > _MOST_LINE_BYTES and not line.endswith(b"\n") and left > 0:
            line = stream.readline(_MOST_LINE_BYTES + 1)
            left -= len(line)
        if left <= 0:
            raise UnreadableFile(f"it is larger than {_MOST_BYTES // 1024**3} GB unpacked")


def _beginning(line: bytes) -> str:
    return repr(line[:_NAMED_CHARACTERS].decode("utf-8", "replace"))


def _object(line: str | UnreadableRow) -> ImportRecord | None:
    """The object of a line; None for an empty one."""
    if isinstance(line, UnreadableRow):
        return line
    if not line.strip():
        return None
    try:
        content = json.loads(line)
    except RecursionError:
        return UnreadableRow("nested too deeply")
    except ValueError as error:
        return UnreadableRow(str(error))
    return content if isinstance(content, Mapping) else UnreadableRow("not a JSON object")
