"""The summarizer's look at Qdrant's points, and making them anew, with real files of Qdrant's local mode."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from services.summarizer import verification
from services.summarizer.links.neighbour_index import NeighbourIndex
from services.summarizer.settings import Settings
from services.summarizer.verification import rebuild_qdrant, verify_summarizer
from shared.errors import TemporaryFailure
from shared.store.files.data_folder import DataFolder
from shared.store.keeping.findings import Finding
from shared.store.papers.summaries import SummaryStore
from shared.store.vectors.manifest import Recipe
from shared.store.vectors.writer import Embedded, VectorWriter
from tests.support.folders.sound_folder import NOON, READ, commands_on, sound_folder

ALIAS = Settings().embedding.model
DIMENSION = Settings().embedding.active.dimension


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    """Two papers that were read, with vectors, as points."""
    data = sound_folder(tmp_path)
    writer = VectorWriter(data, ALIAS, Recipe("small", "1", DIMENSION, 256))
    matrix = np.eye(len(READ), DIMENSION, dtype=np.float32)
    writer.put(Embedded(list(READ), matrix, ["hash"] * len(READ), "test", NOON))
    with commands_on(data):
        assert rebuild_qdrant() == "Qdrant has 2 papers."
    assert found(data) == []
    return data


def found(data: DataFolder, *, deep: bool = True) -> list[Finding]:
    with commands_on(data):
        return verify_summarizer(deep=deep)


def storage(data: DataFolder) -> Path:
    return data.path("qdrant", "collection", f"papers-{ALIAS}", "storage.sqlite")


def neighbours(data: DataFolder) -> list[str]:
    """What the summarizer would find beside the first paper."""

    async def ask() -> list[str]:
        index = NeighbourIndex(data, ALIAS, DIMENSION)
        await index.open()
        try:
            return [one.paper_id for one in await index.nearest(np.eye(1, DIMENSION, dtype=np.float32)[0], 5)]
        finally:
            await index.close()

    return asyncio.run(ask())


def change(data: DataFolder, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(storage(data))) as connection, connection:
        connection.execute(statement, values)


def flip_a_bit(data: DataFolder) -> None:
    """Within a number of a vector."""
    one = np.eye(1, DIMENSION, dtype=np.float32)[0].tobytes()
    content = storage(data).read_bytes()
    assert one[:32] in content
    storage(data).write_bytes(content.replace(one[:32], np.float32(2.0).tobytes() + one[4:32], 1))


def spoil_a_pickle(data: DataFolder) -> None:
    change(data, "update points set point = substr(point, 1, 40) where rowid = 1")


def put_in_a_stranger(data: DataFolder) -> None:
    """A point of a paper whose summary is gone."""
    path = data.path("summaries", "2611.jsonl")
    path = next(data.path("summaries").glob("*.jsonl"))
    first, _ = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text(first, "utf-8")


DAMAGE: dict[str, tuple[Callable[[DataFolder], object], str]] = {
    "flipped": (flip_a_bit, "other vectors than these 1 paper"),
    "cut": (lambda data: storage(data).write_bytes(storage(data).read_bytes()[:5_000]), "cannot be read"),
    "overwritten": (lambda data: storage(data).write_bytes(b"spoilt" * 1_000), "cannot be read"),
    "gone": (lambda data: storage(data).unlink(), "has points of 0 of 2 papers"),
    "lost": (lambda data: change(data, "delete from points where rowid = 1"), "has points of 1 of 2 papers"),
    "spoilt": (spoil_a_pickle, "cannot be read"),
    "too many": (put_in_a_stranger, "has points of 1 of 1 paper with a summary and a vector, and 1 of others"),
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_each_kind_of_damage_is_found_by_a_close_look_and_made_good(data: DataFolder, kind: str) -> None:
    damage, text = DAMAGE[kind]
    damage(data)
    assert found(data, deep=False) == []
    (finding,) = found(data)
    assert (finding.severity, finding.repair) == ("gap", verification.QDRANT)
    assert text in finding.what
    with commands_on(data):
        rebuild_qdrant()
    assert found(data) == []
    assert sorted(neighbours(data)) == sorted(SummaryStore(data).ids())


def test_a_folder_that_a_running_summarizer_has_open_is_left_to_it(data: DataFolder) -> None:
    async def beside_a_summarizer() -> None:
        index = NeighbourIndex(data, ALIAS, DIMENSION)
        await index.open()
        await index.clear()
        try:
            assert await asyncio.to_thread(found, data) == []
            with pytest.raises(TemporaryFailure, match="only one summarizer"):
                await asyncio.to_thread(_rebuild, data)
        finally:
            await index.close()

    asyncio.run(beside_a_summarizer())
    assert [finding.repair for finding in found(data)] == [verification.QDRANT]


def _rebuild(data: DataFolder) -> None:
    with commands_on(data):
        rebuild_qdrant()
