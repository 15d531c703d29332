"""Cloudflare's program is installed once, whole or not at all."""

import json
from pathlib import Path

import pytest

from services.publisher.site.building.node import Node
from services.publisher.site.deploying.destinations import wrangler
from services.publisher.site.deploying.destinations.wrangler import forget_wrangler, wrangler_command
from services.publisher.site.programs import Outcome, Program
from shared.errors import PermanentFailure, TemporaryFailure
from shared.store.files.data_folder import DataFolder

PROJECT = Path(wrangler.__file__).parent / "wrangler"


def install(monkeypatch: pytest.MonkeyPatch, code: int, said: str = "the registry is away") -> list[Path]:
    """npm is played by a function; returns where it was asked to install."""
    folders: list[Path] = []

    def run(self: Program, arguments: object, *, folder: Path, **more: object) -> Outcome:
        folders.append(folder)
        script = folder / "node_modules" / "wrangler" / "bin" / "wrangler.js"
        script.parent.mkdir(parents=True)
        script.write_text("")
        return Outcome(code, b"", said)

    monkeypatch.setattr(Program, "run", run)
    monkeypatch.setattr(wrangler, "find_node", lambda: Node(Path("/node/bin/node"), Path("/node/npm-cli.js")))
    return folders


def test_it_is_installed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data, folders = DataFolder(tmp_path, 0), install(monkeypatch, 0)
    node, script = wrangler_command(data, None, 60)
    assert (node, Path(script).is_relative_to(tmp_path / "state" / "wrangler")) == ("/node/bin/node", True)
    assert wrangler_command(data, None, 60) == (node, script)
    assert len(folders) == 1


def test_a_wrangler_of_ones_own_must_be_a_program(tmp_path: Path) -> None:
    data, own = DataFolder(tmp_path, 0), tmp_path / "own"
    with pytest.raises(PermanentFailure, match=r"publisher\.deploy\.wrangler is .*own, which is not there"):
        wrangler_command(data, own, 60)
    own.write_text("#!/bin/sh\n")
    with pytest.raises(PermanentFailure, match="chmod"):
        wrangler_command(data, own, 60)
    own.chmod(0o755)
    assert wrangler_command(data, own, 60) == (str(own),)


def test_a_failed_installation_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data, folders = DataFolder(tmp_path, 0), install(monkeypatch, 1)
    for _ in range(2):
        with pytest.raises(TemporaryFailure, match="the registry is away"):
            wrangler_command(data, None, 60)
    assert len(folders) == 2


def test_a_registry_that_cannot_be_reached_is_said_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, 1, "npm error FetchError npm error code: 'ECONNREFUSED', npm error A log can be found in: /x")
    with pytest.raises(TemporaryFailure, match=r"its registry cannot be reached \(ECONNREFUSED\)"):
        wrangler_command(DataFolder(tmp_path, 0), None, 60)
    assert list((tmp_path / "state" / "wrangler").iterdir()) == []


def test_a_damaged_one_is_installed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data, folders = DataFolder(tmp_path, 0), install(monkeypatch, 0)
    wrangler_command(data, None, 60)
    forget_wrangler(data)
    wrangler_command(data, None, 60)
    assert len(folders) == 2


def test_its_version_is_pinned() -> None:
    wanted = json.loads((PROJECT / "package.json").read_text())["dependencies"]["wrangler"]
    packages = json.loads((PROJECT / "package-lock.json").read_text())["packages"]
    assert packages["node_modules/wrangler"]["version"] == wanted
