"""The memory-mapped copy of a large set of vectors: `state/embeddings/<alias>/`, made by the embedder, never the truth.

It holds the rows of some data files. A reader lays the rows of all other files over it, in a private mapping, so that
what it returns is what the manifest says; where that would be much, it reads Parquet instead. Remove it at any time.
"""

import bisect
import functools
import hashlib
import json
import shutil
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from shared.errors import TemporaryFailure
from shared.paper_ids import year_of
from shared.store.files.data_folder import DataFolder
from shared.store.files.file_stamps import FileStamp, stamp_of
from shared.store.vectors.manifest import FILE_NAME, Manifest, Recipe, VectorFile, read_manifest
from shared.store.vectors.rows import Matrix, YearRows, load_year, open_file

LEAST_ROWS = 20_000
SPARE_ROWS = 32_768
_REFRESH_ROWS = SPARE_ROWS // 2
HEAD_NAME = "snapshot.json"
_ITEM_BYTES = 4


@dataclass(frozen=True)
class Head:
    """What a copy holds: `files` are SHA-256 and year of data files, `years` each year with its first row."""

    key: str
    recipe: Recipe
    rows: int
    files: tuple[tuple[str, int], ...]
    years: tuple[tuple[int, int], ...]

    def missing(self, manifest: Manifest) -> list[VectorFile]:
        """The data files to lay over it, in their order: new ones, and all of a year that lost one."""
        there = {file.sha256 for file in manifest.files}
        lost = {year for digest, year in self.files if digest not in there}
        kept = {digest for digest, _ in self.files} & there
        return [file for file in manifest.files if file.sha256 not in kept or file.year in lost]


class View:
    """The whole set as one array; `matrix[i]` belongs to `ids[i]`: by year and id, papers added since at the end."""

    def __init__(self, ids: list[str], matrix: Matrix, years: dict[int, tuple[int, int]], base: int) -> None:
        self.ids = ids
        self.matrix = matrix
        self._years = years
        self._base = base

    def years(self, wanted: Sequence[int] | None) -> tuple[list[str], Matrix]:
        """Ids and vectors of these years; no copy where they lie together."""
        if wanted is None:
            return list(self.ids), self.matrix
        ranges = _joined([self._years[year] for year in wanted if year in self._years])
        added = [row for row in range(self._base, len(self.ids)) if year_of(self.ids[row]) in set(wanted)]
        if len(ranges) == 1 and not added:
            start, end = ranges[0]
            return self.ids[start:end], self.matrix[start:end]
        blocks = [self.matrix[start:end] for start, end in ranges]
        ids = [paper_id for start, end in ranges for paper_id in self.ids[start:end]]
        return ids + [self.ids[row] for row in added], np.concatenate([*blocks, self.matrix[added]])

    def find(self, paper_ids: Iterable[str]) -> tuple[list[str], list[int]]:
        """Those of these papers that are here, in this order, and their rows."""
        hits = [(paper_id, row) for paper_id in paper_ids if (row := self._row(paper_id)) >= 0]
        return [paper_id for paper_id, _ in hits], [row for _, row in hits]

    def _row(self, paper_id: str) -> int:
        start, end = self._years.get(year_of(paper_id), (0, 0))
        row = bisect.bisect_left(self.ids, paper_id, start, end)
        return row if row < end and self.ids[row] == paper_id else self._added.get(paper_id, -1)

    @functools.cached_property
    def _added(self) -> dict[str, int]:
        return {self.ids[row]: row for row in range(self._base, len(self.ids))}

    def blocks(self, since: int = 0) -> Iterator[tuple[list[str], Matrix]]:
        """All of it from a year on, a year at a time and then what was added to the copy; no copies."""
        ranges = [both for year, both in self._years.items() if year >= since]
        for start, end in [*ranges, (self._base, len(self.ids))]:
            if start < end:
                yield self.ids[start:end], self.matrix[start:end]


class SnapshotReader:
    """Views of the copy of one alias; safe to use from several threads."""

    def __init__(self, data: DataFolder, alias: str) -> None:
        self._folder = folder_of(data, alias)
        self._lock = threading.Lock()
        self._known: tuple[FileStamp, tuple[VectorFile, ...]] | None = None
        self._view: View | None = None
        self._base: tuple[FileStamp | None, list[str]] = (None, [])

    def view(self, folder: Path, manifest: Manifest) -> View | None:
        """The set as `manifest` has it; None where there is no copy, or none near enough.

        Raises FileNotFoundError or Stale where a data file in `folder` is not what the manifest says.
        """
        with self._lock:
            head = read_head(self._folder)
            if head is None or head.recipe != manifest.recipe:
                return None
            stamp = stamp_of(self._folder / f"{head.key}.f32")  # one that was made anew has its name, too
            if stamp is None:
                return None
            if self._known != (stamp, manifest.files):
                self._view = self._made(folder, manifest, head)
                self._known = stamp, manifest.files
            return self._view

    def _made(self, folder: Path, manifest: Manifest, head: Head) -> View | None:
        over = head.missing(manifest)
        if sum(file.rows for file in over) > SPARE_ROWS:
            return None
        width = head.recipe.dimension
        try:
            ids = self._base_ids(head)
            matrix = np.memmap(self._folder / f"{head.key}.f32", np.float32, "c", shape=(head.rows + SPARE_ROWS, width))
        except (OSError, ValueError):
            return None
        starts = [start for _, start in head.years]
        years = {year: (start, end) for (year, start), end in zip(head.years, [*starts[1:], head.rows], strict=True)}
        added = _overlaid(matrix, ids, years, [(folder, file) for file in over], width)
        for row, paper_id in enumerate(sorted(added, key=lambda one: (year_of(one), one))):
            matrix[head.rows + row] = added[paper_id]
            ids.append(paper_id)
        if len(ids) != manifest.count:
            return None
        matrix.flags.writeable = False
        return View(ids, np.asarray(matrix[: len(ids)]), years, head.rows)

    def _base_ids(self, head: Head) -> list[str]:
        path = self._folder / f"{head.key}.ids"
        stamp = stamp_of(path)
        if stamp is None or self._base[0] != stamp:
            ids = path.read_text(encoding="utf-8").split("\n")
            if len(ids) != head.rows:
                raise ValueError(f"{head.key}.ids has {len(ids)} rows instead of {head.rows}")
            self._base = stamp, ids
        return list(self._base[1])


