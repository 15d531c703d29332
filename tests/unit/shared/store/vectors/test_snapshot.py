"""The memory-mapped copy: it shows what the manifest says, or is not used."""

import numpy as np
import pytest

from shared.store.files.data_folder import DataFolder
from shared.store.vectors import snapshot as embedding_snapshot
from shared.store.vectors.embeddings import Vectors, VectorStore
from shared.store.vectors.snapshot import SnapshotKeeper
from shared.store.vectors.writer import VectorWriter
from tests.support.papers.vectors import embedded

OLD = ["2312.00001", "2312.00002", "2401.00001", "2401.00003", "hep-th/9901001"]


@pytest.fixture(autouse=True)
def _small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding_snapshot, "LEAST_ROWS", 3)
    monkeypatch.setattr(embedding_snapshot, "SPARE_ROWS", 6)
    monkeypatch.setattr(embedding_snapshot, "_REFRESH_ROWS", 3)


def by_id(vectors: Vectors) -> dict[str, bytes]:
    assert len(set(vectors.ids)) == len(vectors.ids) == len(vectors.matrix)
    return {one: row.tobytes() for one, row in zip(*vectors, strict=True)}


def truth(data: DataFolder, years: list[int] | None = None) -> dict[str, bytes]:
    return by_id(VectorStore(data, "tiny", cached=False).all(years))


def is_mapped(vectors: Vectors) -> bool:
    base: object = vectors.matrix
    while isinstance(base, np.ndarray) and not isinstance(base, np.memmap):
        base = base.base
    return isinstance(base, np.memmap)


def test_a_copy_is_mapped_and_shows_the_whole_set_by_year_and_id(
    data: DataFolder, writer: VectorWriter, store: VectorStore
) -> None:
    writer.put(embedded(OLD))
    assert SnapshotKeeper(data, "tiny").refresh()
    found = store.all()
    assert is_mapped(found)
    assert found.ids == ["hep-th/9901001", "2312.00001", "2312.00002", "2401.00001", "2401.00003"]
    assert by_id(found) == truth(data)
    assert is_mapped(store.all([2023, 2024]))
    with pytest.raises(ValueError, match="read-only"):
        found.matrix[0] = 0


def test_what_was_written_since_lies_over_it_and_earlier_answers_stay_as_they_were(
    data: DataFolder, writer: VectorWriter, store: VectorStore
) -> None:
    writer.put(embedded(OLD))
    SnapshotKeeper(data, "tiny").refresh()
    before, kept = store.all(), by_id(store.all())
    writer.put(embedded(["2401.00002", "2401.00003", "2501.00001"], seed=5, text="new"))
    assert is_mapped(store.all())
    assert by_id(store.all()) == truth(data) != kept
    assert by_id(before) == kept
    for years in ([2024], [2023], [2025], [2023, 2025], [1999, 2024], [1950]):
        assert by_id(store.all(years)) == truth(data, years)
    blocks = list(store.blocks())
    assert by_id(Vectors([one for ids, _ in blocks for one in ids], np.concatenate([m for _, m in blocks]))) == truth(
        data
    )


def test_compacting_a_year_and_much_news_are_read_right_before_and_after_the_copy_is_made_anew(
    data: DataFolder, writer: VectorWriter, store: VectorStore
) -> None:
    writer.put(embedded(OLD))
    keeper = SnapshotKeeper(data, "tiny")
    keeper.refresh()
    assert not keeper.refresh()
    for seed in range(1, 8):
        writer.put(embedded(["2401.00001", f"2402.0000{seed}"], seed=seed))
        writer.compact_fully()
        assert by_id(store.all()) == truth(data), seed
    assert keeper.refresh()
    assert is_mapped(store.all())
    assert by_id(store.all()) == truth(data)
    assert len(list(data.path("state", "embeddings", "tiny").iterdir())) == 3


@pytest.mark.parametrize("harm", ["no numbers", "no ids", "few ids", "no head", "bad head"])
def test_a_copy_that_is_damaged_or_gone_is_not_used(
    data: DataFolder, writer: VectorWriter, store: VectorStore, harm: str
) -> None:
    writer.put(embedded(OLD))
    SnapshotKeeper(data, "tiny").refresh()
    folder = data.path("state", "embeddings", "tiny")
    (numbers,), (ids,), head = folder.glob("*.f32"), folder.glob("*.ids"), folder / "snapshot.json"
    match harm:
        case "no numbers":
            numbers.unlink()
        case "no ids":
            ids.unlink()
        case "few ids":
            ids.write_text("2401.00001")
        case "no head":
            head.unlink()
        case _:
            head.write_text("{")
    assert by_id(store.all()) == truth(data)
    assert not is_mapped(store.all())


def test_the_copy_of_another_set_is_not_used(data: DataFolder, writer: VectorWriter, store: VectorStore) -> None:
    writer.put(embedded(OLD))
    SnapshotKeeper(data, "tiny").refresh()
    data.path("embeddings", "tiny").rename(data.path("old"))
    writer.put(embedded(["2401.00001", "2402.00001", "2403.00001"], seed=3))
    assert by_id(store.all()) == truth(data)


def test_no_copy_is_made_of_small_sets_or_where_there_is_no_room(
    data: DataFolder, writer: VectorWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer.put(embedded(OLD[:2]))
    assert not SnapshotKeeper(data, "tiny").refresh()
    writer.put(embedded(OLD))
    assert not SnapshotKeeper(DataFolder(data.root, min_free_mb=10**9), "tiny").refresh()
    assert not data.path("state", "embeddings").exists()
