"""A fence: whatever an earlier holder was about to do when it was stopped, it does not reach the files any more."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Context
from pathlib import Path

import pytest

from shared.errors import TemporaryFailure
from shared.store.files.checksums import compared
from shared.store.files.data_folder import DataFolder, whole_lines
from shared.store.files.exclusion import exclude_by
from shared.store.files.fence import Fence, LeaseLost, writing_behind


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path, min_free_mb=0)


class EveryoneWrites:
    """Leases that exclude nobody: each has a later epoch than the last, as if the last one had run out at once."""

    def __init__(self) -> None:
        self.epochs = 0

    @contextmanager
    def hold(self, root: Path, dataset: str, wait_seconds: float) -> Iterator[Fence]:
        self.epochs += 1
        fence = Fence(root, dataset, f"{self.epochs:04d}")
        fence.put_up()
        try:
            yield fence
        finally:
            fence.take_down()


@pytest.fixture
def without_exclusion(data: DataFolder) -> Iterator[None]:
    exclude_by(data.root, EveryoneWrites())
    yield
    exclude_by(data.root, None)


def in_another_process(data: DataFolder, dataset: str, write: Callable[[], object]) -> None:
    """Write as a later holder."""

    def turn() -> None:
        with data.lock(dataset):
            write()

    Context().run(turn)


@pytest.mark.usefixtures("without_exclusion")
def test_a_draft_of_an_earlier_holder_never_takes_its_place(data: DataFolder) -> None:
    path = data.path("papers.csv")

    def replace_slowly() -> None:
        with data.lock("metadata"), data.replacing(path) as draft:
            draft.write_text("stale")
            in_another_process(data, "metadata", lambda: data.write_text(path, "new"))

    with pytest.raises(LeaseLost, match="lease on metadata ended"):
        replace_slowly()
    assert path.read_text() == "new"
    assert list(data.path("state", "locks", "metadata.lease").iterdir()) == []


@pytest.mark.usefixtures("without_exclusion")
def test_an_earlier_holder_learns_it_too_when_it_had_not_begun_to_write(data: DataFolder) -> None:
    path = data.path("papers.csv")
    with data.lock("metadata"):
        in_another_process(data, "metadata", lambda: data.write_text(path, "new"))
        for write in (lambda: data.write_text(path, "stale"), lambda: data.append_lines(path, "stale\n")):
            with pytest.raises(LeaseLost):
                write()
    assert path.read_text() == "new"


def append_slowly(data: DataFolder, path: Path, *, has_begun: bool) -> None:
    """Append as an earlier holder that is stopped before or after it has begun, while a later one appends."""
    earlier, later = Fence(data.root, "ratings", "0001"), Fence(data.root, "ratings", "0002")
    earlier.put_up()
    with writing_behind(earlier):
        data.append_lines(path, "one\n")
    with earlier.appending(path) as append, path.open("ab") as file:
        if has_begun:
            append.begin()
        later.put_up()
        with writing_behind(later):
            data.append_lines(path, "two\n")
        if not has_begun:
            append.begin()
        file.write(b"stale\n")


@pytest.mark.parametrize("has_begun", [True, False])
def test_an_append_of_an_earlier_holder_goes_into_a_file_that_nobody_reads(data: DataFolder, has_begun: bool) -> None:
    path = data.path("ratings.csv")
    with pytest.raises(LeaseLost):
        append_slowly(data, path, has_begun=has_begun)
    assert whole_lines(path) == "one\ntwo\n"
    assert compared(path) == "same"


def test_a_holder_that_was_stopped_before_it_had_its_folder_shuts_nobody_out(data: DataFolder) -> None:
    late, current = Fence(data.root, "ratings", "0001"), Fence(data.root, "ratings", "0002")
    current.put_up()
    with pytest.raises(LeaseLost):
        late.put_up()
    current.check()


def test_what_a_killed_successor_left_undone_is_done_by_the_next(data: DataFolder) -> None:
    path = data.path("ratings.csv")
    path.write_text("one\n")
    killed = data.path("state", "locks", "ratings.lease", ".ended-1")
    killed.mkdir(parents=True)
    (killed / "a.append.begun").write_text("ratings.csv")
    before = path.stat().st_ino
    Fence(data.root, "ratings", "0003").put_up()
    assert path.stat().st_ino != before
    assert path.read_text() == "one\n"
    assert [folder.name for folder in killed.parent.iterdir()] == ["0003"]


@pytest.mark.usefixtures("without_exclusion")
def test_an_earlier_holder_removes_nothing(data: DataFolder) -> None:
    path = data.path("2026.parquet")
    path.write_text("new")
    with data.lock("embeddings"):
        in_another_process(data, "embeddings", lambda: None)
        with pytest.raises(LeaseLost):
            data.remove(path)
    assert path.exists()
    with data.lock("embeddings"):
        data.remove(path)
        data.remove(path)
    assert not path.exists()


@pytest.mark.usefixtures("without_exclusion")
def test_the_fence_of_an_outer_dataset_stands_before_what_is_written_within(data: DataFolder) -> None:
    path = data.path("tags.jsonl")
    path.write_text("one\n")
    with data.lock("tags"):
        in_another_process(data, "tags", lambda: None)
        for write in (data.write_text, data.append_lines):
            with pytest.raises(LeaseLost), data.lock("ledger"):
                write(path, "stale\n")
    assert path.read_text() == "one\n"


def test_an_earlier_holder_renames_no_folder(data: DataFolder) -> None:
    folder, place = data.path("minilm"), data.path("minilm@1")
    folder.mkdir()
    (folder / "2026.parquet").write_bytes(b"vectors")
    earlier = Fence(data.root, "ratings", "0001")
    earlier.put_up()
    Fence(data.root, "ratings", "0002").put_up()
    with writing_behind(earlier), pytest.raises(LeaseLost):
        data.move_folder(folder, place)
    assert (folder.exists(), place.exists()) == (True, False)


def test_a_folder_takes_no_other_ones_place(data: DataFolder) -> None:
    """As for a writer that was stopped just before the renaming: its successor has done it, and started anew."""
    folder, place = data.path("minilm"), data.path("minilm@1")
    for each in (folder, place):
        each.mkdir()
        (each / "2026.parquet").write_bytes(each.name.encode())
    with pytest.raises(TemporaryFailure, match="it stands as it was"):
        data.move_folder(folder, place)
    assert (place / "2026.parquet").read_bytes() == b"minilm@1"
