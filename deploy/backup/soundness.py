"""Whether a restored folder is whole: what a manifest names is there with its checksum, records end and parse.

`papersys verify` looks at far more; this is what a copy can have lost.
"""

import csv
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from shared.errors import PapersysError
from shared.store.files.data_folder import DataFolder
from shared.store.keeping.folder_version import FILE_NAME, read_folder_version
from shared.store.research.table_manifest import TablesManifest, read_tables_manifest
from shared.store.vectors.manifest import FILE_NAME as MANIFEST
from shared.store.vectors.manifest import Manifest, read_manifest

_RECORDS = (
    *("summaries", "ledger", "links", "results", "revisions", "tags", "follows", "users", "reading_list"),
    "traces/????-??",
)
_SETS: Mapping[str, Callable[[Path], Manifest | TablesManifest | None]] = {
    f"embeddings/*/{MANIFEST}": read_manifest,
    f"chunks/{MANIFEST}": read_tables_manifest,
    f"chunks/vectors/*/{MANIFEST}": read_tables_manifest,
}
"""Manifests, with what reads each."""
_TABLES = ("metadata", "preferences", "signals")


def problems_of(data: DataFolder, *, whole: bool = True) -> Iterator[str]:
    """A sentence for each problem; none where all is well. `whole`: it is not a part of a backup."""
    yield from _version_problems(data, whole)
    for pattern, read in _SETS.items():
        for manifest in sorted(data.root.glob(pattern)):
            yield from _set_problems(manifest, read)
    for dataset in _RECORDS:
        for path in sorted(data.root.glob(f"{dataset}/*.jsonl")):
            yield from _record_problems(path)
    for dataset in _TABLES:
        for path in sorted(data.path(dataset).glob("*.csv")):
            yield from _table_problems(path)
    for path in sorted(data.root.glob("selections/**/*.parquet")):
        yield from _parquet_problems(path)


def _version_problems(data: DataFolder, whole: bool) -> Iterator[str]:
    try:
        if read_folder_version(data.root) is None and whole:
            yield f"{data.path(FILE_NAME)} is missing; the next start makes it."
    except PapersysError as error:
        yield str(error)


def _set_problems(path: Path, read: Callable[[Path], Manifest | TablesManifest | None]) -> Iterator[str]:
    try:
        manifest = read(path)
    except PapersysError as error:
        yield str(error)
        return
    for file in manifest.files if manifest else ():
        try:
            with (path.parent / file.name).open("rb") as content:
                if hashlib.file_digest(content, "sha256").hexdigest() != file.sha256:
                    yield f"{path.parent / file.name} is not the file that the manifest names (another checksum)."
        except OSError as error:
            yield f"{path.parent / file.name} cannot be read: {error.strerror}."


def _record_problems(path: Path) -> Iterator[str]:
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.endswith(b"\n") or (line.strip() and not _is_record(line)):
                yield f"{path}, line {number}, is no record."
                return


def _is_record(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _table_problems(path: Path) -> Iterator[str]:
    with path.open("rb") as file:
        is_whole = not file.seek(0, 2) or (file.seek(-1, 2) >= 0 and file.read(1) == b"\n")
    if not is_whole:
        yield f"{path} ends within a line."
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            for _ in csv.reader(lines):
                pass
    except (csv.Error, UnicodeDecodeError) as error:
        yield f"{path} is no CSV: {error}."


def _parquet_problems(path: Path) -> Iterator[str]:
    try:
        pq.read_metadata(path)
    except (pa.ArrowException, OSError) as error:
        yield f"{path} cannot be read: {str(error).splitlines()[0]}."
