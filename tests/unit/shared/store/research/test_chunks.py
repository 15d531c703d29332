"""Chunks and their vectors: what goes in comes back, and a writer that dies leaves the old state or the new one."""

from pathlib import Path

import numpy as np
import pytest

from shared.errors import PapersysError
from shared.store.files.data_folder import DataFolder
from shared.store.research.chunk_vectors import ChunkVectors
from shared.store.research.chunks import Chunk, ChunkStore, chunk_id_of, month_of_chunks
from shared.store.research.table_manifest import damaged_tables
from shared.store.vectors.manifest import Recipe

PAPER, OTHER, OWN = "2601.00001", "2512.00007", "local:0123456789abcdef"
CHUNKER = "sections-1-200"


def chunks_of(paper_id: str, count: int = 3, version: int = 1, chunker: str = CHUNKER) -> list[Chunk]:
    texts = [f"text {number} of {paper_id} 'quoted'\n$x$" for number in range(count)]
    return [
        Chunk(
            chunk_id=chunk_id_of(paper_id, version, text, 0, chunker),
            paper_id=paper_id,
            version=version,
            chunker=chunker,
            position=position,
            titles=("Method", f"Part {position}"),
            text=text,
            page=position or None,
            start=10 * position,
            end=10 * position + 5,
            title="A title",
        )
        for position, text in enumerate(texts)
    ]


@pytest.fixture
def store(tmp_path: Path) -> ChunkStore:
    return ChunkStore(DataFolder(tmp_path, 0))


def vectors_in(tmp_path: Path, revision: str = "main") -> ChunkVectors:
    vectors = ChunkVectors(DataFolder(tmp_path, 0), "minilm", Recipe("bundled", revision, 4, 256))
    vectors.start_set()
    return vectors


def test_chunks_come_back_by_paper_and_by_id(store: ChunkStore, tmp_path: Path) -> None:
    for paper_id in (PAPER, OTHER, OWN):
        store.put(paper_id, 1, CHUNKER, chunks_of(paper_id))
    for reader in (store, ChunkStore(DataFolder(tmp_path, 0))):
        assert reader.of_paper(PAPER) == chunks_of(PAPER)
        first, other = chunks_of(PAPER)[0], chunks_of(OWN)[2]
        assert reader.get([other.chunk_id, "none", first.chunk_id]) == {other.chunk_id: other, first.chunk_id: first}
        assert reader.papers() == {OTHER: (1,), PAPER: (1,), OWN: (1,)}
        assert reader.of_paper("2601.99999") == []
    assert sorted(path.name for path in (tmp_path / "chunks").glob("*.parquet")) == [
        "2025-12.parquet",
        "2026-01.parquet",
        "local.parquet",
    ]


def test_the_same_again_writes_nothing_and_others_of_the_same_version_take_their_place(
    store: ChunkStore, tmp_path: Path
) -> None:
    store.put(PAPER, 1, CHUNKER, chunks_of(PAPER))
    before = (tmp_path / "chunks" / "manifest.json").stat().st_mtime_ns
    store.put(PAPER, 1, CHUNKER, chunks_of(PAPER))
    assert (tmp_path / "chunks" / "manifest.json").stat().st_mtime_ns == before
    store.put(PAPER, 1, CHUNKER, chunks_of(PAPER, 2))
    store.put(PAPER, 2, CHUNKER, chunks_of(PAPER, 4, version=2))
    assert [len(store.of_paper(PAPER, version)) for version in (1, 2, None)] == [2, 4, 6]
    assert store.remove(PAPER, 1) == 2
    assert store.papers() == {PAPER: (2,)}


def test_many_papers_lie_in_few_files(store: ChunkStore, tmp_path: Path) -> None:
    papers = [f"2601.{number:05}" for number in range(40)]
    for paper_id in papers:
        store.put(paper_id, 1, CHUNKER, chunks_of(paper_id))
    assert len(list((tmp_path / "chunks").glob("*.parquet"))) <= 12
    assert store.count() == 120
    assert all(store.of_paper(paper_id) == chunks_of(paper_id) for paper_id in papers)


