"""A copy of a data folder that is of one moment, whatever is written meanwhile."""

import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.backup import staging
from deploy.backup.soundness import problems_of
from deploy.backup.staging import Staged, Staging, copy_file, copy_whole_lines, staged_folder
from shared.store.files.checksums import compared
from shared.store.files.data_folder import DataFolder
from shared.store.research.chunks import Chunk, ChunkStore
from shared.store.research.traces import TraceStore
from shared.store.vectors.embeddings import VectorStore
from shared.store.vectors.writer import VectorWriter
from tests.support.papers.vectors import RECIPE, embedded


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    folder = DataFolder(tmp_path / "data", 0)
    folder.prepare()
    return folder


def write(data: DataFolder, path: str, content: str) -> Path:
    place = data.path(*path.split("/"))
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(content)
    return place


def test_a_torn_last_line_is_left_out_and_later_lines_do_not_get_into_the_copy(
    data: DataFolder, tmp_path: Path
) -> None:
    events = write(data, "preferences/events-2026.csv", "a,b\n1,2\n3,")
    Staging(data, tmp_path / "copy").take()
    with events.open("a") as file:
        file.write("4\n5,6\n")
    assert (tmp_path / "copy" / "preferences" / "events-2026.csv").read_text() == "a,b\n1,2\n"


def test_a_file_that_is_replaced_whole_is_linked_and_stays_what_it_was(data: DataFolder, tmp_path: Path) -> None:
    note = write(data, "notes/me/1.md", "before, without a line end")
    Staging(data, tmp_path / "copy").take()
    data.write_text(note, "after")
    copied = tmp_path / "copy" / "notes" / "me" / "1.md"
    assert copied.read_text() == "before, without a line end"
    assert copied.stat().st_nlink == 1  # the only one left


def test_times_are_kept_so_that_nothing_is_read_twice(data: DataFolder, tmp_path: Path) -> None:
    for path in ("ledger/2026-11.jsonl", "notes/me/1.md"):
        os.utime(write(data, path, "{}\n"), ns=(10**18, 10**18))
    Staging(data, tmp_path / "copy").take()
    files = [path for path in (tmp_path / "copy").rglob("*") if path.is_file()]
    assert {path.stat().st_mtime_ns for path in files} == {10**18}


def test_links_within_are_kept_as_links_and_a_dataset_on_another_disk_is_followed(
    data: DataFolder, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "document.md").write_text("text")
    data.path("documents").symlink_to(elsewhere)
    data.path("notes").mkdir()
    data.path("notes", "away").symlink_to("/nowhere")
    Staging(data, tmp_path / "copy").take()
    assert (tmp_path / "copy" / "documents" / "document.md").read_text() == "text"
    assert not (tmp_path / "copy" / "documents").is_symlink()
    assert (tmp_path / "copy" / "notes" / "away").readlink() == Path("/nowhere")


