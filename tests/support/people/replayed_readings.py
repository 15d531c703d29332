"""Papers that were read without a model, one after the other, for replays of tags and links."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np

from services.summarizer.vectors import Matrix
from shared.contracts import PapersSelected, now
from shared.store.files.data_folder import DataFolder
from shared.store.keeping.replays import Replay, ReplayRecord, ReplayRequest, ReplayStore
from tests.support.papers.summarizer import OTHER_ID, paper, room, vector_of

THIRD_ID = "2610.00003"
PAPERS = (
    paper(),
    paper(OTHER_ID, "External sorting with few disks", "We study external sorting on few disks with merge trees."),
    paper(THIRD_ID, "Merge trees for few disks", "Merge trees help external sorting on few disks."),
)


def read_one_after_the_other(folder: Path) -> None:
    """Into a data folder."""

    async def read() -> None:
        async with room(folder) as here:
            here.hold(*PAPERS)
            for one in PAPERS:
                await here.bus.deliver(PapersSelected(paper_ids=(one.paper_id,), event_id=f"pick-{one.paper_id}"))

    asyncio.run(read())


def encode(alias: str, texts: Sequence[str], kind: Literal["query", "passage"]) -> Matrix:
    """Vectors as the papers have them."""
    return np.stack([vector_of(text) for text in texts])


def begun(data: DataFolder, **request: Any) -> Replay:
    """The replay `try`, new or gone on with."""
    store = ReplayStore(data)
    known = store.find("try")
    begun_at = known.record.begun_at if known else now()
    return store.put(ReplayRecord(name="try", request=ReplayRequest.model_validate(request), begun_at=begun_at))


def quiet(done: int, total: int) -> None:
    """Progress that nobody watches."""
