"""A process that follows new versions again and again and is killed around its steps, as `kill -9` kills.

`python -m tests.support.kills.revisions FOLDER POINT...`; a point is `before N` or `after N`: the N-th step of a life,
which is a file that is replaced, a document that is asked for, or an event that is published. An empty point lets it
live. Prints a line of JSON: how each life ended, and what the revisions of the papers said after it. Each life is a
fork, so that imports are paid once.
"""

import contextlib
import json
import os
import signal
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from shared.contracts import Document, DocumentReply, Event
from shared.store.files.data_folder import DataFolder
from shared.store.papers.revisions import RevisionStore
from tests.support.bus.in_memory import FakeBus
from tests.support.papers.followed_papers import FollowedPapers
from tests.support.processes.forked_lives import ending

PAPERS = ("2610.00001", "2610.00002", "2610.00003")
WITHDRAWN = "2610.00004"
PER_DAY = 9
ASKED, PUBLISHED = "asked.txt", "published.txt"
_replacing = DataFolder.replacing


class Trap:
    """Counts steps, and ends the process around one of them."""

    def __init__(self, point: str) -> None:
        self._when, _, number = point.partition(" ")
        self._left = int(number or 0)

    @contextlib.contextmanager
    def step(self) -> Iterator[None]:
        self._left -= 1
        is_last = self._left == 0
        if is_last and self._when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        yield
        if is_last:
            os.kill(os.getpid(), signal.SIGKILL)


class NotingBus(FakeBus):
    """Keeps in files what was asked and published, because a killed process forgets it."""

    def __init__(self, folder: Path, trap: Trap) -> None:
        super().__init__()
        self._folder, self._trap = folder, trap

    async def publish(self, event: Event) -> None:
        with self._trap.step():
            _note(self._folder / PUBLISHED, event.event_id)


def set_up(folder: Path) -> None:
    """Papers that were liked, summarised and noted, then revised; one of them was withdrawn."""
    world = FollowedPapers(folder / "data")
    for paper_id in (*PAPERS, WITHDRAWN):
        world.harvest(paper_id, 1)
        world.keep(paper_id, 1)
        world.summarise(paper_id)
        world.like(paper_id)
    world.follow_as_they_are()
    for paper_id in PAPERS:
        world.harvest(paper_id, 2)
    world.harvest(WITHDRAWN, 2, withdrawn=True)


async def live(folder: Path, point: str) -> None:
    """One life: one look at everything that is due."""
    trap = Trap(point)
    world = FollowedPapers(folder / "data", PER_DAY)
    world.bus = bus = NotingBus(folder, trap)

    def fetch(request: Document) -> DocumentReply:
        with trap.step():
            _note(folder / ASKED, request.paper_id)
            return world.fetch(request)

    bus.answers[Document] = fetch

    @contextlib.contextmanager
    def replacing(self: DataFolder, path: Path) -> Iterator[Path]:
        with trap.step(), _replacing(self, path) as draft:
            yield draft

    DataFolder.replacing = replacing  # type: ignore[method-assign]
    await world.opened().look()


def told(folder: Path) -> dict[str, Any]:
    """What the records say, without the times at which they were made."""
    aside = {"made_at", "found_at", "withdrawn_at"}
    records = RevisionStore(DataFolder(folder / "data", 0)).all()
    return {
        record.paper_id: {**record.model_dump(mode="json", exclude=aside), "withdrawn": record.withdrawn_at is not None}
        for record in records
    }


def _note(path: Path, line: str) -> None:
    with path.open("a", encoding="utf-8") as lines:
        lines.write(f"{line}\n")


def main() -> None:
    folder = Path(sys.argv[1])
    if not (folder / "data").exists():
        set_up(folder)
    lives = [(point, ending(partial(live, folder, point)), told(folder)) for point in sys.argv[2:]]
    sys.stdout.write(json.dumps(lives))


if __name__ == "__main__":
    main()