def test_what_another_chunker_made_counts_until_this_one_has_cut_the_version(store: ChunkStore) -> None:
    store.put(PAPER, 1, "sections-0", chunks_of(PAPER, 2, chunker="sections-0"))
    assert [chunk.chunker for chunk in store.of_version(PAPER, 1, CHUNKER)] == ["sections-0"] * 2
    store.put(PAPER, 1, CHUNKER, chunks_of(PAPER))
    assert store.of_version(PAPER, 1, CHUNKER) == chunks_of(PAPER)
    assert store.ids_by_version()[PAPER, 1][CHUNKER] == [chunk.chunk_id for chunk in chunks_of(PAPER)]
    store.remove_earlier(CHUNKER)
    assert store.of_paper(PAPER) == chunks_of(PAPER)


@pytest.mark.parametrize("step", range(12))
def test_a_writer_that_dies_leaves_the_old_state_or_the_new_one(
    store: ChunkStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    for number in range(7):
        store.put(f"2601.{number:05}", 1, CHUNKER, chunks_of(f"2601.{number:05}"))
    left = step

    def dying(self: Path, target: Path) -> Path:
        nonlocal left
        left -= 1
        if left < 0:
            raise KeyboardInterrupt
        return replace(self, target)

    replace = Path.replace
    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", dying)
        try:
            store.put("2601.00007", 1, CHUNKER, chunks_of("2601.00007"))
            store.remove("2601.00000")
        except KeyboardInterrupt:
            pass
    again = ChunkStore(DataFolder(tmp_path, 0))
    assert all(len(again.of_paper(f"2601.{number:05}")) == 3 for number in range(1, 7))
    assert {len(again.of_paper(paper_id)) for paper_id in ("2601.00000", "2601.00007")} <= {0, 3}
    again.put("2601.00009", 1, CHUNKER, chunks_of("2601.00009"))
    assert damaged_tables(tmp_path / "chunks", again.tables.manifest()) == {}
    named = {file.name for file in again.tables.manifest().files}
    assert {path.name for path in (tmp_path / "chunks").glob("*.parquet")} == named


def test_a_damaged_file_is_named(store: ChunkStore, tmp_path: Path) -> None:
    store.put(PAPER, 1, CHUNKER, chunks_of(PAPER))
    path = tmp_path / "chunks" / "2026-01.parquet"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 255
    path.write_bytes(content)
    assert list(damaged_tables(tmp_path / "chunks", store.tables.manifest())) == ["2026-01.parquet"]
    path.write_bytes(b"nothing")
    with pytest.raises(PapersysError, match="parquet is damaged"):
        ChunkStore(DataFolder(tmp_path, 0)).of_paper(PAPER)


def test_vectors_come_back_and_those_of_another_recipe_are_put_aside(tmp_path: Path) -> None:
    ids = [chunk.chunk_id for chunk in chunks_of(PAPER)]
    vectors = vectors_in(tmp_path)
    rows = {name: np.eye(4, dtype=np.float32)[row] for row, name in enumerate(ids)}
    vectors.put(PAPER, rows)
    vectors.put(PAPER, {ids[0]: np.ones(4, np.float32)})
    assert vectors.missing(PAPER, [*ids, "none"]) == ["none"]
    for reader in (vectors, vectors_in(tmp_path)):
        assert {name: row.tolist() for name, row in reader.get(PAPER, ids).items()} == {
            name: row.tolist() for name, row in rows.items()
        }
    other = vectors_in(tmp_path, "next")
    assert other.missing(PAPER, ids) == ids
    assert other.ids_of_all_sets() == set(ids) > other.ids()
    assert vectors_in(tmp_path).missing(PAPER, ids) == []
    vectors.remove(PAPER, ids[:1])
    assert vectors.missing(PAPER, ids) == ids[:1]


def test_own_files_have_a_file_of_their_own() -> None:
    assert [month_of_chunks(name) for name in (PAPER, "hep-th/9901001", OWN)] == ["2026-01", "1999-01", "local"]
