"""Today's harvest beside interrupted ones."""

from datetime import date
from pathlib import Path

import pytest

from services.fetcher.harvesting.cursor import HarvestPlan
from shared.errors import TemporaryFailure
from shared.store.harvests.runs import RunStore
from shared.store.papers.metadata import MetadataStore
from tests.support.arxiv.demo import Site, failing_where

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


async def test_a_harvest_that_goes_on_with_an_interrupted_one_asks_for_what_came_since(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed when the first of two lists was read: that list has grown by the next day."""
    site = Site()
    site.switchboard.today = date(2026, 11, 4)
    components = site.components(tmp_path, categories=("cs", "math"))
    with monkeypatch.context() as patch:
        failing_where(components, patch, lambda asked: asked.get("set") == "math")
        with pytest.raises(TemporaryFailure):
            await components.harvester.run(components.daily.plan())
    assert len(components.harvester.unfinished()) == 1
    site.switchboard.today = date(2026, 11, 6)
    again = site.components(tmp_path, categories=("cs", "math"))
    await again.daily.run()
    everything = site.components(tmp_path / "other", categories=("cs", "math"))
    await everything.daily.run()
    stored, whole = ({paper.paper_id for paper in MetadataStore(each.data).all()} for each in (again, everything))
    assert stored == whole


async def test_a_harvest_that_is_tried_again_is_not_done_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = Site()
    components = site.components(tmp_path)
    with monkeypatch.context() as patch:
        failing_where(components, patch, lambda asked: True)
        with pytest.raises(TemporaryFailure):
            await components.daily.run()
    await components.daily.run()
    assert len(RunStore(components.data).all()) == 1
