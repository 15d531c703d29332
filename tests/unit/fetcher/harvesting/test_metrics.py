"""Harvests as Prometheus sees them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from prometheus_client import CollectorRegistry

from services.fetcher.harvesting.metrics import HarvestCollector
from shared.store.files.data_folder import DataFolder
from shared.store.harvests.runs import HarvestRun, RunStore

START = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
TIME = "papersys_harvest_finished_timestamp_seconds"


def run(number: int, state: Literal["running", "done", "failed"], new: int = 0) -> HarvestRun:
    started = START + timedelta(days=number)
    ids = tuple(f"2611.{index:05d}" for index in range(1, new + 1))
    ended = None if state == "running" else started + timedelta(minutes=5)
    return HarvestRun(run_id=f"run-{number}", started_at=started, finished_at=ended, state=state, new_ids=ids, known=4)


def registry_of(folder: Path, *runs: HarvestRun) -> CollectorRegistry:
    store, registry = RunStore(DataFolder(folder)), CollectorRegistry()
    for each in runs:
        store.put(each)
    registry.register(HarvestCollector(store))
    return registry


def test_the_newest_end_of_each_outcome_counts(tmp_path: Path) -> None:
    runs = [run(0, "done", 1), run(1, "failed"), run(2, "done", 3), run(3, "running")]
    registry = registry_of(tmp_path, *runs)
    ends = {state: registry.get_sample_value(TIME, {"state": state}) for state in ("done", "failed", "running")}
    minutes = timedelta(minutes=5).total_seconds()
    expected = {"done": START.timestamp() + 2 * 86_400 + minutes, "failed": START.timestamp() + 86_400 + minutes}
    assert ends == {**expected, "running": None}
    assert registry.get_sample_value("papersys_harvest_papers", {"kind": "new"}) == 3
    assert registry.get_sample_value("papersys_harvest_papers", {"kind": "unchanged"}) == 4


def test_before_the_first_harvest_nothing_is_told(tmp_path: Path) -> None:
    registry = registry_of(tmp_path)
    assert registry.get_sample_value(TIME, {"state": "done"}) is None
    assert registry.get_sample_value("papersys_harvest_papers", {"kind": "new"}) is None
