"""The whole system as real processes: launcher, NATS, demo arXiv and six services, on free ports."""

import asyncio
import contextlib
import functools
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import httpx
import nats
import psutil
from nats.js import JetStreamContext

from shared.bus.delivery.dead_letters import DeadLetter, DeadLetters
from shared.settings.settings import SERVICES
from tests.support.bus.ports import free_port_range
from tests.support.checks.waiting import eventually_sync

ROOT = Path(__file__).parents[3]
WHOLE_TEXTS = {"PAPERSYS_EMBEDDING__MODELS__MINILM__MAX_LENGTH": "256"}
T = TypeVar("T")


class System:
    """One `papersys up`; it may be stopped, killed and started again on the same data.

    Its embedding model reads only the beginning of each text, which is quicker; `WHOLE_TEXTS` makes it the default one.
    """

    def __init__(self, folder: Path, settings: str = "", **environment: str) -> None:
        self.folder = folder
        self.data = folder / "data"
        folder.mkdir(parents=True, exist_ok=True)
        first = free_port_range(9)
        self.ports = {"reader": first, "bus": first + 1, "demo": first + 2, "http": first + 3}
        self.reader = f"http://127.0.0.1:{self.ports['reader']}"
        self.settings_path = folder / "papersys.toml"
        self.settings_path.write_text(settings or (ROOT / "deploy" / "demo" / "papersys.toml").read_text())
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("PAPERSYS_")},
            "PYTHONPATH": str(ROOT),
            "PAPERSYS_CONFIG": str(self.settings_path),
            "PAPERSYS_DATA__PATH": str(self.data),
            "PAPERSYS_PUBLISHER__PORT": str(self.ports["reader"]),
            "PAPERSYS_BUS__PORT": str(self.ports["bus"]),
            "PAPERSYS_DEMO__PORT": str(self.ports["demo"]),
            "PAPERSYS_HTTP__FIRST_PORT": str(self.ports["http"]),
            "PAPERSYS_DATA__MIN_FREE_MB": "10",
            "PAPERSYS_DEMO__DAYS": "0",  # all of the demo's papers compete on one day
            "PAPERSYS_RANKER__PER_DAY": "10",
            "PAPERSYS_EMBEDDER__THREADS": "1",  # more would wait for each other where tests run side by side
            "PAPERSYS_EMBEDDING__MODELS__MINILM__PRECISION": "float32",  # trying bfloat16 costs seconds at each start
            "PAPERSYS_EMBEDDING__MODELS__MINILM__MAX_LENGTH": "64",
            **environment,
        }
        self.log_path = folder / "log.jsonl"
        self.process: subprocess.Popen[bytes] | None = None
        self.started_at = 0.0

    # -- life

    def start(self, *, wait: bool = True, seconds: float = 250) -> None:
        self.started_at = time.monotonic()
        with self.log_path.open("ab") as log:
            command = [sys.executable, "-m", "deploy.cli", "up"]
            self.process = subprocess.Popen(
                command, cwd=self.folder, env=self.environment, stdout=log, stderr=subprocess.STDOUT
            )
        if wait:
            self.until_ready(seconds)

    def until_ready(self, seconds: float = 250) -> None:
        eventually_sync(self.is_ready, seconds, "the system is ready; its log ends with:", self.log_tail)

    def is_ready(self) -> bool:
        return all(self._answers(f"{self.health(service)}/ready") for service in SERVICES)

    def stop(self, seconds: float = 60) -> int:
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(seconds)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait(60)

    def end(self) -> None:
        """Leave nothing behind, whatever the test did."""
        if self.process is not None and self.process.poll() is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.stop()
            if self.process.poll() is None:
                self.kill()
        for process in self.leftovers():
            with contextlib.suppress(psutil.Error):
                process.kill()

    # -- looks

    def health(self, service: str) -> str:
        return f"http://127.0.0.1:{self.ports['http'] + SERVICES.index(service)}/health"

    def pids(self) -> dict[str, int]:
        """Process ids by program, as the launcher recorded them."""
        path = self.data / "state" / "processes.json"
        with contextlib.suppress(FileNotFoundError, ValueError):
            return dict(json.loads(path.read_text()))
        return {}

    def leftovers(self) -> list[psutil.Process]:
        """Every process, zombies apart, whose environment or command line names this data folder or settings file."""
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if process.pid == os.getpid() or process.status() == psutil.STATUS_ZOMBIE:
                    continue
                marks = (process.environ().get("PAPERSYS_DATA__PATH", ""), *process.cmdline())
                if any(str(self.data) in mark for mark in marks):
                    found.append(process)
        return found

    def log(self) -> list[dict[str, Any]]:
        lines = self.log_path.read_text("utf-8", "replace").splitlines() if self.log_path.exists() else []
        return [json.loads(line) for line in lines if line.startswith("{")]

    def log_tail(self, lines: int = 30) -> str:
        text = self.log_path.read_text("utf-8", "replace") if self.log_path.exists() else ""
        return "\n".join(text.splitlines()[-lines:])

    def command(self, *arguments: str, **run: Any) -> subprocess.CompletedProcess[str]:
        """Run `papersys ...` beside the system, with the same settings."""
        command = [sys.executable, "-m", "deploy.cli", *arguments]
        options = {"cwd": self.folder, "env": self.environment, "capture_output": True, "text": True, "timeout": 250}
        return subprocess.run(command, check=False, **{**options, **run})

    def get(self, path: str) -> httpx.Response:
        return httpx.get(f"{self.reader}{path}", timeout=60, trust_env=False)

    @functools.cached_property
    def credentials(self) -> dict[str, str]:
        """Address and credentials for a bare NATS client, as `papersys nats` prints them."""
        return dict(json.loads(self.command("nats", "--json").stdout))

    def with_jetstream(self, work: Callable[[JetStreamContext], Awaitable[T]]) -> T:
        """Do something as a bare NATS client."""

        async def run() -> T:
            known = self.credentials
            client = await nats.connect(known["url"], user=known["user"], password=known["password"])
            try:
                return await work(client.jetstream())
            finally:
                await client.close()

        return asyncio.run(run())

    def dead_letters(self) -> list[DeadLetter]:
        return self.with_jetstream(lambda js: DeadLetters(js).all())

    def _answers(self, address: str) -> bool:
        try:
            # Certificates, which are not needed here, take longer to read than the answer.
            return httpx.get(address, timeout=5, trust_env=False, verify=False).status_code == 200
        except httpx.HTTPError:
            return False


@contextlib.contextmanager
def running_system(folder: Path, settings: str = "", **environment: str) -> Iterator[System]:
    """A system that is ready; its processes are gone afterwards."""
    system = System(folder, settings, **environment)
    try:
        system.start()
        yield system
    finally:
        system.end()
