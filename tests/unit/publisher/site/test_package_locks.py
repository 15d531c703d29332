"""What npm installs is pinned for every system that papersys runs on: names, versions and checksums, no addresses."""

import json
from pathlib import Path
from typing import Any

import pytest

from services.publisher.site.building.web_project import WEB
from services.publisher.site.deploying.destinations import wrangler

LOCKS = [WEB / "package-lock.json", Path(wrangler.__file__).parent / "wrangler" / "package-lock.json"]
SYSTEMS = [("linux", "x64"), ("linux", "arm64"), ("darwin", "x64"), ("darwin", "arm64")]
Packages = dict[str, dict[str, Any]]


def packages_of(lock: Path) -> Packages:
    packages: Packages = json.loads(lock.read_text("utf-8"))["packages"]
    return packages


def is_listed(packages: Packages, path: str, name: str) -> bool:
    """Whether node would find a package from where another one lies: beside it, or further up."""
    while path:
        if f"{path}/node_modules/{name}" in packages:
            return True
        path = path.rpartition("/node_modules/")[0]
    return f"node_modules/{name}" in packages


@pytest.mark.parametrize("lock", LOCKS, ids=["web", "wrangler"])
def test_the_packages_of_every_system_are_listed(lock: Path) -> None:
    packages = packages_of(lock)
    wanted = [(path, name) for path, package in packages.items() for name in package.get("optionalDependencies", {})]
    assert [name for path, name in wanted if not is_listed(packages, path, name)] == []
    for system, processor in SYSTEMS:
        own = [name for name, package in packages.items() if package.get("os") == [system]]
        assert [name for name in own if packages[name].get("cpu") == [processor]], (system, processor)


@pytest.mark.parametrize("lock", LOCKS, ids=["web", "wrangler"])
def test_what_every_system_installs_has_a_checksum_and_nothing_has_an_address(lock: Path) -> None:
    packages = packages_of(lock)
    assert [name for name, package in packages.items() if "resolved" in package] == []
    here = [name for name, package in packages.items() if name and not _is_for_another_system(package)]
    assert [name for name in here if "integrity" not in packages[name]] == []


def _is_for_another_system(package: dict[str, Any]) -> bool:
    """Not for the system of the continuous tests, whose packages their registry has."""
    systems, processors = package.get("os", ["linux"]), package.get("cpu", ["x64"])
    return "linux" not in systems or "x64" not in processors
