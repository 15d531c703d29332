"""Chunks: sections of papers that can be asked, or parts of long ones. `chunks/<YYYY-MM>.parquet`. By the summarizer.

They can be made again from `documents/`, but a document may be evicted there: these stay. Those of different chunkers
and of several versions of a paper lie beside each other. Own files are in `chunks/local.parquet`.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from shared.paper_ids import is_local, month_of
from shared.store.files.data_folder import DataFolder
from shared.store.research.monthly_tables import MonthlyTables

FOLDER = "chunks"
LOCK = "chunks"
_ID_DIGITS = 32
_SCHEMA = pa.schema(
    [
        pa.field("chunk_id", pa.string(), nullable=False),
        pa.field("paper_id", pa.string(), nullable=False),
        pa.field("version", pa.int32(), nullable=False),
        pa.field("chunker", pa.string(), nullable=False),
        pa.field("position", pa.int32(), nullable=False),
        pa.field("title", pa.string(), nullable=False),
        pa.field("titles", pa.list_(pa.string()), nullable=False),
        pa.field("text", pa.string(), nullable=False),
        pa.field("page", pa.int32()),
        pa.field("start", pa.int64(), nullable=False),
        pa.field("end", pa.int64(), nullable=False),
    ]
)


class Chunk(BaseModel):
    """A section of one version of a paper, or a part of a long section, as it stands in `document.md`.

    `titles` are the headings above it, outermost first; `position` counts the paper's chunks from 0; `start` and `end`
    count characters of `document.md`; `page` counts from 1 where pages are known. `title` is the paper's.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    chunk_id: str
    paper_id: str
    version: int
    chunker: str
    position: int
    titles: tuple[str, ...] = ()
    text: str
    page: int | None = None
    start: int
    end: int
    title: str = ""

    @property
    def section(self) -> str:
        """The headings above it in one line."""
        return " / ".join(self.titles)