class SnapshotKeeper:
    """Makes the copy of one alias, and makes it anew when much has changed."""

    def __init__(self, data: DataFolder, alias: str) -> None:
        self._data = data
        self._vectors = data.path("embeddings", alias)
        self._folder = folder_of(data, alias)

    def refresh(self) -> bool:
        """True when the copy was made anew. Where there is no room for it, it is left as it is."""
        manifest = read_manifest(self._vectors / FILE_NAME)
        if manifest is None or manifest.count < LEAST_ROWS:
            return False
        head = read_head(self._folder)
        is_near = head is not None and head.recipe == manifest.recipe
        if is_near and head is not None and sum(file.rows for file in head.missing(manifest)) <= _REFRESH_ROWS:
            return False
        try:
            self._data.check_space((manifest.count + SPARE_ROWS) * manifest.recipe.dimension * _ITEM_BYTES)
            self._make(manifest)
        except (TemporaryFailure, FileNotFoundError):
            return False
        return True

    def remove(self) -> None:
        """Have no copy."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _make(self, manifest: Manifest) -> None:
        digest = hashlib.sha256("".join(file.sha256 for file in manifest.files).encode()).hexdigest()[:16]
        width = manifest.recipe.dimension
        ids: list[str] = []
        years: list[tuple[int, int]] = []
        with self._data.replacing(self._folder / f"{digest}.f32") as draft:
            matrix = np.memmap(draft, np.float32, "w+", shape=(manifest.count + SPARE_ROWS, width))
            for year in manifest.years:
                rows: YearRows = load_year(self._vectors, manifest.of_year(year), width)
                rows.copy_to(matrix[len(ids) : len(ids) + len(rows.ids)])
                years.append((year, len(ids)))
                ids += rows.ids
            matrix.flush()
            del matrix
        self._data.write_text(self._folder / f"{digest}.ids", "\n".join(ids))
        files = tuple((file.sha256, file.year) for file in manifest.files)
        head = Head(digest, manifest.recipe, len(ids), files, tuple(years))
        self._data.write_text(self._folder / HEAD_NAME, json.dumps(asdict(head)))
        for path in self._folder.iterdir():
            if path.name != HEAD_NAME and path.stem != digest:
                path.unlink(missing_ok=True)


def _overlaid(
    matrix: Matrix, ids: list[str], years: dict[int, tuple[int, int]], files: list[tuple[Path, VectorFile]], width: int
) -> dict[str, Matrix]:
    """Put the rows of these files over those of the same papers; the rows of other papers come back."""
    added: dict[str, Matrix] = {}
    for folder, file in files:
        rows = open_file(folder, file, width)
        block = np.empty((len(rows.ids), width), np.float32)
        rows.floats.read_into(block)
        start, end = years.get(file.year, (0, 0))
        for paper_id, vector in zip(rows.ids, block, strict=True):
            row = bisect.bisect_left(ids, paper_id, start, end)
            if row < end and ids[row] == paper_id:
                matrix[row] = vector
            else:
                added[paper_id] = vector
    return added


def _joined(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Ranges that touch as one."""
    joined: list[tuple[int, int]] = []
    for start, end in ranges:
        if joined and joined[-1][1] == start:
            joined[-1] = joined[-1][0], end
        else:
            joined.append((start, end))
    return joined


def read_head(folder: Path) -> Head | None:
    """What a copy holds; None where there is none, or its description cannot be read."""
    try:
        content: dict[str, Any] = json.loads((folder / HEAD_NAME).read_bytes())
        years = tuple((int(year), int(start)) for year, start in content["years"])
        files = tuple((str(digest), int(year)) for digest, year in content["files"])
        recipe = Recipe(**content["recipe"])
        return Head(content["key"], recipe, content["rows"], files, years)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def folder_of(data: DataFolder, alias: str) -> Path:
    """Where the copy of an alias lies."""
    return data.path("state", "embeddings", alias)
