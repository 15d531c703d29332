"""Leases on a real nats-server, between real processes: one writer at a time, whoever is killed or stands still."""

import asyncio
import contextlib
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from shared.errors import TemporaryFailure
from shared.leases.choice import leave_leases, use_leases
from shared.leases.dataset_leases import DatasetLeases
from shared.leases.keeper import LeaseKeeper
from shared.leases.tasks import by_one_process
from shared.store.files.data_folder import DataFolder
from shared.store.files.exclusion import exclude_by
from tests.support.bus.lease_holder import settings_with_leases, start_holder
from tests.support.bus.nats import NatsServer, nats_server
from tests.support.checks.waiting import eventually


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatsServer]:
    with nats_server(tmp_path_factory.mktemp("nats")) as running:
        yield running


@asynccontextmanager
async def keeper(server: NatsServer, name: str, seconds: float = 1.0) -> AsyncIterator[LeaseKeeper]:
    one = LeaseKeeper(server.settings, seconds, name)
    try:
        yield one
    finally:
        one.close()


async def test_one_process_has_a_lease_and_others_are_told_which(server: NatsServer) -> None:
    async with keeper(server, "the ranker on a") as first, keeper(server, "the ranker on b") as second:
        held = first.take("ranker", 5, "The ranker's files")
        with pytest.raises(TemporaryFailure, match="The ranker's files cannot be written now: the ranker on a has"):
            second.take("ranker", 0, "The ranker's files")
        await asyncio.sleep(1.5)  # longer than a lease that nobody renews
        with pytest.raises(TemporaryFailure):
            second.take("ranker", 0.1, "The ranker's files")
        first.give_back(held)
        later = second.take("ranker", 0, "The ranker's files")
        assert later.epoch > held.epoch
        second.give_back(later)


@pytest.mark.proof
async def test_a_lease_outlives_a_restart_of_nats(tmp_path: Path) -> None:
    with nats_server(tmp_path) as server:
        async with keeper(server, "a") as first, keeper(server, "b") as second:
            held = first.take("ranker", 5, "It")
            server.kill()
            await asyncio.sleep(1.5)
            with pytest.raises(TemporaryFailure, match="cannot be used"):
                second.take("ranker", 0, "It")
            server.start()
            before = held.revision
            await eventually(lambda: held.revision > before)
            assert not held.ended.is_set()
            with pytest.raises(TemporaryFailure, match="a has the lease"):
                second.take("ranker", 0, "It")


def test_threads_and_folders_within_have_turns_of_their_own(server: NatsServer, tmp_path: Path) -> None:
    one = LeaseKeeper(server.settings, 1.0, "a")
    exclude_by(tmp_path, DatasetLeases(tmp_path, one))
    data = DataFolder(tmp_path, 0)
    try:
        with contextlib.ExitStack() as held:
            for folder, dataset in ((data, "tags"), (data, "ledger"), (data.within("replays", "x"), "tags")):
                held.enter_context(folder.lock(dataset, 5))
            with pytest.raises(TemporaryFailure, match="Another thread"):
                held.enter_context(data.lock("tags", 0))
        with data.lock("tags", 0):
            pass
    finally:
        exclude_by(tmp_path, None)
        one.close()


@pytest.mark.proof
def test_a_writer_that_stood_still_past_its_lease_writes_nothing_and_no_line_is_lost(
    server: NatsServer, tmp_path: Path
) -> None:
    """Stopped while its draft is written; the others go on after the lease's time, and it goes on after them."""
    stopped = start_holder(tmp_path, server.settings, "a", rest_seconds=0.3)
    assert stopped.stdout is not None
    assert stopped.stdout.readline() == "a holds\n"
    stopped.send_signal(signal.SIGSTOP)
    began = time.monotonic()
    other = start_holder(tmp_path, server.settings, "b")
    assert other.stdout is not None
    assert other.stdout.readline() == "b holds\n"
    assert time.monotonic() - began >= 2.0, "a lease lasts for two seconds"
    told = [other.stdout.readline() for _ in range(20)]
    other.kill()
    stopped.send_signal(signal.SIGCONT)
    told_by_stopped = [stopped.stdout.readline() for _ in range(5)]
    stopped.kill()
    assert "LeaseLost: The lease on ratings ended" in told_by_stopped[0]
    assert told_by_stopped[1:3] == ["a holds\n", "a wrote 0\n"]
    lines = Counter(tmp_path.joinpath("ratings.csv").read_text().splitlines())
    wrote = [line.replace(" wrote ", ",").strip() for line in (*told, *told_by_stopped) if " wrote " in line]
    assert set(wrote) <= set(lines)
    assert max(lines.values()) == 1


@pytest.mark.proof
def test_a_killed_writer_is_followed_by_the_next_who_keeps_all_its_lines(server: NatsServer, tmp_path: Path) -> None:
    killed = start_holder(tmp_path, server.settings, "a")
    assert killed.stdout is not None
    told = [killed.stdout.readline() for _ in range(21)]
    killed.kill()
    other = start_holder(tmp_path, server.settings, "b")
    assert other.stdout is not None
    assert other.stdout.readline() == "b holds\n"
    assert other.stdout.readline() == "b wrote 0\n"
    other.kill()
    lines = tmp_path.joinpath("ratings.csv").read_text().splitlines()
    assert lines[:10] == [f"a,{number}" for number in range(10)]
    assert sum(" wrote " in line for line in told) >= 10


@pytest.mark.proof
async def test_a_task_is_done_by_one_process_and_handed_over(server: NatsServer, tmp_path: Path) -> None:
    """The other holder is a keeper of the same lease, as in another process; it stands still, and then is gone."""
    use_leases(settings_with_leases(tmp_path, server.settings), "publisher")
    runs: list[str] = []

    async def loop() -> None:
        runs.append("begun")
        try:
            await asyncio.Event().wait()
        finally:
            runs.append("ended")

    async with keeper(server, "another", seconds=2.0) as other:
        held = await other.take_async("task-digest", "It")
        task = asyncio.create_task(by_one_process("digest", loop)())
        await asyncio.sleep(0.5)
        assert runs == []
        await other.give_back_async(held)
        await eventually(lambda: runs == ["begun"])
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert runs == ["begun", "ended"]
    await asyncio.to_thread(leave_leases)
