"""The whole system where others look on: IPv6 loopback, other users of the machine, what `ps` and status show."""

import socket
import subprocess
import sys
from pathlib import Path

import httpx
import psutil
import pytest

from shared.settings.settings import SERVICES
from tests.support.checks.waiting import eventually_sync
from tests.support.processes.system import System

pytestmark = pytest.mark.xdist_group("system")


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


@pytest.mark.slow
@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6 loopback")
def test_fault_7_everything_runs_on_ipv6_and_status_is_well(tmp_path: Path) -> None:
    hosts = {f"PAPERSYS_{section}__HOST": "::1" for section in ("HTTP", "BUS", "PUBLISHER")}
    system = System(tmp_path, **hosts, PAPERSYS_FETCHER__HARVEST_ON_START="false")

    def is_ready() -> bool:
        try:
            addresses = [f"http://[::1]:{system.ports['http'] + place}/health/ready" for place in range(len(SERVICES))]
            return all(httpx.get(address, timeout=5, trust_env=False).status_code == 200 for address in addresses)
        except httpx.HTTPError:
            return False

    try:
        system.start(wait=False)
        eventually_sync(is_ready, 120, "the system is ready on ::1", system.log_tail)
        status = system.command("status")
        assert status.returncode == 0, status.stdout + status.stderr
        assert (
            httpx.get(f"http://[::1]:{system.ports['reader']}/health", timeout=60, trust_env=False).status_code == 200
        )
        assert system.command("reader").stdout.strip() == f"http://[::1]:{system.ports['reader']}/"
        assert f"NATS_URL='nats://[::1]:{system.ports['bus']}'" in system.command("nats").stdout
        assert system.dead_letters() == []
    finally:
        system.end()


@pytest.mark.skipif(sys.platform != "linux", reason="there is no such limit")
def test_attack_4_the_fetchers_memory_has_a_ceiling(system: System) -> None:
    most, _ = psutil.Process(system.pids()["fetcher"]).rlimit(psutil.RLIMIT_DATA)
    assert most == 4_000 * 1024**2


def test_attack_9_nothing_that_the_system_writes_is_open_to_others(system: System) -> None:
    written = [system.data, *system.data.rglob("*")]
    assert len(written) > 50
    assert [path for path in written if not path.is_symlink() and path.stat().st_mode & 0o077] == []


def test_attack_10_the_password_is_on_no_command_line(system: System) -> None:
    password = system.credentials["password"]
    shown = system.command("nats").stdout
    assert [line for line in shown.splitlines() if password in line] == [f"password  {password}"]
    assert system.command("nats", "--password").stdout == f"{password}\n"
    for pid in system.pids().values():
        assert password not in " ".join(psutil.Process(pid).cmdline())


@pytest.mark.slow
def test_attack_10_status_shows_no_password_of_an_address(tmp_path: Path) -> None:
    url = "nats://somebody:hunter2@127.0.0.1:9"
    system = System(tmp_path, PAPERSYS_BUS__EXTERNAL_URL=url)
    for arguments in (("status",), ("like", "2610.00001")):
        done = system.command(*arguments)
        assert done.returncode == 1
        assert "127.0.0.1:9" in done.stdout + done.stderr
        assert "hunter2" not in done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    "argument",
    ["\x1b[31m[bold]'", pytest.param("x" * 100_000, marks=pytest.mark.slow)],
    ids=["escape sequence", "100,000 letters"],
)
def test_attack_12_odd_arguments_end_in_a_line_and_no_traceback(tmp_path: Path, argument: str) -> None:
    system = System(tmp_path)
    for command in (("search", argument), ("like", argument), ("why", argument), ("fetch", "--categories", argument)):
        done = system.command(*command)
        assert "Traceback" not in done.stderr
        assert "\x1b[31m" not in done.stderr + done.stdout
        assert done.returncode in (0, 1, 2)


@pytest.mark.proof
def test_attack_12_arguments_that_are_no_unicode_end_in_a_line_and_no_traceback(tmp_path: Path) -> None:
    system = System(tmp_path)
    for command in (b"search", b"like", b"why"):
        done = subprocess.run(
            [sys.executable, "-m", "deploy.cli", command, b"a\xff\xfe"],
            cwd=system.folder, env=system.environment, capture_output=True, check=False, timeout=120,
        )  # fmt: skip
        assert b"Traceback" not in done.stderr
        assert done.returncode != 0
