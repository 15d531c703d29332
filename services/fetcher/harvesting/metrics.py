"""Metrics of harvests, read from their records when they are asked for."""

from collections.abc import Iterator
from itertools import islice

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from shared.store.harvests.runs import HarvestRun, RunStore

_RUNS_LOOKED_AT = 50


class HarvestCollector(Collector):
    """When a harvest last ended well and when one last failed; what the last good one brought."""

    def __init__(self, runs: RunStore) -> None:
        self._runs = runs

    def collect(self) -> Iterator[Metric]:
        ended: dict[str, HarvestRun] = {}
        for run in islice(self._runs.newest_first(), _RUNS_LOOKED_AT):
            if run.finished_at is not None:
                ended.setdefault(run.state, run)
        times = GaugeMetricFamily(
            "papersys_harvest_finished_timestamp_seconds", "End of the last harvest of an outcome", labels=["state"]
        )
        for state, run in ended.items():
            if run.finished_at is not None:
                times.add_metric([state], run.finished_at.timestamp())
        yield times
        yield _papers_of(ended.get("done"))


def _papers_of(run: HarvestRun | None) -> GaugeMetricFamily:
    papers = GaugeMetricFamily("papersys_harvest_papers", "Papers of the last harvest that was done", labels=["kind"])
    if run is not None:
        counts = {"new": len(run.new_ids), "revised": len(run.revised_ids), "unchanged": run.known}
        for kind, count in counts.items():
            papers.add_metric([kind], count)
    return papers
