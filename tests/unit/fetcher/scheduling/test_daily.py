"""Today's harvest beside interrupted ones."""

from datetime import date
from pathlib import Path

import pytest

from services.fetcher.harvesting.cursor import HarvestPlan
from shared.errors import TemporaryFailure
from shared.store.runs import RunStore
from tests.support.arxiv import Site, failing_where

START = date(2026, 10, 1)
ALL = HarvestPlan(START)


async def test_todays_harvest_comes_before_a_stuck_backfill_each_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = Site()
    components = site.components(tmp_path)
    site.switchboard.today = date(2026, 11, 4)
    await components.daily.run()
    failing_where(components, monkeypatch, lambda asked: asked.get("until") == "2026-10-30")
    backfill = HarvestPlan(START, date(2026, 10, 30))
    with pytest.raises(TemporaryFailure):
        await components.harvester.run(backfill)
    for day in (date(2026, 11, 5), date(2026, 11, 6)):
        site.switchboard.today = day
        runs_before = len(RunStore(components.data).all())
        with pytest.raises(TemporaryFailure, match="arXiv fails here"):
            await components.daily.run()
        run = RunStore(components.data).latest()
        assert run is not None
        assert (run.state, run.day, len(RunStore(components.data).all())) == ("done", day, runs_before + 1)
        components.daily._fresh = None
    assert components.harvester.unfinished() == [backfill]


async def test_while_a_backfill_is_stuck_todays_harvest_is_not_asked_for_again_and_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = Site()
    components = site.components(tmp_path)
    await components.daily.run()
    failing_where(components, monkeypatch, lambda asked: asked.get("until") == "2026-10-30")
    with pytest.raises(TemporaryFailure):
        await components.harvester.run(HarvestPlan(START, date(2026, 10, 30)))
    site.switchboard.requests.clear()
    for _ in range(3):
        with pytest.raises(TemporaryFailure):
            await components.daily.run()
    assert len(site.paths()) == 1
