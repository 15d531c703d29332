"""What is remembered of deploys survives what spoils its files."""

from datetime import UTC, datetime
from pathlib import Path

from services.publisher.site.deploying.last_deployment import DeploymentStore, LastDeployment
from services.publisher.site.deploying.manifest import SiteFile
from shared.store.files.data_folder import DataFolder

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_failures_of_one_site_are_counted_and_a_success_ends_them(tmp_path: Path) -> None:
    store = DeploymentStore(DataFolder(tmp_path, 0))
    for digest, failures in (("a", 1), ("a", 2), ("b", 1)):
        store.note_failed("away", digest, NOON, NOON)
        assert store.last().failures == failures
    store.note_deployed("the moon", "", {"ü.html": SiteFile("x", 5)}, "1 new", NOON)
    assert (store.last().problem, store.last().failures, store.last().size) == ("", 0, 5)


def test_a_spoilt_file_is_as_none(tmp_path: Path) -> None:
    store = DeploymentStore(DataFolder(tmp_path, 0))
    store.note_deployed("the moon", "", {"a": SiteFile("x", 5)}, "1 new", NOON)
    for name in ("last.json", "files.json"):
        (tmp_path / "state" / "deploy" / name).write_text('{"files": ["half')
    assert store.last() == LastDeployment()
    assert store.files("the moon") == {}
