"""The only ways to change a data file."""

import errno
import multiprocessing
from collections.abc import Callable
from pathlib import Path

import pytest

from shared.errors import PapersysError, TemporaryFailure
from shared.store.files.data_folder import DataFolder, whole_lines


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path, min_free_mb=0)


def test_a_replaced_file_is_the_old_one_or_the_new_one_when_the_write_fails(data: DataFolder) -> None:
    path = data.path("a", "file.txt")
    data.write_text(path, "old")
    with pytest.raises(TemporaryFailure, match="the old state stands"):
        _fail_half_way(data, path)
    assert path.read_text() == "old"
    assert [entry.name for entry in path.parent.iterdir()] == ["file.txt"]


def _fail_half_way(data: DataFolder, path: Path) -> None:
    with data.replacing(path) as draft:
        draft.write_text("half")
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_and_a_held_lock_are_waits_that_are_nobodys_fault(data: DataFolder) -> None:
    path = data.path("file.txt")
    with pytest.raises(TemporaryFailure) as full:
        DataFolder(data.root, min_free_mb=10**9).write_text(path, "new")
    with pytest.raises(TemporaryFailure) as half, data.replacing(path):
        raise OSError(errno.ENOSPC, "No space left on device")
    with data.lock("a dataset"), pytest.raises(TemporaryFailure) as locked, data.lock("a dataset", 0.01):
        pytest.fail("two writers")
    assert all(error.value.retry_in_seconds for error in (full, half, locked))


def test_a_file_that_can_never_be_written_is_no_wait(data: DataFolder) -> None:
    with pytest.raises(TemporaryFailure) as refused, data.replacing(data.path("file.txt")):
        raise OSError(errno.ENAMETOOLONG, "File name too long")
    assert refused.value.retry_in_seconds is None


def test_the_same_content_again_is_not_written(data: DataFolder) -> None:
    path = data.path("file.txt")
    assert data.write_text(path, "same")
    before = path.stat().st_ino
    assert not data.write_text(path, "same")
    assert path.stat().st_ino == before


@pytest.mark.parametrize("torn", ["", "half a li", "x" * 200_000])
def test_a_torn_last_line_is_not_read_and_is_cut_off_by_the_next_append(data: DataFolder, torn: str) -> None:
    path = data.path("log.csv")
    data.append_lines(path, "one\n")
    with path.open("a") as file:
        file.write(torn)
    assert whole_lines(path) == "one\n"
    data.append_lines(path, "two\n")
    assert path.read_text() == "one\ntwo\n"


def test_a_full_disk_is_said_before_anything_is_written(tmp_path: Path) -> None:
    data = DataFolder(tmp_path, min_free_mb=10**9)
    with pytest.raises(TemporaryFailure, match="free some space"):
        data.write_text(data.path("file.txt"), "new")
    assert list(tmp_path.iterdir()) == []


def test_a_data_folder_that_is_a_file_is_refused_with_advice(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("I am a file")
    with pytest.raises(PapersysError, match=r"set data\.path"):
        DataFolder(tmp_path / "data", min_free_mb=0).prepare()


def _count_up(root: Path, times: int) -> None:
    data = DataFolder(root, min_free_mb=0)
    path = data.path("counter")
    for _ in range(times):
        with data.lock("counter"):
            data.write_text(path, str(int(path.read_text()) + 1))


def test_two_processes_that_write_one_dataset_take_turns(data: DataFolder) -> None:
    data.write_text(data.path("counter"), "0")
    context = multiprocessing.get_context("spawn")
    target: Callable[[Path, int], None] = _count_up
    workers = [context.Process(target=target, args=(data.root, 25)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert data.path("counter").read_text() == "50"
