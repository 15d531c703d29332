"""Memory, open files and threads stay flat while days go by: six services in this process, and a real nats-server."""

import functools
import os
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from services.ranker.interests.discovery import phrases
from shared.settings.settings import BusSettings
from tests.support.bus.nats import PASSWORD
from tests.support.llm.embedding_server import embedding_server
from tests.support.processes.simulated_days import SUBJECTS, Footprint, arxiv_without_documents, live_a_day
from tests.support.processes.whole_house import whole_house

pytestmark = pytest.mark.xdist_group("steady")


async def footprints(folder: Path, monkeypatch: pytest.MonkeyPatch, days: int, papers: int) -> list[Footprint]:
    """What the process holds after each of so many days with so many papers each."""
    with embedding_server(*SUBJECTS) as model, arxiv_without_documents() as arxiv:
        table = {"name": "words", "backend": "openai", "dimension": len(SUBJECTS) + 1, "base_url": model.base_url}
        sections: dict[str, dict[str, Any]] = {
            "embedding": {"model": "words", "models": {"words": table}},
            "ranker": {"per_day": 2, "explore": 0, "audit": 0, "seeds": ["graphs"]},
        }
        async with whole_house(folder, arxiv, monkeypatch, **sections) as house:
            bus = BusSettings.model_validate({"port": house.bus_port, "password": PASSWORD})
            held = []
            for number in range(days):
                held.append(await live_a_day(house, bus, number, papers))
                print(number, held[-1], flush=True)
            return held


def growth(held: list[Footprint], since: float) -> Footprint:
    """What the last tenth of the days has more than the tenth that follows the share `since` of them; medians."""
    tenth, start = max(2, len(held) // 10), round(since * len(held))
    first, last = held[start : start + tenth], held[-tenth:]
    return Footprint(
        memory_mb=median(day.memory_mb for day in last) - median(day.memory_mb for day in first),
        files=round(median(day.files for day in last) - median(day.files for day in first)),
        threads=round(median(day.threads for day in last) - median(day.threads for day in first)),
    )


@pytest.mark.slow
async def test_some_short_days_leave_no_file_open_and_no_thread_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grown = growth(await footprints(tmp_path, monkeypatch, days=4, papers=10), since=0.25)
    assert grown.files <= 3, grown
    assert grown.threads <= 6, grown
    assert grown.memory_mb <= 100, grown


def keep_little(monkeypatch: pytest.MonkeyPatch) -> None:
    """Caches that are full after some days, as those of a large library are; what grows then is no cache."""
    monkeypatch.setattr("shared.store.papers.metadata._CACHED_BYTES", 1)
    monkeypatch.setattr("shared.store.selections._CANDIDATES_KEPT", 200)
    monkeypatch.setattr("shared.store.selections._PICKS_KEPT", 20)
    monkeypatch.setattr("shared.store.selections._ID_BYTES_KEPT", 10_000)
    few_texts = functools.lru_cache(256)(phrases.phrases_of.__wrapped__)
    for module in ("phrases", "populations", "evidence", "facets", "concepts"):
        monkeypatch.setattr(f"services.ranker.interests.{module}.phrases_of", few_texts)


@pytest.mark.slow
@pytest.mark.timeout(7200)
async def test_memory_and_files_stay_flat_over_10000_papers_and_100_days(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_little(monkeypatch)
    days = int(os.environ.get("PAPERSYS_STEADY_DAYS", "100"))
    held = await footprints(tmp_path, monkeypatch, days=days, papers=100)
    grown, lately = growth(held, since=0.3), growth(held, since=0.8)
    assert grown.files <= 5, grown
    assert grown.threads <= 6, grown
    assert lately.memory_mb <= 50, lately
