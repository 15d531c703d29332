"""A harvest of everything in a process that can be killed: `python -m tests.support.processes.harvesting DATA ARXIV`.

Prints the peak of its memory in MB when it is done. Its clock stands still, so that rows do not depend on when it ran.
"""

import asyncio
import sys
from datetime import UTC, date, datetime
from pathlib import Path

from services.fetcher.app import build
from services.fetcher.harvesting.cursor import HarvestPlan
from services.fetcher.harvesting.harvest import Harvester
from services.fetcher.settings import FetcherSettings
from shared.store.files.data_folder import DataFolder

ALL = HarvestPlan(date(2020, 1, 1))
NOON = datetime(2026, 11, 6, 12, tzinfo=UTC)


async def harvest(folder: Path, arxiv: str, flush_papers: int) -> None:
    settings = FetcherSettings.model_validate(
        {"oai_url": f"{arxiv}/oai", "arxiv_url": arxiv, "pace_seconds": 0, "categories": ()}
    )
    data = DataFolder(folder, min_free_mb=0)
    data.prepare()
    components = build(data, settings)
    try:
        await Harvester(components.arxiv, components.catalogue, data, lambda: NOON, flush_papers).run(ALL)
    finally:
        await components.arxiv.close()
    print(peak_mb())


def peak_mb() -> int:
    """The peak of this program alone: `ru_maxrss` would count the size of whoever started it."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


if __name__ == "__main__":
    asyncio.run(harvest(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
