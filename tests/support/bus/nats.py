"""A real nats-server for a test, on a free port, that can be killed and started again."""

import contextlib
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from pydantic import SecretStr

from deploy.launcher.nats_server import find_nats_server, write_config
from shared.service.child_processes import die_with_parent
from shared.settings.settings import BusSettings
from tests.support.bus.ports import free_port

PASSWORD = "test-password"


class NatsServer:
    """One server and its store."""

    def __init__(self, folder: Path, **settings: object) -> None:
        self.settings = BusSettings.model_validate(
            {"port": free_port(), "password": SecretStr(PASSWORD), "stop_seconds": 2, **settings}
        )
        self._config = write_config(folder, self.settings, self.settings.credentials()[1] or PASSWORD)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, host: str = "127.0.0.1") -> None:
        self._process = subprocess.Popen(
            [find_nats_server(), "-c", self._config],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=die_with_parent(),
        )
        deadline = time.monotonic() + 20
        while not self._says_hello(host):
            assert time.monotonic() < deadline, "nats-server did not start"
            time.sleep(0.02)

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(60)
            self._process = None

    def _says_hello(self, host: str) -> bool:
        with contextlib.suppress(OSError), socket.create_connection((host, self.settings.port), 1) as peer:
            return peer.recv(4) == b"INFO"
        return False


@contextlib.contextmanager
def nats_server(folder: Path, **settings: object) -> Iterator[NatsServer]:
    """A running server; its store lies in `folder` and outlives `kill` and `start`."""
    server = NatsServer(folder, **settings)
    server.start()
    try:
        yield server
    finally:
        server.kill()
