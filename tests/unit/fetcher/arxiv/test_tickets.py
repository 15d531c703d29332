"""The queue to arXiv: in order, in one process and over several, and without those who were killed."""

import asyncio
import signal
import subprocess
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from services.fetcher.arxiv.tickets import TicketQueue
from tests.support.checks.waiting import eventually_sync

ROOT = Path(__file__).parents[4]
# Takes turns and writes its name at each one; without a number of turns, until somebody says that it is enough.
TAKER = """
import asyncio, sys
from pathlib import Path
from services.fetcher.arxiv.tickets import TicketQueue

async def main(folder, name, turns, lines):
    queue = TicketQueue(folder / "queue")

    async def take():
        for _ in range(turns or 1_000_000):
            if not turns and (folder / "enough").exists():
                return
            async with queue.turn(60):
                with (folder / "log").open("a") as log:
                    log.write(name + "\\n")
                await asyncio.sleep(0.01)

    await asyncio.gather(*(take() for _ in range(lines)))

asyncio.run(main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
"""
HOLDER = """
import asyncio, sys
from pathlib import Path
from services.fetcher.arxiv.tickets import TicketQueue

async def main(folder):
    async with TicketQueue(folder / "queue").turn(60):
        (folder / "held").touch()
        await asyncio.sleep(600)

asyncio.run(main(Path(sys.argv[1])))
"""


def start(program: str, folder: Path, *arguments: object) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-c", program, str(folder), *map(str, arguments)], cwd=ROOT)


async def test_inside_a_process_who_comes_first_is_served_first(tmp_path: Path) -> None:
    queue = TicketQueue(tmp_path)
    served: list[int] = []

    async def take(number: int) -> None:
        async with queue.turn(10):
            served.append(number)
            await asyncio.sleep(0)

    await asyncio.gather(*map(take, range(50)))
    assert served == list(range(50))
    assert not list(tmp_path.glob("*.ticket"))


def test_a_process_that_asks_rarely_waits_a_few_turns_at_most(tmp_path: Path) -> None:
    busy = start(TAKER, tmp_path, "busy", 0, 5)
    log = tmp_path / "log"
    eventually_sync(lambda: log.exists() and log.stat().st_size > 25)
    rare = start(TAKER, tmp_path, "rare", 10, 1)
    try:
        assert rare.wait(60) == 0
    finally:
        (tmp_path / "enough").touch()
        assert busy.wait(60) == 0
    names = log.read_text().split()
    assert Counter(names)["rare"] == 10
    places = [place for place, name in enumerate(names) if name == "rare"]
    passed_over = [later - earlier - 1 for earlier, later in pairwise(places)]
    assert any(passed_over)
    assert max(passed_over) <= 3


def test_whoever_is_killed_in_its_turn_or_in_the_line_holds_up_nobody(tmp_path: Path) -> None:
    holder = start(HOLDER, tmp_path)
    eventually_sync((tmp_path / "held").exists)
    waiting = start(HOLDER, tmp_path)
    tickets = tmp_path / "queue"
    eventually_sync(lambda: len(list(tickets.glob("*.ticket"))) == 2)
    last = start(TAKER, tmp_path, "last", 1, 1)
    eventually_sync(lambda: len(list(tickets.glob("*.ticket"))) == 3)
    for process in (waiting, holder):
        process.send_signal(signal.SIGKILL)
        process.wait(60)
    assert last.wait(60) == 0
    assert not list(tickets.glob("*.ticket"))


async def test_who_gives_up_waiting_leaves_the_line(tmp_path: Path) -> None:
    first, second = TicketQueue(tmp_path), TicketQueue(tmp_path)
    async with first.turn(10):
        with pytest.raises(TimeoutError):
            async with second.turn(0.05):
                pass
        assert len(list(tmp_path.glob("*.ticket"))) == 1
    async with second.turn(10):
        pass


async def test_a_cancelled_waiter_leaves_the_line(tmp_path: Path) -> None:
    queue = TicketQueue(tmp_path)
    async with queue.turn(10):
        waiting = asyncio.create_task(TicketQueue(tmp_path).turn(10).__aenter__())
        await asyncio.wait([waiting], timeout=0.05)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert len(list(tmp_path.glob("*.ticket"))) == 1
