"""The file of readings under way: kept, pruned, set aside, and told when it cannot be written."""

import asyncio
import pickle
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from langgraph.checkpoint.base import empty_checkpoint

from services.summarizer.agent.runs import KEPT_DAYS, BrokenFile, Runs
from shared.errors import TemporaryFailure
from shared.store.files.data_folder import DataFolder
from shared.store.papers.summaries import Usage

DAY = 86_400.0


@asynccontextmanager
async def opened(folder: Path, moment: float = 0.0) -> AsyncIterator[Runs]:
    runs = Runs(DataFolder(folder, 0), lambda: moment)
    await runs.open()
    try:
        yield runs
    finally:
        await runs.close()


def path(folder: Path) -> Path:
    return folder / "state" / "agent.sqlite"


async def test_an_answer_outlives_the_process_until_its_reading_is_finished(tmp_path: Path) -> None:
    async with opened(tmp_path) as runs, runs.reading("pick-1/2610.00001"):
        await runs.put("key", "the answer \ud800", Usage(calls=1))
    async with opened(tmp_path) as runs:
        assert await runs.get("key") == "the answer ?"
        await runs.forget("pick-2/2610.00001")
        assert await runs.get("key") is not None
        await runs.forget("pick-1/2610.00001")
        assert await runs.get("key") is None


async def test_papers_read_at_once_keep_their_answers_apart(tmp_path: Path) -> None:
    async with opened(tmp_path) as runs:

        async def read(name: str) -> None:
            async with runs.reading(name):
                await asyncio.sleep(0)
                await runs.put(f"key of {name}", name, Usage())

        await asyncio.gather(read("a"), read("b"))
        await runs.forget("a")
        assert [await runs.get("key of a"), await runs.get("key of b")] == [None, "b"]


async def test_readings_that_came_to_nothing_are_pruned_after_some_days(tmp_path: Path) -> None:
    async with opened(tmp_path) as runs, runs.reading("old"):
        await runs.put("key", "text", Usage())
        await put_checkpoint(runs, "old")
    async with opened(tmp_path, (KEPT_DAYS - 1) * DAY) as runs:
        assert await runs.get("key") == "text"
    async with opened(tmp_path, (KEPT_DAYS + 1) * DAY) as runs:
        assert await runs.get("key") is None
        assert await runs.saver.aget({"configurable": {"thread_id": "old"}}) is None


async def put_checkpoint(runs: Runs, thread_id: str, value: object = 1) -> None:
    checkpoint = {**empty_checkpoint(), "channel_values": {"x": value}}
    config = {"configurable": {"thread_id": thread_id, "checkpoint_ns": ""}}
    await runs.saver.aput(config, checkpoint, {}, {})


@pytest.mark.parametrize("content", [b"this is no database", b"SQLite format 3\x00" + b"\xff" * 4000])
async def test_a_file_that_is_no_database_is_set_aside_and_made_anew(tmp_path: Path, content: bytes) -> None:
    path(tmp_path).parent.mkdir()
    path(tmp_path).write_bytes(content)
    async with opened(tmp_path, 5.0) as runs:
        await runs.put("key", "text", Usage())
        assert await runs.get("key") == "text"
    (aside,) = path(tmp_path).parent.glob("agent-unreadable-5.sqlite")
    assert aside.read_bytes() == content


async def test_a_database_of_something_else_is_left_alone_under_another_name(tmp_path: Path) -> None:
    path(tmp_path).parent.mkdir()
    with sqlite3.connect(path(tmp_path)) as other:
        other.execute("CREATE TABLE checkpoints (mine TEXT)")
    async with opened(tmp_path, 7.0) as runs:
        assert await runs.get("key") is None
    with sqlite3.connect(path(tmp_path).with_name("agent-unreadable-7.sqlite")) as other:
        assert other.execute("SELECT count(*) FROM checkpoints").fetchone() == (0,)


async def test_an_empty_file_of_a_full_disk_is_used(tmp_path: Path) -> None:
    path(tmp_path).parent.mkdir()
    path(tmp_path).touch()
    async with opened(tmp_path) as runs:
        assert await runs.get("key") is None
    assert list(path(tmp_path).parent.glob("agent-unreadable*")) == []


async def test_a_file_that_breaks_while_it_is_open_costs_one_try(tmp_path: Path) -> None:
    async with opened(tmp_path) as runs:
        with pytest.raises(BrokenFile):
            async with runs.reading("a"):
                raise sqlite3.DatabaseError("database disk image is malformed")
        async with runs.reading("a"):
            await runs.put("key", "text", Usage())
        assert await runs.get("key") == "text"
    assert len(list(path(tmp_path).parent.glob("agent-unreadable*"))) == 1


async def test_a_full_disk_is_waited_for(tmp_path: Path) -> None:
    async with opened(tmp_path) as runs:
        with pytest.raises(TemporaryFailure, match="free some space") as failed:
            async with runs.reading("a"):
                raise sqlite3.OperationalError("database or disk is full")
        assert failed.value.retry_in_seconds is not None
        full = Runs(DataFolder(tmp_path, 10**9))
        with pytest.raises(TemporaryFailure, match="MB are free"):
            async with full.reading("a"):
                pass


async def test_nothing_is_ever_unpickled_and_no_class_is_made_from_the_file(tmp_path: Path) -> None:
    async with opened(tmp_path) as runs:
        with pytest.raises(TypeError):
            await put_checkpoint(runs, "a", object())
        with pytest.raises((NotImplementedError, ValueError)):
            runs.saver.serde.loads_typed(("pickle", pickle.dumps(1)))


async def test_a_second_process_on_the_folder_has_a_file_of_its_own(tmp_path: Path) -> None:
    async with opened(tmp_path) as first, opened(tmp_path) as second:
        await first.put("key", "text", Usage())
        assert await second.get("key") is None
        await second.put("key", "other", Usage())
        assert await first.get("key") == "text"
    assert {file.name for file in path(tmp_path).parent.glob("*.sqlite*")} == {"agent.sqlite", "agent-2.sqlite"}
    async with opened(tmp_path) as first:
        assert await first.get("key") == "text"


async def test_before_it_is_open_papers_wait(tmp_path: Path) -> None:
    with pytest.raises(TemporaryFailure, match="not open yet"):
        async with Runs(DataFolder(tmp_path, 0)).reading("a"):
            pass