def test_where_a_disk_knows_no_links_files_are_copied(
    data: DataFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError("no links here")

    monkeypatch.setattr(os, "link", refused)
    write(data, "notes/me/1.md", "text")
    assert Staging(data, tmp_path / "copy").take() == Staged(files=1, size=4)


def test_a_block_is_copied_by_hand_where_the_system_does_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> int:
        raise OSError("other file systems")

    monkeypatch.setattr(os, "copy_file_range", refused)
    source = tmp_path / "source"
    source.write_bytes(os.urandom(3 * 1024 * 1024) + b"\nrest")
    copy_file(source, tmp_path / "all")
    copy_whole_lines(source, tmp_path / "lines")
    assert (tmp_path / "all").read_bytes() == source.read_bytes()
    assert (tmp_path / "lines").read_bytes() == source.read_bytes()[: -len("rest")]


def test_vectors_are_of_one_moment_while_they_are_compacted(data: DataFolder, tmp_path: Path) -> None:
    writer = VectorWriter(data, "m", RECIPE, max_parts=1)
    stop = threading.Event()

    def write_on() -> None:
        for number in range(1, 10_000):
            writer.put(embedded([f"2611.{number:05}"], seed=number))
            writer.compact_fully()
            if stop.is_set():
                return

    writer.put(embedded(["2611.00000"]))
    thread = threading.Thread(target=write_on)
    thread.start()
    try:
        for number in range(8):
            copy = DataFolder(tmp_path / f"copy{number}", 0)
            staged = Staging(data, copy.root).take()
            assert staged.remark == ""
            assert list(problems_of(copy, whole=False)) == []
            vectors = VectorStore(copy, "m", cached=False).all()
            assert len(vectors.ids) == len(vectors.matrix)
    finally:
        stop.set()
        thread.join()


def chunk(paper_id: str, position: int = 0) -> Chunk:
    name = f"{paper_id}-{position}"
    return Chunk(chunk_id=name, paper_id=paper_id, version=1, chunker="c", position=position, text=name, start=0, end=9)


def test_chunks_are_of_one_moment_where_parts_are_joined_meanwhile(data: DataFolder, tmp_path: Path) -> None:
    chunks = ChunkStore(data)
    chunks.put("2611.00001", 1, "c", [chunk("2611.00001")])
    chunks.put("2611.00002", 1, "c", [chunk("2611.00002")])
    waiting = [lambda: chunks.put("2611.00001", 1, "c", [chunk("2611.00001", 1)])]

    def place_and_write(source: Path, target: Path) -> None:
        shutil.copyfile(source, target)
        while waiting and source.suffix == ".parquet":
            waiting.pop()()

    copy = DataFolder(tmp_path / "copy", 0)
    assert Staging(data, copy.root, place=place_and_write).take().remark == ""
    assert not waiting
    assert list(problems_of(copy, whole=False)) == []
    assert ChunkStore(copy).papers() == {"2611.00001": (1,), "2611.00002": (1,)}


def test_the_steps_of_a_question_that_come_meanwhile_do_not_get_into_the_copy(data: DataFolder, tmp_path: Path) -> None:
    traces, trace_id = TraceStore(data), "20261122T230922975225-b3b7e5"
    traces.append(trace_id, {"step": "asked"})
    Staging(data, tmp_path / "copy").take()
    traces.append(trace_id, {"step": "planned"})
    assert TraceStore(DataFolder(tmp_path / "copy", 0)).steps(trace_id) == [{"step": "asked"}]


def test_a_vector_file_that_is_gone_for_good_is_named_and_all_else_is_taken(data: DataFolder, tmp_path: Path) -> None:
    VectorWriter(data, "m", RECIPE).put(embedded(["2611.00000"]))
    data.path("embeddings", "m", "2026.parquet").unlink()
    write(data, "metadata/2026-11.csv", "x\n")
    staged = Staging(data, tmp_path / "copy").take()
    assert "embeddings/m/2026.parquet" in staged.remark
    assert (tmp_path / "copy" / "metadata" / "2026-11.csv").exists()


def test_what_a_killed_backup_left_is_gone_after_the_next(data: DataFolder) -> None:
    write(data, "state/backup/staging/data/old", "old")
    write(data, "notes/me/1.md", "text")
    with staged_folder(data) as (folder, staged):
        assert sorted(path.name for path in (folder / "data").rglob("*.md")) == ["1.md"]
        assert staged.files == 1
        assert not (folder / "data" / "state" / "backup").exists()
    assert not folder.exists()


def test_a_file_that_cannot_be_read_is_named(data: DataFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(source: Path, target: Path) -> None:
        raise PermissionError(13, "Permission denied")

    write(data, "notes/me/1.md", "text")
    write(data, "notes/me/2.md", "text")
    staged = Staging(data, tmp_path / "copy", place=refused).take()
    assert staged.remark == "notes/me/1.md (Permission denied) and 1 more could not be read"


def test_one_that_is_removed_meanwhile_is_no_problem(
    data: DataFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(source: Path, target: Path) -> None:
        raise FileNotFoundError(2, "No such file")

    write(data, "notes/me/1.md", "text")
    assert Staging(data, tmp_path / "copy", place=gone).take().remark == ""


def test_a_copy_has_the_checksum_of_what_was_copied_and_not_of_what_took_its_place(
    data: DataFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = data.path("tags", "index.jsonl")
    data.write_text(index, "{}\n" * 3)
    replaced_while_copying(monkeypatch, lambda: data.write_text(index, "{}\n" * 9))
    Staging(data, tmp_path / "copy").take()
    copied = tmp_path / "copy" / "tags" / "index.jsonl"
    assert (copied.read_text(), compared(copied)) == ("{}\n" * 3, "same")


def test_the_checksum_of_a_growing_file_holds_for_a_copy_of_its_beginning(
    data: DataFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = data.path("preferences", "events-2026.csv")
    data.append_lines(events, "a,b\n1,2\n")
    replaced_while_copying(monkeypatch, lambda: data.append_lines(events, "3,4\n"))
    Staging(data, tmp_path / "copy").take()
    copied = tmp_path / "copy" / "preferences" / "events-2026.csv"
    assert (copied.read_text(), compared(copied)) == ("a,b\n1,2\n", "same")


def replaced_while_copying(monkeypatch: pytest.MonkeyPatch, write: Callable[[], object]) -> None:
    """Something is written when the end of the file is known, before its bytes are copied."""
    end_of_lines = staging._end_of_lines

    def then_write(descriptor: int) -> int:
        end = end_of_lines(descriptor)
        write()
        return end

    monkeypatch.setattr(staging, "_end_of_lines", then_write)
