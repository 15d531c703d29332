"""The supervisor with real processes: what dies or hangs comes back, what is hopeless is given up, nothing is left."""

import asyncio
import io
import os
import shutil
import signal
import subprocess
import sys
import textwrap
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest

from deploy.launcher.output import Output
from deploy.launcher.plan import Program
from deploy.launcher.supervisor import GivenUp, Limits, Supervisor
from shared.settings.settings import LogSettings
from tests.support.bus.ports import free_port
from tests.support.checks.waiting import eventually, eventually_sync

SERVER = """
import http.server, os, subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print('{"message": "pid %d child %d"}' % (os.getpid(), child.pid), flush=True)
class Alive(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers()
    def log_message(self, *_): pass
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Alive).serve_forever()
"""
LIMITS = Limits(hang_seconds=3, start_seconds=10, stop_seconds=10, short_life_seconds=0.5, give_up_after=3)


def server(port: int, stage: int = 0, name: str = "server") -> Program:
    address = f"http://127.0.0.1:{port}/"
    command = (sys.executable, "-c", SERVER, str(port))
    return Program(name, command, address, address, stage=stage, environment=dict(os.environ))


@asynccontextmanager
async def supervisor(limits: Limits = LIMITS) -> AsyncIterator[tuple[Supervisor, io.StringIO]]:
    log = io.StringIO()
    it = Supervisor(Output(LogSettings(format="json"), log), limits)
    try:
        yield it, log
    finally:
        async with asyncio.timeout(30):
            await it.stop()


async def test_a_killed_program_is_started_again_and_its_children_go_with_it() -> None:
    program = server(free_port())
    async with asyncio.timeout(60), supervisor() as (it, log):
        await it.start(program)
        await it.until_ready([program])
        first = it.pids()["server"]
        children = psutil.Process(first).children()
        os.kill(first, signal.SIGKILL)
        await eventually(lambda: it.pids().get("server") not in (None, first))
        await it.until_ready([program])
        await eventually(lambda: not any(child.is_running() for child in children))
    assert "killed by SIGKILL" in log.getvalue()
    assert not psutil.pid_exists(first)


@pytest.mark.proof
async def test_a_program_that_hangs_is_noticed_and_restarted() -> None:
    program = server(free_port())
    async with asyncio.timeout(60), supervisor() as (it, log):
        await it.start(program)
        await it.until_ready([program])
        first = it.pids()["server"]
        os.kill(first, signal.SIGSTOP)
        await eventually(lambda: it.pids().get("server") not in (None, first))
        await it.until_ready([program])
    assert "has not answered" in log.getvalue()


async def test_a_program_that_cannot_be_kept_alive_is_given_up_with_its_name_and_reason() -> None:
    broken = Program("broken", (sys.executable, "-c", "raise SystemExit(3)"), "http://127.0.0.1:9/", "", stage=0)
    async with asyncio.timeout(60), supervisor() as (it, _):
        await it.start(broken)
        with pytest.raises(GivenUp, match=r"broken ended 3 times in a row .*exit code 3"):
            await it.until_given_up()


async def test_later_stages_stop_first_and_whoever_ignores_sigterm_is_killed() -> None:
    stubborn_code = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)" + SERVER
    port = free_port()
    first = server(free_port(), stage=0, name="first")
    address = f"http://127.0.0.1:{port}/"
    stubborn = Program(
        "stubborn", (sys.executable, "-c", stubborn_code, str(port)), address, address, 1, dict(os.environ)
    )
    async with asyncio.timeout(60), supervisor(Limits(3, 20, 5, 0.5, 3)) as (it, _):
        for program in (first, stubborn):
            await it.start(program)
        await it.until_ready([first, stubborn])
        pids = it.pids()
        stopping = asyncio.create_task(it.stop())
        await eventually(lambda: not psutil.pid_exists(pids["stubborn"]))
        await stopping
    assert not psutil.pid_exists(pids["first"])


def test_no_process_outlives_a_supervisor_that_was_killed(tmp_path: Path) -> None:
    port = free_port()
    script = textwrap.dedent(f"""
        import asyncio, io
        from tests.integration.services.test_supervisor import LIMITS, server
        from deploy.launcher.output import Output
        from deploy.launcher.supervisor import Supervisor
        from shared.settings.settings import LogSettings
        async def main():
            it = Supervisor(Output(LogSettings(format="json")), LIMITS)
            program = server({port})
            await it.start(program)
            await it.until_ready([program])
            print("READY", it.pids()["server"], flush=True)
            await it.until_given_up()
        asyncio.run(main())
    """)
    launcher = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert launcher.stdout is not None
    line = next(line for line in launcher.stdout if line.startswith("READY"))
    pid = int(line.split()[1])
    untied = psutil.Process(pid).children()
    launcher.kill()
    launcher.wait(60)
    launcher.stdout.close()
    for child in untied:  # this server's own, which unlike a service's may outlive its parent
        child.kill()
    eventually_sync(lambda: not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)


def test_as_pid_1_it_collects_the_orphans_of_the_container() -> None:
    unshare = shutil.which("unshare")
    if unshare is None or subprocess.run([unshare, "-pf", "--mount-proc", "true"], check=False).returncode:
        pytest.skip("a PID namespace of our own cannot be made here (unshare -pf --mount-proc)")
    script = textwrap.dedent("""
        import asyncio, os, psutil, subprocess
        from tests.integration.services.test_supervisor import LIMITS
        from deploy.launcher.output import Output
        from deploy.launcher.supervisor import Supervisor
        from shared.settings.settings import LogSettings
        async def main():
            assert os.getpid() == 1
            subprocess.run(["sh", "-c", "sleep 0.3 & exit 0"])
            living = asyncio.create_task(Supervisor(Output(LogSettings(format="json")), LIMITS).until_given_up())
            async with asyncio.timeout(15):
                while not (orphans := psutil.Process().children()):
                    await asyncio.sleep(0.01)
                while psutil.Process().children():
                    await asyncio.sleep(0.05)
            living.cancel()
            print("collected", len(orphans))
        asyncio.run(main())
    """)
    command = [unshare, "-pf", "--mount-proc", sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.strip() == "collected 1", done.stderr


async def test_a_program_that_is_to_start_again_does_so_at_once_and_counts_no_failure() -> None:
    port = free_port()
    async with supervisor() as (it, log):
        for _ in range(LIMITS.give_up_after + 1):
            if not it.pids():
                await it.start(server(port))
            await it.until_ready([server(port)])
            before = it.pids()["server"]
            it.restart(["server", "nobody"])
            await eventually(lambda before=before: it.pids().get("server", before) != before)  # type: ignore[misc]
        assert "server starts again" in log.getvalue()
        assert "restarting in" not in log.getvalue()
