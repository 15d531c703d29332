"""Damage to the memory-mapped copy: found before it moves a pick, and made good while readers have it open."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from shared.store.files.data_folder import DataFolder
from shared.store.vectors import snapshot, snapshot_check
from shared.store.vectors.embeddings import VectorStore
from shared.store.vectors.snapshot import SnapshotKeeper
from shared.store.vectors.snapshot_check import problem_of_copy
from shared.store.vectors.writer import VectorWriter
from tests.support.papers.vectors import embedded

IDS = ["2312.00001", "2312.00002", "2401.00001", "2401.00003", "hep-th/9901001"]


@pytest.fixture
def folder(data: DataFolder, writer: VectorWriter, monkeypatch: pytest.MonkeyPatch) -> Path:
    for module in (snapshot, snapshot_check):
        monkeypatch.setattr(module, "SPARE_ROWS", 6)
    monkeypatch.setattr(snapshot, "LEAST_ROWS", 3)
    writer.put(embedded(IDS))
    assert SnapshotKeeper(data, "tiny").refresh()
    writer.put(embedded(["2401.00002", "2401.00003"], seed=5, text="new"))
    assert problem_of_copy(data, "tiny", deep=True) is None
    return data.path("state", "embeddings", "tiny")


def numbers(folder: Path) -> Path:
    return next(folder.glob("*.f32"))


def names(folder: Path) -> Path:
    return next(folder.glob("*.ids"))


def flip_a_bit(path: Path, place: int) -> None:
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)


def give_another_name(folder: Path) -> None:
    names(folder).write_text(names(folder).read_text().replace("2312.00002", "2312.00008"))


def say_a_name_twice(folder: Path) -> None:
    lines = names(folder).read_text().split("\n")
    names(folder).write_text("\n".join([lines[0], lines[0], *lines[2:]]))


SHALLOW: dict[str, tuple[Callable[[Path], object], str]] = {
    "cut": (lambda folder: numbers(folder).write_bytes(numbers(folder).read_bytes()[:-4]), "172 bytes instead of 176"),
    "numbers gone": (lambda folder: numbers(folder).unlink(), "cannot be read: No such file"),
    "ids gone": (lambda folder: names(folder).unlink(), "cannot be read: No such file"),
    "ids cut": (lambda folder: names(folder).write_text("2401.00001"), "names 1 papers instead of 5"),
    "head gone": (lambda folder: (folder / "snapshot.json").unlink(), "is missing"),
    "head cut": (lambda folder: (folder / "snapshot.json").write_text('{"key"'), "cannot be read"),
    "head of something else": (lambda folder: (folder / "snapshot.json").write_text("{}"), "lacks what describes"),
}
DEEP: dict[str, tuple[Callable[[Path], object], str]] = {
    "bit flipped": (lambda folder: flip_a_bit(numbers(folder), 3), "differs from the stored vectors in 1 of 6 papers"),
    "other id": (give_another_name, "differs from the stored vectors in 1 of 6 papers"),
    "id doubled": (say_a_name_twice, "differs from the stored vectors in"),
}


@pytest.mark.parametrize("kind", SHALLOW)
def test_a_copy_whose_files_do_not_fit_is_found_at_a_glance(data: DataFolder, folder: Path, kind: str) -> None:
    damage, text = SHALLOW[kind]
    damage(folder)
    problem = problem_of_copy(data, "tiny", deep=False)
    assert problem is not None
    assert text in problem.text


@pytest.mark.parametrize("kind", DEEP)
def test_a_changed_byte_is_found_by_a_close_look(data: DataFolder, folder: Path, kind: str) -> None:
    damage, text = DEEP[kind]
    damage(folder)
    assert problem_of_copy(data, "tiny", deep=False) is None
    problem = problem_of_copy(data, "tiny", deep=True)
    assert problem is not None
    assert text in problem.text


@pytest.mark.parametrize("kind", ["cut", "head gone", "bit flipped"])
def test_a_reader_that_has_the_damaged_copy_open_gets_the_new_one(data: DataFolder, folder: Path, kind: str) -> None:
    truth = VectorStore(data, "tiny", cached=False)
    flip_a_bit(numbers(folder), 3)
    reader = VectorStore(data, "tiny")
    reader.all()
    {**SHALLOW, **DEEP}[kind][0](folder)
    reader.all()
    keeper = SnapshotKeeper(data, "tiny")
    keeper.remove()
    assert keeper.refresh()
    for paper_id in truth.all().ids:
        assert np.array_equal(reader.get([paper_id]).matrix, truth.get([paper_id]).matrix), paper_id
    assert problem_of_copy(data, "tiny", deep=True) is None


def test_no_copy_and_one_that_is_too_far_behind_are_no_problem(
    data: DataFolder, folder: Path, writer: VectorWriter
) -> None:
    writer.put(embedded([f"2402.0000{number}" for number in range(9)]))
    assert problem_of_copy(data, "tiny", deep=True) is None
    SnapshotKeeper(data, "tiny").remove()
    assert problem_of_copy(data, "tiny", deep=True) is None
