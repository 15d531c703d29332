"""Whether the memory-mapped copy of a set of vectors holds what the set holds.

Readers map it and compare nothing, so a changed byte would move scores unseen.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from shared.store.files.data_folder import DataFolder
from shared.store.vectors.data_files import matrix_of
from shared.store.vectors.embeddings import VectorStore
from shared.store.vectors.snapshot import HEAD_NAME, SPARE_ROWS, Head, SnapshotReader, View, folder_of, read_head

_ITEM_BYTES = 4


@dataclass(frozen=True)
class CopyProblem:
    """What is wrong with which file of a copy."""

    path: Path
    text: str


def problem_of_copy(data: DataFolder, alias: str, *, deep: bool) -> CopyProblem | None:
    """None where the copy is sound, or there is none. `deep`: its vectors are compared with the set's, one by one."""
    folder = folder_of(data, alias)
    if not folder.is_dir() or not any(folder.iterdir()):
        return None
    head = read_head(folder)
    if head is None:
        return CopyProblem(folder / HEAD_NAME, _head_problem(folder / HEAD_NAME))
    return _size_problem(folder, head) or (_rows_problem(data, alias, head) if deep else None)


def _head_problem(path: Path) -> str:
    try:
        json.loads(path.read_bytes())
    except FileNotFoundError:
        return "is missing, so the files beside it are used by nobody"
    except (OSError, ValueError) as error:
        return f"cannot be read: {error}"
    return "lacks what describes the copy"


def _size_problem(folder: Path, head: Head) -> CopyProblem | None:
    numbers, names = folder / f"{head.key}.f32", folder / f"{head.key}.ids"
    wanted = (head.rows + SPARE_ROWS) * head.recipe.dimension * _ITEM_BYTES
    try:
        size = numbers.stat().st_size
        rows = names.read_bytes().count(b"\n") + 1
    except OSError as error:
        return CopyProblem(Path(error.filename or folder), f"cannot be read: {error.strerror}")
    if size != wanted:
        return CopyProblem(numbers, f"has {size:,} bytes instead of {wanted:,}")
    if rows != head.rows:
        return CopyProblem(names, f"names {rows:,} papers instead of {head.rows:,}")
    return None


def _rows_problem(data: DataFolder, alias: str, head: Head) -> CopyProblem | None:
    """What readers get from the copy against what lies in the set, a row group at a time."""
    numbers = folder_of(data, alias) / f"{head.key}.f32"
    store = VectorStore(data, alias, cached=False)
    manifest = store.manifest
    view = SnapshotReader(data, alias).view(store.folder, manifest) if manifest else None
    if manifest is None or view is None:
        return None  # too far behind, so that nobody uses it
    different = sum(_different(view, table) for year in manifest.years for table in store.tables(year))
    if not different or store.manifest != manifest:
        return None
    return CopyProblem(numbers, f"differs from the stored vectors in {different:,} of {manifest.count:,} papers")


def _different(view: View, table: pa.Table) -> int:
    """How many rows of a table the view has not, or not so."""
    ids = table.column("paper_id").to_pylist()
    found, rows = view.find(ids)
    if found != ids:
        return len(set(ids) - set(found)) or len(ids)
    return int(np.any(view.matrix[rows] != matrix_of(table), axis=1).sum())
