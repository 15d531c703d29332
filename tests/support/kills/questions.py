"""A process that answers one question again and again and is killed at the points that it is given.

`python -m tests.support.kills.questions FOLDER URL POINT...`; a point is `before STEP` or `after STEP` of the trace
(its line is written, nothing else happened with it), with a number behind it for the n-th such line in this life.
Prints a line of JSON: how each life ended. Each life is a fork, so that imports are paid once.
"""

import json
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

import langgraph.graph  # noqa: F401 - imported before the forks

from shared.settings.settings import LlmSettings
from shared.store.research.traces import Step, TraceStore
from tests.support.papers.questions import asked_room
from tests.support.processes.forked_lives import ending

T = TypeVar("T")
ASK_ID, QUESTION = "the-question", "What does the tree of tournament nodes hold?"


def dying(append: Callable[[TraceStore, str, Step], T], point: str) -> Callable[[TraceStore, str, Step], T]:
    """The writing of steps, killed at a point."""
    when, _, rest = point.partition(" ")
    name, _, number = rest.partition(" ")
    seen = Counter[str]()

    def append_and_die(store: TraceStore, trace_id: str, step: Step) -> T:
        seen[step["step"]] += 1
        is_it = step["step"] == name and seen[name] == int(number.strip() or 1)
        if is_it and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        written = append(store, trace_id, step)
        if is_it:
            os.kill(os.getpid(), signal.SIGKILL)
        return written

    return append_and_die


async def live(folder: Path, url: str, point: str) -> None:
    """One life of the service, in which the question is asked (again)."""
    settings = LlmSettings.model_validate({"base_url": url, "model": "small-model"})
    TraceStore.append = dying(TraceStore.append, point)  # type: ignore[assignment,method-assign]
    TraceStore.begin = dying(TraceStore.begin, point)  # type: ignore[assignment,method-assign]
    async with asked_room(folder, settings) as room:
        reply = await room.ask(QUESTION, ask_id=ASK_ID)
        assert reply.result is not None, reply


def main(folder: Path, url: str, points: list[str]) -> None:
    print(json.dumps([[point, ending(partial(live, folder, url, point))] for point in points]))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3:])
