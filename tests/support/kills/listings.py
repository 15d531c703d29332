"""A process that makes a reading list ready again and again and is killed around its writes, as `kill -9` kills.

`python -m tests.support.kills.listings FOLDER POINT...`; a point is `before N` or `after N`: the N-th file that a life
replaces. An empty point lets it live. Prints a line of JSON: how each life ended, and what could be asked after it.
Each life is a fork, so that imports are paid once.
"""

import contextlib
import json
import os
import signal
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from shared.contracts import AddPapers, UpdatePapers
from shared.store.files.data_folder import DataFolder
from shared.store.papers.documents import DocumentStore
from shared.store.research.reading_list import ReadingListStore
from tests.support.papers.reading_lists import ListWorld
from tests.support.processes.forked_lives import ending

PAPERS = ("2611.00001", "2611.00002")
_replacing = DataFolder.replacing


def set_trap(point: str) -> None:
    """Make the process die around a replacement of a file."""
    when, _, number = point.partition(" ")
    left = [int(number)]

    @contextlib.contextmanager
    def replacing(self: DataFolder, path: Path) -> Iterator[Path]:
        left[0] -= 1
        with _replacing(self, path) as draft:
            yield draft
            if not left[0] and when == "before":
                os.kill(os.getpid(), signal.SIGKILL)
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)

    DataFolder.replacing = replacing  # type: ignore[method-assign]


async def live(folder: Path, point: str) -> None:
    """One life: two papers and a file are added, a paper is updated, everything is made ready."""
    world = ListWorld(folder)
    world.newest = dict.fromkeys(PAPERS, 2)
    if point:
        set_trap(point)
    own = folder.parent / "own.tex"
    world.listing.add(AddPapers(paper_ids=PAPERS, versions={PAPERS[0]: 1}))
    world.listing.add(AddPapers(local_path=str(own)))
    await world.work()
    if world.listed(PAPERS[0]).version == 1:
        world.listing.update(UpdatePapers(paper_ids=(PAPERS[0],)))
        await world.work()


def askable(folder: Path) -> list[tuple[str, int, bool]]:
    """The papers that can be asked, with their version and whether its text is there."""
    data = DataFolder(folder, 0)
    listed = ReadingListStore(data).of_user("me")
    return [
        (paper.paper_id, paper.version, bool(DocumentStore(data).stamp(paper.paper_id, paper.version)))
        for paper in listed
        if paper.version is not None
    ]


def main() -> None:
    folder = Path(sys.argv[1])
    told = [(point, ending(partial(live, folder, point)), askable(folder)) for point in sys.argv[2:]]
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
