"""One service as a process of its own on a real nats-server; it can be killed and started again."""

import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shared.service.child_processes import die_with_parent
from shared.settings.settings import SERVICES
from tests.support.bus.nats import PASSWORD, NatsServer
from tests.support.bus.ports import free_port_range
from tests.support.checks.waiting import eventually


class ServiceProcess:
    """`environment` are further settings, as variables."""

    def __init__(self, service: str, data: Path, server: NatsServer, **environment: str) -> None:
        self._service = service
        self._first_port = free_port_range(len(SERVICES))
        self.log_path = data.parent / f"{service}.log"
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("PAPERSYS_")},
            "PAPERSYS_DATA__PATH": str(data),
            "PAPERSYS_DATA__MIN_FREE_MB": "0",
            "PAPERSYS_BUS__PORT": str(server.settings.port),
            "PAPERSYS_BUS__PASSWORD": PASSWORD,
            "PAPERSYS_BUS__ACK_WAIT_SECONDS": "2",
            "PAPERSYS_BUS__RETRY_DELAYS_SECONDS": "[0.2, 0.5, 1, 2, 2, 2]",
            "PAPERSYS_HTTP__FIRST_PORT": str(self._first_port),
            **environment,
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log_path.open("ab") as out:
            command = [sys.executable, "-m", f"services.{self._service}"]
            self._process = subprocess.Popen(
                command, env=self._environment, stdout=out, stderr=out, preexec_fn=die_with_parent()
            )

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait(60)
            self._process = None

    async def ready(self) -> None:
        await eventually(lambda: b'"ready"' in self.page("/health/ready"), 60)

    def page(self, path: str) -> bytes:
        """A health page; empty while there is no answer with 200."""
        port = self._first_port + SERVICES.index(self._service)
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=2) as answer:
                return bytes(answer.read())
        except OSError:
            return b""


@contextmanager
def service_process(service: str, data: Path, server: NatsServer, **environment: str) -> Iterator[ServiceProcess]:
    process = ServiceProcess(service, data, server, **environment)
    process.start()
    try:
        yield process
    finally:
        process.kill()
