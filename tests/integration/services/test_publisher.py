"""The publisher and feedback as processes on a real nats-server: a rating's way from the page to the file."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from shared.service.child_processes import die_with_parent
from shared.store.files.data_folder import DataFolder
from shared.store.people.preferences import RatingStore
from tests.support.bus.nats import PASSWORD, NatsServer, nats_server
from tests.support.bus.ports import free_port, free_port_range
from tests.support.checks.waiting import eventually_sync
from tests.support.folders.seed import GRAPHS, TIDES, seed

ROOT = Path(__file__).parents[3]


class Services:
    """Processes of services that share a data folder and a NATS server."""

    def __init__(self, root: Path, server: NatsServer) -> None:
        self.reader_port, first = free_port(), free_port_range(6)
        self.reader = f"http://127.0.0.1:{self.reader_port}"
        self.health = f"http://127.0.0.1:{first + 4}/health"
        self.environment = {
            **os.environ,
            "PAPERSYS_DATA__PATH": str(root),
            "PAPERSYS_BUS__PORT": str(server.settings.port),
            "PAPERSYS_BUS__PASSWORD": PASSWORD,
            "PAPERSYS_BUS__STOP_SECONDS": "2",
            "PAPERSYS_HTTP__FIRST_PORT": str(first),
            "PAPERSYS_PUBLISHER__PORT": str(self.reader_port),
        }
        self.environment.pop("PAPERSYS_CONFIG", None)

    @contextlib.contextmanager
    def running(self, service: str) -> Iterator[subprocess.Popen[str]]:
        process = self.start(service)
        try:
            yield process
        finally:
            process.kill()
            process.wait(60)

    def start(self, service: str, **changes: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", f"services.{service}"],
            cwd=ROOT,
            env={**self.environment, **changes},
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
            preexec_fn=die_with_parent(),
        )

    def answers(self, url: str) -> bool:
        with contextlib.suppress(httpx.HTTPError):
            return httpx.get(url, timeout=2, trust_env=False).status_code == 200
        return False


@pytest.mark.proof
def test_a_like_on_the_page_is_stored_and_a_stopped_server_is_told(tmp_path: Path) -> None:
    data = seed(tmp_path / "data")
    with nats_server(tmp_path / "nats") as server:
        services = Services(data.root, server)
        with services.running("publisher") as publisher, services.running("feedback"):
            eventually_sync(lambda: services.answers(f"{services.health}/ready"), 60)
            like = {"paper_id": GRAPHS, "label": "like"}
            assert httpx.post(f"{services.reader}/api/rating", json=like, trust_env=False).status_code == 200
            eventually_sync(lambda: GRAPHS in RatingStore(DataFolder(data.root)).current(), 60)
            assert f'data-paper="{GRAPHS}" data-label="like"' in httpx.get(services.reader, trust_env=False).text
            server.kill()
            dislike = {"paper_id": TIDES, "label": "dislike"}
            refused = httpx.post(f"{services.reader}/api/rating", json=dislike, timeout=60, trust_env=False)
            assert refused.status_code == 503
            assert "was not saved" in refused.json()["error"]
            assert httpx.get(services.reader, timeout=60, trust_env=False).status_code == 200
            publisher.send_signal(signal.SIGTERM)
            assert publisher.wait(60) in (0, -signal.SIGTERM)


def test_a_taken_port_is_one_clear_line(tmp_path: Path) -> None:
    with nats_server(tmp_path / "nats") as server:
        services = Services(tmp_path / "data", server)
        with socket.create_server(("127.0.0.1", services.reader_port)):
            process = services.start("publisher")
            _, stderr = process.communicate(timeout=60)
    assert process.returncode in (1, 2)
    assert len(stderr.strip().splitlines()) == 1
    assert str(services.reader_port) in stderr
    assert "publisher.port" in stderr


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_an_open_address_without_a_token_is_refused_at_start(tmp_path: Path, host: str) -> None:
    with nats_server(tmp_path / "nats") as server:
        services = Services(tmp_path / "data", server)
        process = services.start("publisher", PAPERSYS_PUBLISHER__HOST=host)
        _, stderr = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "PAPERSYS_PUBLISHER__TOKEN" in stderr
    assert len(stderr.strip().splitlines()) == 1
