"""Metrics that every service has: its process, the disk of the data folder, its readiness checks."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version

from prometheus_client import CollectorRegistry, Info, ProcessCollector
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from shared.store.files.data_folder import DataFolder


def new_registry(data: DataFolder) -> CollectorRegistry:
    """A registry that tells of this process (Linux only) and of the disk that the data folder lies on."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    registry.register(DiskCollector(data))
    Info("papersys", "Version of papersys", registry=registry).info({"version": papersys_version()})
    return registry


class DiskCollector(Collector):
    """Room left for the data, looked up when it is asked for."""

    def __init__(self, data: DataFolder) -> None:
        self._data = data

    def collect(self) -> Iterator[Metric]:
        free = GaugeMetricFamily("papersys_disk_free_bytes", "Free on the disk of the data folder")
        needed = GaugeMetricFamily("papersys_disk_needed_bytes", "Below this nothing is written (data.min_free_mb)")
        if self._data.root.exists():
            free.add_metric([], shutil.disk_usage(self._data.root).free)
        needed.add_metric([], self._data.min_free_bytes)
        yield from (free, needed)


class ProblemCollector(Collector):
    """Which readiness checks report a problem: 1 for each that does, 0 for the others."""

    def __init__(self, checks: Mapping[str, Callable[[], str | None]]) -> None:
        self._checks = checks

    def collect(self) -> Iterator[Metric]:
        problems = GaugeMetricFamily("papersys_problem", "1 while a readiness check fails", labels=["check"])
        for name, check in self._checks.items():
            problems.add_metric([name], check() is not None)
        yield problems


def papersys_version() -> str:
    """The version that is installed."""
    try:
        return version("papersys")
    except PackageNotFoundError:
        return "unknown"
