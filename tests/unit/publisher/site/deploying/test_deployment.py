"""One deploy at a time, retried, noted; and what the service deploys by itself."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.publisher.site.deploying.deployer import Deployed
from services.publisher.site.deploying.deployment import Deployment
from services.publisher.site.deploying.last_deployment import DeploymentStore
from services.publisher.site.deploying.manifest import Changes, changes_between, manifest_of
from shared.errors import PermanentFailure, TemporaryFailure
from shared.store.files.data_folder import DataFolder
from tests.support.browsing.sites import PAGES, files_in, write_site

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


class FakeDeployer:
    """Takes the site, or fails as it is told to, first to last."""

    def __init__(self, *failures: Exception) -> None:
        self.where = "the moon"
        self.failures = list(failures)
        self.online: dict[str, str] = {}
        self.deploys = 0

    def plan(self, site: Path) -> Changes:
        return changes_between({}, manifest_of(site))

    def deploy(self, site: Path) -> Deployed:
        self.deploys += 1
        if self.failures:
            raise self.failures.pop(0)
        self.online = files_in(site)
        return Deployed(self.where, "https://moon.example", self.plan(site))


class House:
    """A data folder with a built site, a destination, and a clock that stands still."""

    def __init__(self, folder: Path, *failures: Exception) -> None:
        self.data = DataFolder(folder, 0)
        self.site = write_site(self.data.path("site", "public"))
        self.moon = FakeDeployer(*failures)
        self.now = NOON
        self.slept: list[float] = []
        self.deployment = Deployment(
            self.data,
            self.site,
            lambda: self.moon,
            (5, 30),
            clock=lambda: self.now,
            sleep=self.slept.append,
            secrets=[folder / "token"],
        )
        self.store = DeploymentStore(self.data)

    def build(self, text: str) -> None:
        """Another site is swapped in whole."""
        new = write_site(self.data.path("site", "new"), {**PAGES, "index.html": text})
        self.site.rename(self.data.path("site", f"before {text}"))
        new.rename(self.site)


def test_what_was_deployed_is_noted(tmp_path: Path) -> None:
    house = House(tmp_path)
    assert house.deployment.plan()[0].new == tuple(sorted(PAGES))
    assert house.moon.deploys == 0
    house.deployment.deploy()
    last = house.store.last()
    assert (last.where, last.address, last.deployed_at) == ("the moon", "https://moon.example", NOON)
    assert last.sentence == "5 files to the moon; 5 new, 0 changed, 0 removed; 66 bytes"
    assert house.store.files("the moon") == manifest_of(house.site)
    assert house.store.files("Mars") == {}
    assert not house.data.path("state", "deploy", "site").exists()


def test_what_may_work_later_is_tried_again_with_growing_delays(tmp_path: Path) -> None:
    house = House(tmp_path, TemporaryFailure("away"), TemporaryFailure("away"))
    house.deployment.deploy()
    assert house.slept == [5, 30]
    assert house.moon.online == PAGES


def test_a_failure_is_told_and_leaves_what_was_deployed(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.deployment.deploy()
    house.moon.failures = [TemporaryFailure("away")] * 3
    with pytest.raises(TemporaryFailure, match="away"):
        house.deployment.deploy()
    last = house.store.last()
    assert (last.deployed_at, last.problem, last.failed_at) == (NOON, "away", NOON)
    assert last.retry_at == NOON + timedelta(seconds=20)
    house.deployment.deploy()
    assert house.store.last().problem == ""


def test_what_cannot_succeed_is_tried_once(tmp_path: Path) -> None:
    house = House(tmp_path, PermanentFailure("the token was refused"))
    with pytest.raises(PermanentFailure):
        house.deployment.deploy()
    assert house.slept == []
    assert house.store.last().retry_at is None


def test_the_service_deploys_each_build_once(tmp_path: Path) -> None:
    house = House(tmp_path)
    for _ in range(3):
        house.deployment.deploy_what_is_new()
    assert house.moon.deploys == 1
    house.build("new")
    for _ in range(3):
        house.deployment.deploy_what_is_new()
    assert house.moon.deploys == 2
    assert house.moon.online["index.html"] == "new"
    again = Deployment(house.data, house.site, lambda: house.moon, ())
    again.deploy_what_is_new()
    assert house.moon.deploys == 2


def test_the_service_waits_longer_after_each_failure_and_goes_on(tmp_path: Path) -> None:
    house = House(tmp_path, *[TemporaryFailure("away")] * 3)
    waits = []
    for _ in range(3):
        house.deployment.deploy_what_is_new()
        house.deployment.deploy_what_is_new()
        retry_at = house.store.last().retry_at
        assert retry_at is not None
        waits.append((retry_at - house.now).total_seconds())
        house.now = retry_at
    assert (waits, house.slept) == ([20, 60, 300], [])
    house.deployment.deploy_what_is_new()
    assert house.moon.online == PAGES
    assert house.store.last().problem == ""


def test_what_failed_for_good_waits_for_the_next_build(tmp_path: Path) -> None:
    house = House(tmp_path, PermanentFailure("the token was refused"))
    for _ in range(3):
        house.deployment.deploy_what_is_new()
    assert house.moon.deploys == 1
    house.build("new")
    house.deployment.deploy_what_is_new()
    assert house.moon.online["index.html"] == "new"


def test_no_site_is_nothing_to_do_and_half_a_site_is_told(tmp_path: Path) -> None:
    house = House(tmp_path)
    write_site(house.site, {"index.html": None})
    house.deployment.deploy_what_is_new()
    with pytest.raises(PermanentFailure, match=r"no index\.html"):
        house.deployment.deploy()
    assert "no index.html" in house.store.last().problem
    house.site.rename(tmp_path / "away")
    house.deployment.deploy_what_is_new()
    assert house.moon.deploys == 0


def test_a_build_in_the_middle_of_a_deploy_changes_nothing_about_it(tmp_path: Path) -> None:
    house = House(tmp_path)
    plan = house.moon.plan

    def build_meanwhile(site: Path) -> Changes:
        house.build("meanwhile")
        return plan(site)

    house.moon.plan = build_meanwhile  # type: ignore[method-assign]
    house.deployment.deploy()
    assert house.moon.online == PAGES
    house.moon.plan = plan  # type: ignore[method-assign]
    house.deployment.deploy_what_is_new()
    assert house.moon.online["index.html"] == "meanwhile"


def test_what_failed_for_good_is_tried_again_with_another_secret_and_after_a_start(tmp_path: Path) -> None:
    house = House(tmp_path, *[PermanentFailure("the token was refused")] * 2)
    house.deployment.deploy_what_is_new()
    (tmp_path / "token").write_text("another")
    for _ in range(3):
        house.deployment.deploy_what_is_new()
    assert house.moon.deploys == 2
    Deployment(house.data, house.site, lambda: house.moon, ()).deploy_what_is_new()
    assert house.moon.online == PAGES
    assert house.store.last().problem == ""
