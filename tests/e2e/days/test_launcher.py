"""`papersys up` as a person meets it: starts, stops, refuses with one clear line, leaves nothing behind."""

import os
import shutil
import signal
import socket
from pathlib import Path

import httpx
import psutil
import pytest

from shared.settings.settings import SERVICES
from tests.support.bus.ports import free_port
from tests.support.checks.waiting import eventually_sync
from tests.support.processes.system import System, running_system

pytestmark = pytest.mark.xdist_group("system")


def test_status_knows_every_service_consumer_and_dataset(system: System) -> None:
    eventually_sync(lambda: system.command("status").returncode == 0, 60)
    shown = system.command("status").stdout
    for name in (*SERVICES, "embedder-papers-new", "summaries", "Last harvest"):
        assert name in shown


def test_health_of_all_is_on_the_readers_port(system: System) -> None:
    assert system.get("/health").status_code == 200
    metrics = system.health("embedder").replace("/health", "/metrics")
    assert "papersys_events" in httpx.get(metrics, timeout=60, trust_env=False).text


def test_a_second_launcher_on_the_same_data_is_refused(system: System) -> None:
    refused = system.command("up")
    assert refused.returncode == 1
    assert "already running" in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1


@pytest.mark.slow
def test_what_hangs_is_restarted_nothing_outlives_a_kill_and_sigterm_ends_all_in_15_seconds(tmp_path: Path) -> None:
    idle = {"PAPERSYS_FETCHER__HARVEST_ON_START": "false"}
    with running_system(tmp_path, PAPERSYS_LAUNCHER__HANG_SECONDS="5", **idle) as system:
        eventually_sync(lambda: "feedback" in system.pids())
        pid = system.pids()["feedback"]
        os.kill(pid, signal.SIGSTOP)
        eventually_sync(lambda: system.pids().get("feedback") not in (None, pid), 60)
        system.until_ready()
        assert any(line.get("action") == "hang" and line.get("program") == "feedback" for line in system.log())

        system.kill()
        eventually_sync(lambda: system.leftovers() == [])
        system.start()

        pids = [pid for name, pid in system.pids().items() if name != "papersys"]
        assert system.stop() == 0
        assert not [pid for pid in pids if psutil.pid_exists(pid)]
        assert system.leftovers() == []


@pytest.mark.proof
def test_a_taken_port_is_named_with_the_setting_that_moves_it(tmp_path: Path) -> None:
    system = System(tmp_path)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", system.ports["reader"]))
        taken.listen()
        refused = system.command("up")
    assert refused.returncode == 1
    assert f"Port {system.ports['reader']} is taken" in refused.stderr
    assert "publisher.port" in refused.stderr
    assert system.leftovers() == []


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ("[fetcher]\ncontakt = 'x'\n", "did you mean fetcher.contact?"),
        ("[fetchre]\n", "did you mean fetcher?"),
        ("[bus\n", "not valid TOML"),
        ("[ranker]\nexplore = 'ten'\n", "ranker.explore"),
    ],
)
def test_a_broken_settings_file_is_one_clear_line_and_exit_code_2(tmp_path: Path, settings: str, says: str) -> None:
    refused = System(tmp_path, settings).command("up")
    assert refused.returncode == 2
    assert says in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1


def test_a_data_folder_that_cannot_be_written_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    refused = System(tmp_path / "system", PAPERSYS_DATA__PATH=str(tmp_path / "file" / "data")).command("up")
    assert refused.returncode == 1
    assert "cannot be written" in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1


def test_a_full_disk_is_one_clear_line(tmp_path: Path) -> None:
    free = shutil.disk_usage(tmp_path).free // 1024**2
    refused = System(tmp_path, PAPERSYS_DATA__MIN_FREE_MB=str(free * 2)).command("up")
    assert refused.returncode == 1
    assert "free some space" in refused.stderr


def test_a_wrong_command_is_exit_code_2(tmp_path: Path) -> None:
    system = System(tmp_path)
    assert system.command("lkie", "2403.12345").returncode == 2
    wrong_id = system.command("like", "paper-7")
    assert wrong_id.returncode == 2
    assert "not an arXiv id" in wrong_id.stderr


def test_commands_that_need_the_system_say_so_when_it_is_down(tmp_path: Path) -> None:
    system = System(tmp_path, PAPERSYS_BUS__PASSWORD="x", PAPERSYS_BUS__PORT=str(free_port()))
    down = system.command("like", "2610.00001")
    assert down.returncode == 1
    assert "is `papersys up` running?" in down.stderr
    assert system.command("status").returncode == 1
