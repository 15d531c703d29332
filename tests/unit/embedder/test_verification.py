"""The embedder's look at sets of vectors, the backlog, and papers without a vector."""

from pathlib import Path

import numpy as np
import pytest

from services.embedder.papers.text import hash_of, text_of
from services.embedder.recipe import recipe_of
from services.embedder.settings import Settings
from services.embedder.verification import VECTOR_COPY, renew_backlog, renew_vector_copies, verify_embeddings
from shared.store.files.data_folder import DataFolder
from shared.store.keeping.findings import Finding
from shared.store.papers.metadata import MetadataStore
from shared.store.vectors import snapshot
from shared.store.vectors.snapshot import SnapshotKeeper
from shared.store.vectors.writer import Embedded, VectorWriter
from tests.support.folders.sound_folder import IDS, NOON, commands_on, sound_folder


def found(data: DataFolder, *, deep: bool = True) -> list[Finding]:
    with commands_on(data):
        return verify_embeddings(deep=deep)


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    data = sound_folder(tmp_path)
    embedding = Settings().embedding
    papers = MetadataStore(data).get(IDS)
    matrix = np.eye(3, embedding.active.dimension, dtype=np.float32)
    hashes = [hash_of(text_of(papers[paper_id])) for paper_id in IDS]
    writer = VectorWriter(data, embedding.model, recipe_of(embedding.active))
    writer.put(Embedded(list(IDS), matrix, hashes, "test", NOON))
    assert found(data) == []
    return data


def test_a_flipped_bit_is_found_by_a_close_look(data: DataFolder) -> None:
    (path,) = data.path("embeddings").rglob("2026.parquet")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    assert [(finding.severity, "SHA-256" in finding.what) for finding in found(data)] == [("damage", True)]


def test_papers_without_a_vector_and_with_another_text_are_counted(data: DataFolder) -> None:
    path = data.path("metadata", "2026-11.csv")
    content = path.read_bytes()
    path.write_bytes(content.replace(b"On 2611.00101", b"Off 2611.0010", 1))
    (finding,) = found(data)
    assert "1 paper whose title or abstract is not what was embedded (2611.00101)" in finding.what
    path.write_bytes(content.replace(b"2611.00102", b"2611.00103"))
    assert {finding.what for finding in found(data, deep=False)} == {
        "1 paper with a vector of minilm but no metadata (2611.00102)",
        "1 paper without a vector (2611.00103)",
    }


def test_a_backlog_that_cannot_be_read_is_removed(data: DataFolder) -> None:
    data.path("embeddings", "backlog.parquet").write_bytes(b"spoilt")
    (finding,) = found(data)
    assert finding.repair == "backlog"
    with commands_on(data):
        renew_backlog()
    assert found(data) == []


def test_a_damaged_memory_mapped_copy_is_found_and_made_anew(data: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot, "LEAST_ROWS", 1)
    alias = Settings().embedding.model
    SnapshotKeeper(data, alias).refresh()
    assert found(data) == []
    (copy,) = data.path("state", "embeddings", alias).glob("*.f32")
    content = bytearray(copy.read_bytes())
    content[3] ^= 1
    copy.write_bytes(content)
    assert found(data, deep=False) == []
    (finding,) = found(data)
    assert (finding.severity, finding.repair) == ("gap", VECTOR_COPY)
    assert "differs from the stored vectors in 1 of 3 papers" in finding.what
    with commands_on(data):
        assert renew_vector_copies() == f"The memory-mapped copy is made anew: {alias}."
    assert found(data) == []


def test_a_damaged_copy_is_only_removed_where_none_is_wanted(data: DataFolder) -> None:
    head = data.path("state", "embeddings", Settings().embedding.model, "snapshot.json")
    head.parent.mkdir(parents=True)
    head.write_text("{")
    assert [finding.repair for finding in found(data, deep=False)] == [VECTOR_COPY]
    with commands_on(data):
        assert renew_vector_copies().startswith("The memory-mapped copy is removed")
    assert found(data) == []
