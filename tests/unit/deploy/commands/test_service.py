"""`papersys service`: one service alone, on a NATS server that is somebody else's."""

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from deploy.commands import service
from tests.support.checks.command_line import run_command


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PAPERSYS_CONFIG", raising=False)
    (tmp_path / "papersys.toml").write_text('[data]\npath = "data"\n')
    return tmp_path


def test_a_service_is_named_and_known() -> None:
    for arguments in ((), ("harvester",)):
        done = run_command("service", *arguments)
        assert (done.code, "there are fetcher, embedder" in " ".join(done.err.split())) == (2, True)


def test_without_a_nats_server_of_ones_own_it_says_what_to_set() -> None:
    done = run_command("service", "ranker")
    assert done.code == 1
    assert "set bus.external_url (PAPERSYS_BUS__EXTERNAL_URL)" in done.err


def test_the_process_becomes_the_service(monkeypatch: pytest.MonkeyPatch) -> None:
    became: list[Any] = []
    monkeypatch.setattr(os, "execve", lambda *call: became.append(call))
    monkeypatch.setenv("PAPERSYS_BUS__EXTERNAL_URL", "nats://nats-0:4222,nats://nats-1:4222")
    assert run_command("service", "ranker").code == 0
    [(program, command, environment)] = became
    assert (program, command) == (sys.executable, [sys.executable, "-m", "services.ranker"])
    assert environment["PAPERSYS_CONFIG"].endswith("papersys.toml")
    assert environment["PAPERSYS_LOG__FORMAT"] == "auto"


def test_preparing_comes_first_and_may_be_all(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    monkeypatch.setattr(service, "prepare_for_services", lambda settings: done.append(settings.bus.url))
    monkeypatch.setattr(os, "execve", lambda *call: done.append("became"))
    monkeypatch.setenv("PAPERSYS_BUS__EXTERNAL_URL", "nats://nats-0:4222")
    assert run_command("service", "--prepare").code == 0
    assert run_command("service", "ranker", "--prepare").code == 0
    assert done == ["nats://nats-0:4222", "nats://nats-0:4222", "became"]
