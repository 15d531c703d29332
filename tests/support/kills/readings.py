"""A process that reads one paper again and again and is killed at the points that it is given, as `kill -9` kills.

`python -m tests.support.kills.readings FOLDER URL POINT...`; a point is `before NODE`, `after NODE` (its work is done,
no checkpoint of it is written yet) or `kept N` (the N-th answer of this life is kept, nothing else happened with it).
Prints a line of JSON: how each life ended. Each life is a fork, so that imports are paid once.
"""

import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import qdrant_client  # noqa: F401 - imported before the forks

from services.summarizer.state import State
from shared.contracts import PapersSelected
from shared.settings.settings import LlmSettings
from tests.support.papers.summarizer import PAPER_ID, Room, paper, room
from tests.support.processes.forked_lives import ending

_STEPS = {"read": "reader", "extract": "extractor", "check": "extractor", "repair": "extractor", "tag": "tagger"}
_STEPS |= {"link": "linker", "measure": "results", "finish": "recorder"}
EVENT = PapersSelected(paper_ids=(PAPER_ID,), event_id="pick-1", run_id="run-1")


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def set_trap(here: Room, point: str) -> None:
    """Make the process die at a point."""
    when, _, where = point.partition(" ")
    if when == "kept":
        here.runs.put = _dying_after(here.runs.put, int(where))  # type: ignore[assignment,method-assign]
    elif when:
        owner = getattr(here.agent.steps, _STEPS[where])
        setattr(owner, where, _dying_step(getattr(owner, where), when))


def _dying_step(step: Callable[[State], Awaitable[State]], when: str) -> Callable[[State], Awaitable[State]]:
    async def work(state: State) -> State:
        if when == "before":
            die()
        changes = await step(state)
        die()
        return changes

    return work


def _dying_after(put: Callable[..., Awaitable[None]], number: int) -> Callable[..., Awaitable[None]]:
    calls = 0

    async def put_and_die(*args: Any) -> None:
        nonlocal calls
        await put(*args)
        calls += 1
        if calls == number:
            die()

    return put_and_die


async def live(folder: Path, url: str, point: str) -> None:
    """One life of the service, with one delivery of the event."""
    settings = LlmSettings.model_validate({"base_url": url, "model": "small-model"})
    async with room(folder, settings) as here:
        set_trap(here, point)
        await here.agent.open()
        await here.bus.deliver(EVENT)


def main(folder: Path, url: str, points: list[str]) -> None:
    first = Room(folder)
    first.hold(paper())
    print(json.dumps([[point, ending(partial(live, folder, url, point))] for point in points]))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3:])
