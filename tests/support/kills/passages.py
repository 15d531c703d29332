"""Processes that index papers and are killed, each before another thing that it does to the disk, as `kill -9` kills.

`python -m tests.support.kills.passages FOLDER LIVES` prints a line of JSON a life: how many papers could be asked when
it began. `bill.txt` has the requests for vectors of all lives. The first half of the lives cut papers in
one way, the others in another. Each life is a fork, so that imports are paid once.
"""

import asyncio
import json
import os
import signal
import sys
from pathlib import Path

import qdrant_client  # noqa: F401 - imported before the forks

from services.summarizer.research.retrieval.corpora import ResolvedCorpus
from shared.contracts import Encode
from shared.store.files.data_folder import DataFolder
from tests.support.papers.passages import PassageRoom

PAPERS = [f"2601.{number:05}" for number in range(4)]
WORDS = (200, 60)
_STEPS_A_LIFE = 5


class Logged(PassageRoom):
    """Writes each request for vectors into a file, as the bill of a server would have it."""

    def __init__(self, folder: Path, words: int) -> None:
        super().__init__(folder, words=words)
        answer = self.bus.answers[Encode]

        def noted(request: Encode) -> object:
            if request.kind == "passage":
                with (folder / "bill.txt").open("a") as bill:
                    bill.write(json.dumps({"life": os.getpid(), "texts": request.texts}) + "\n")
            return answer(request)

        self.bus.answers[Encode] = noted


async def live(folder: Path, words: int, steps: int | None) -> None:
    """Index every paper; die after so many files took their place."""
    room = Logged(folder, words)
    await room.retriever.open()
    print(json.dumps({"words": words, "askable": [await _found(room, paper_id) for paper_id in PAPERS]}), flush=True)
    if steps is not None:
        _die_after(steps)
    for paper_id in PAPERS:
        await room.retriever.index(paper_id, 1)
    await room.retriever.close()


async def _found(room: PassageRoom, paper_id: str) -> int:
    """How many chunks of a paper are found by a word that all have."""
    return len(await room.retriever.find("merged", ResolvedCorpus(papers={paper_id: 1}), 100))


def _die_after(steps: int) -> None:
    replace, left = DataFolder.replacing, steps

    def dying(self: DataFolder, path: Path) -> object:
        nonlocal left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return replace(self, path)

    DataFolder.replacing = dying  # type: ignore[assignment,method-assign]


def main() -> None:
    folder, lives = Path(sys.argv[1]), int(sys.argv[2])
    os.fsync = lambda fd: None  # a killed process loses nothing that it wrote
    room = PassageRoom(folder)
    for paper_id in PAPERS:
        sections = (" ".join(f"Run {n} of {paper_id} is merged." for n in range(60 * k, 60 * k + 30)) for k in (1, 2))
        room.write(paper_id, "".join(f"## Section\n\n{text}\n\n" for text in sections))
    for number in range(lives):
        for words in WORDS[number * len(WORDS) // lives : number * len(WORDS) // lives + 1]:
            is_last = number + 1 in (lives // 2, lives)
            _forked(folder, words, None if is_last else 1 + number % _STEPS_A_LIFE)


def _forked(folder: Path, words: int, steps: int | None) -> None:
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return
    asyncio.run(live(folder, words, steps))
    os._exit(0)


if __name__ == "__main__":
    main()
