"""What every service tells Prometheus."""

from pathlib import Path

from prometheus_client import CollectorRegistry

from shared.service.metrics import ProblemCollector, new_registry
from shared.store.files.data_folder import DataFolder


def test_a_process_its_version_and_the_disk_of_the_data_are_told(tmp_path: Path) -> None:
    registry = new_registry(DataFolder(tmp_path, 200))
    free = registry.get_sample_value("papersys_disk_free_bytes")
    assert free is not None
    assert free > 0
    assert registry.get_sample_value("papersys_disk_needed_bytes") == 200 * 1024**2
    names = {family.name for family in registry.collect()}
    assert {"papersys", "process_open_fds", "process_resident_memory_bytes"} <= names


def test_nothing_is_told_of_the_disk_of_a_folder_that_is_not_there(tmp_path: Path) -> None:
    registry = new_registry(DataFolder(tmp_path / "none"))
    assert registry.get_sample_value("papersys_disk_free_bytes") is None


def test_each_check_is_a_series_and_its_problem_a_one() -> None:
    problems: dict[str, str | None] = {"bus": "NATS is away", "model": None}
    registry = CollectorRegistry()
    registry.register(ProblemCollector({name: lambda name=name: problems[name] for name in problems}))  # type: ignore[misc]
    assert registry.get_sample_value("papersys_problem", {"check": "bus"}) == 1
    assert registry.get_sample_value("papersys_problem", {"check": "model"}) == 0
    problems["bus"] = None
    assert registry.get_sample_value("papersys_problem", {"check": "bus"}) == 0