class ChunkStore:
    """Every chunk, by paper and by id. Any process may read; a lock lets one write at a time."""

    def __init__(self, data: DataFolder) -> None:
        self.tables = MonthlyTables(
            data, data.path(FOLDER), _SCHEMA, lock=LOCK, heavy=("title", "titles", "text"), made_by="chunker"
        )

    def put(self, paper_id: str, version: int, chunker: str, chunks: Sequence[Chunk]) -> None:
        """Store what a chunker made of a version, in place of what it made of it before; the same again writes nothing.

        Raises TemporaryFailure where the disk is full; the old state stands.
        """
        month, ids = month_of_chunks(paper_id), {chunk.chunk_id for chunk in chunks}
        stored = self._ids(paper_id, version, chunker)
        if stored == ids:
            return
        table = _table_of(chunks)
        if not stored:
            self.tables.add(month, table)
            return
        self.tables.replace(month, lambda keys: _are_of(keys, paper_id, version, chunker), table)

    def of_paper(self, paper_id: str, version: int | None = None, chunker: str | None = None) -> list[Chunk]:
        """The chunks of a paper in reading order: of all versions and chunkers, or of one."""
        rows = self.tables.rows_where(month_of_chunks(paper_id), "paper_id", paper_id)
        chunks = [
            chunk
            for chunk in map(Chunk.model_validate, rows.to_pylist())
            if version in (None, chunk.version) and chunker in (None, chunk.chunker)
        ]
        return sorted(chunks, key=lambda chunk: (chunk.version, chunk.chunker, chunk.position))

    def by_version(self, chunkers: Mapping[tuple[str, int], str]) -> Iterator[tuple[tuple[str, int], list[Chunk]]]:
        """What one chunker each made of some versions, in reading order; each file is read once."""
        for table in self.tables.blocks():
            found: dict[tuple[str, int], list[Chunk]] = defaultdict(list)
            for row in table.to_pylist():
                version = row["paper_id"], row["version"]
                if chunkers.get(version) == row["chunker"]:
                    found[version].append(Chunk.model_construct(**{**row, "titles": tuple(row["titles"])}))
            for version, chunks in found.items():
                yield version, sorted(chunks, key=lambda chunk: chunk.position)

    def get(self, chunk_ids: Iterable[str]) -> dict[str, Chunk]:
        """These chunks by id, in the order asked for; what is not there is left out."""
        wanted = list(dict.fromkeys(chunk_ids))
        rows = {row["chunk_id"]: Chunk.model_validate(row) for row in self.tables.rows_of(wanted).to_pylist()}
        return {chunk_id: rows[chunk_id] for chunk_id in wanted if chunk_id in rows}

    def remove(self, paper_id: str, version: int | None = None) -> int:
        """Forget the chunks of a paper, or of one version; returns how many there were."""
        return self.tables.replace(month_of_chunks(paper_id), lambda keys: _are_of(keys, paper_id, version, None))

    def papers(self, chunker: str | None = None) -> dict[str, tuple[int, ...]]:
        """The versions of each paper that have chunks, of any chunker or of one."""
        keys = self.tables.keys().select(["paper_id", "version", "chunker"])
        if chunker is not None:
            keys = keys.filter(pc.equal(keys.column("chunker"), chunker))
        versions: dict[str, set[int]] = defaultdict(set)
        for row in keys.group_by(["paper_id", "version"]).aggregate([]).to_pylist():
            versions[row["paper_id"]].add(row["version"])
        return {paper_id: tuple(sorted(versions[paper_id])) for paper_id in sorted(versions)}

    def of_version(self, paper_id: str, version: int, chunker: str) -> list[Chunk]:
        """The chunks of a version in reading order: what this chunker made, or else another one."""
        stored = self.of_paper(paper_id, version)
        chosen = _chosen({chunk.chunker for chunk in stored}, chunker)
        return [chunk for chunk in stored if chunk.chunker == chosen]

    def ids_by_version(self) -> dict[tuple[str, int], dict[str, list[str]]]:
        """The ids of all chunks: by paper and version, and there by chunker."""
        ids: dict[tuple[str, int], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        keys = self.tables.keys()
        columns = (keys.column(name).to_pylist() for name in ("paper_id", "version", "chunker", "chunk_id"))
        for paper_id, version, made_by, chunk_id in zip(*columns, strict=True):
            ids[paper_id, version][made_by].append(chunk_id)
        return {version: dict(by_chunker) for version, by_chunker in ids.items()}

    def ids(self) -> set[str]:
        """The ids of all chunks."""
        return set(self.tables.keys().column("chunk_id").to_pylist())

    def remove_earlier(self, chunker: str) -> int:
        """Forget what other chunkers made of versions that this one cut too; returns how many chunks these were."""
        return sum(self.tables.remove(month, self._earlier(month, chunker)) for month in self.tables.months())

    def count(self) -> int:
        return self.tables.count()

    def _earlier(self, month: str, chunker: str) -> list[str]:
        """The chunks of other chunkers where this one has some of the same version."""
        keys = self.tables.keys([month])
        columns = [keys.column(name).to_pylist() for name in ("paper_id", "version", "chunker")]
        ours = {(paper_id, version) for paper_id, version, made_by in zip(*columns, strict=True) if made_by == chunker}
        rows = zip(keys.column("chunk_id").to_pylist(), *columns, strict=True)
        return [chunk_id for chunk_id, *version, made_by in rows if made_by != chunker and tuple(version) in ours]

    def _ids(self, paper_id: str, version: int, chunker: str) -> set[str]:
        keys = self.tables.keys([month_of_chunks(paper_id)])
        return set(keys.filter(pa.array(_are_of(keys, paper_id, version, chunker))).column("chunk_id").to_pylist())


def month_of_chunks(paper_id: str) -> str:
    """Which file a paper's chunks are in: the month of its id, or `local`."""
    return "local" if is_local(paper_id) else month_of(paper_id)


def numbered(texts: Iterable[str]) -> list[tuple[str, int]]:
    """Each text, and how many equal ones stand before it."""
    seen = Counter[str]()
    pairs = []
    for text in texts:
        pairs.append((text, seen[text]))
        seen[text] += 1
    return pairs


def chunk_id_of(paper_id: str, version: int, text: str, repeat: int, chunker: str) -> str:
    """The id of a chunk: the same wherever it is made again. `repeat` counts equal texts before it in the paper."""
    content = "\0".join((paper_id, str(version), text, str(repeat), chunker))
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:_ID_DIGITS]


def _chosen(chunkers: Iterable[str], wanted: str) -> str:
    """The chunker whose chunks count: the one that is wanted, or the last by name."""
    there = set(chunkers)
    return wanted if wanted in there or not there else max(there)


def _table_of(chunks: Sequence[Chunk]) -> pa.Table:
    return pa.Table.from_pylist([{**chunk.model_dump(), "titles": list(chunk.titles)} for chunk in chunks], _SCHEMA)


def _are_of(keys: pa.Table, paper_id: str, version: int | None, chunker: str | None) -> NDArray[np.bool_]:
    """Which rows are of a paper, and of one version and one chunker where these are given."""
    mask = pc.equal(keys.column("paper_id"), paper_id)
    if version is not None:
        mask = pc.and_(mask, pc.equal(keys.column("version"), version))
    if chunker is not None:
        mask = pc.and_(mask, pc.equal(keys.column("chunker"), chunker))
    return np.asarray(mask.to_numpy(zero_copy_only=False), dtype=np.bool_)
