"""Half-sent requests by the thousand, peers that do not read, other names: against a real service's real ports."""

import contextlib
import json
import os
import pwd
import resource
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from shared.settings.settings import SERVICES
from tests.support.bus.ports import free_port_range
from tests.support.checks.waiting import eventually_sync
from tests.support.folders.seed import seed

HANDLES = 1_024
HALF = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "
HALF_BODY = (
    b"POST /api/rating HTTP/1.1\r\nHost: 127.0.0.1\r\nSec-Fetch-Site: same-origin\r\n"
    b"Content-Type: application/json\r\nContent-Length: 99\r\n\r\n{"
)


class Publisher:
    """The publisher alone, without NATS, with few file handles, as a process."""

    def __init__(self, folder: Path, host: str = "127.0.0.1", **environment: str) -> None:
        seed(folder / "data")
        first = free_port_range(8)
        self.reader_port, self.health_port = first, first + 1 + SERVICES.index("publisher")
        self.host = host
        self.log_path = folder / "log.jsonl"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("PAPERSYS_")},
            "PYTHONPATH": str(Path(__file__).parents[3]),
            "PAPERSYS_DATA__PATH": str(folder / "data"),
            "PAPERSYS_DATA__MIN_FREE_MB": "1",
            "PAPERSYS_PUBLISHER__HOST": host,
            "PAPERSYS_PUBLISHER__PORT": str(first),
            "PAPERSYS_HTTP__HOST": host,
            "PAPERSYS_HTTP__FIRST_PORT": str(first + 1),
            "PAPERSYS_HTTP__IDLE_SECONDS": "2",
            "PAPERSYS_LOG__FORMAT": "json",
            **environment,
        }
        with self.log_path.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "services.publisher"],
                env=self.environment,
                cwd=folder,
                stdout=log,
                stderr=subprocess.STDOUT,
                preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (HANDLES, HANDLES)),
            )

    def address(self, port: int) -> str:
        return f"http://[{self.host}]:{port}" if ":" in self.host else f"http://{self.host}:{port}"

    def get(self, path: str, **headers: str) -> httpx.Response:
        port = (
            self.health_port
            if path.startswith(("/health", "/metrics", "/docs", "/redoc", "/openapi"))
            else self.reader_port
        )
        return httpx.get(self.address(port) + path, headers=headers, timeout=60, trust_env=False)

    def answers(self) -> bool:
        try:
            return self.get("/health/live").status_code == 200 and self.get("/").status_code == 200
        except httpx.HTTPError:
            return False

    def end(self) -> None:
        self.process.kill()
        self.process.wait(60)


@contextlib.contextmanager
def publisher(folder: Path, host: str = "127.0.0.1", **environment: str) -> Iterator[Publisher]:
    it = Publisher(folder, host, **environment)
    try:
        eventually_sync(it.answers, 60, "the publisher answers", it.log_path.read_text)
        yield it
    finally:
        it.end()


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Publisher]:
    with publisher(tmp_path_factory.mktemp("publisher")) as it:
        yield it


@contextlib.contextmanager
def many_connections(it: Publisher, count: int, start: bytes) -> Iterator[list[socket.socket]]:
    """Connections to both ports in turn, each with the same beginning sent."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, count + 500)), hard))
    peers: list[socket.socket] = []
    try:
        for number in range(count):
            port = (it.reader_port, it.health_port)[number % 2]
            with contextlib.suppress(OSError):
                peer = socket.create_connection((it.host, port), timeout=5)
                peers.append(peer)
                peer.sendall(start)
        yield peers
    finally:
        for peer in peers:
            peer.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def is_closed(peer: socket.socket) -> bool:
    peer.settimeout(0.05)
    try:
        return peer.recv(65_536) == b""
    except TimeoutError:
        return False
    except OSError:
        return True


@pytest.mark.proof
@pytest.mark.parametrize(
    "start",
    [
        pytest.param(b"", marks=pytest.mark.slow),
        HALF,
        HALF_BODY,
        pytest.param(b"POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99\r\n\r\nx", marks=pytest.mark.slow),
    ],
)
def test_attack_8_half_sent_requests_stop_neither_the_reader_nor_the_health_page(
    alone: Publisher, start: bytes
) -> None:
    with many_connections(alone, 1_200, start):
        assert alone.answers()
        assert alone.answers()
    assert alone.process.poll() is None
    assert alone.log_path.stat().st_size < 200_000
    assert "Too many open files" not in alone.log_path.read_text()


def test_attack_8_a_head_sent_byte_by_byte_is_cut_off(alone: Publisher) -> None:
    with socket.create_connection((alone.host, alone.reader_port), timeout=5) as peer:
        peer.sendall(HALF)

        def is_cut_off() -> bool:
            with contextlib.suppress(OSError):
                peer.sendall(b"x")
            return is_closed(peer)

        eventually_sync(is_cut_off)


def test_attack_8_a_second_request_on_a_connection_has_the_same_limit(alone: Publisher) -> None:
    with socket.create_connection((alone.host, alone.reader_port), timeout=5) as peer:
        peer.sendall(b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert b"200" in peer.recv(65_536)
        peer.sendall(HALF)
        eventually_sync(lambda: is_closed(peer))


def test_attack_8_a_peer_that_does_not_read_its_answers_is_let_go(alone: Publisher) -> None:
    request = b"GET /static/katex/katex.min.js HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    with socket.socket() as peer:
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        peer.settimeout(5)
        peer.connect((alone.host, alone.reader_port))

        def is_let_go() -> bool:
            peer.settimeout(0.1)
            try:
                peer.sendall(request)
            except TimeoutError:
                return False
            except OSError:
                return True
            return False

        eventually_sync(is_let_go)


def test_attack_8_an_ordinary_connection_is_kept(alone: Publisher) -> None:
    with httpx.Client(trust_env=False) as client:
        for _ in range(5):
            assert client.get(f"{alone.address(alone.reader_port)}/").status_code == 200


def test_attack_10_the_health_port_answers_to_its_names_and_with_its_pages_only(alone: Publisher) -> None:
    assert alone.get("/health/live", host="localhost:1").status_code == 200
    for path in ("/health/live", "/health/ready", "/metrics"):
        assert alone.get(path, host="evil.example").status_code == 421
        assert alone.get(path, host="127.0.0.1.evil.example:8101").status_code == 421
    for path in ("/docs", "/redoc", "/openapi.json", "/docs/oauth2-redirect"):
        assert alone.get(path).status_code == 404


@pytest.mark.proof
def test_attack_10_a_password_in_the_address_of_the_bus_is_shown_nowhere(tmp_path: Path) -> None:
    url = "nats://somebody:hunter2@127.0.0.1:9"
    with publisher(tmp_path, PAPERSYS_BUS__EXTERNAL_URL=url) as it:
        eventually_sync(lambda: "127.0.0.1:9" in it.get("/health/ready").text)
        shown = it.get("/health/ready").text + it.get("/status").text + it.log_path.read_text()
        assert "127.0.0.1:9" in shown
        assert "hunter2" not in shown


def test_attack_12_bytes_that_are_no_http_are_refused_and_hardly_logged(alone: Publisher) -> None:
    size = alone.log_path.stat().st_size
    for start in (
        b"\x16\x03\x01\x02\x00",
        b"GET /\xff\xfe HTTP/1.1\r\n\r\n",
        b"\r\n" * 50,
        b"GET / HTTP/1.1\r\n" + b"x" * 90_000,
    ):
        for _ in range(30):
            with contextlib.suppress(OSError), socket.create_connection((alone.host, alone.reader_port), 5) as peer:
                peer.sendall(start)
                peer.shutdown(socket.SHUT_WR)
                while peer.recv(65_536):
                    continue
    assert alone.answers()
    assert alone.log_path.stat().st_size - size < 20_000
    assert all(json.loads(line) for line in alone.log_path.read_text().splitlines())


def test_fault_7_a_service_and_its_reader_listen_on_an_ipv6_address(tmp_path: Path) -> None:
    with publisher(tmp_path, "::1") as it:
        status = it.get("/api/status").json()
        publishers = [service for service in status["services"] if service["service"] == "publisher"]
        assert publishers[0]["state"] != "unreachable"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can look as another user")
def test_attack_9_another_user_of_the_machine_reads_nothing_and_holds_no_lock() -> None:
    def as_nobody(*command: str) -> subprocess.CompletedProcess[str]:
        who = pwd.getpwnam("nobody")
        return subprocess.run(
            command, capture_output=True, text=True, check=False, user=who.pw_uid, group=who.pw_gid, extra_groups=[]
        )

    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        data = Path(folder, "data")
        seed(data)
        subprocess.run(["chmod", "-R", "a+rwX", data], check=True)
        assert "metadata" in as_nobody("find", str(data), "-readable").stdout
        with publisher(Path(folder)) as it:
            assert as_nobody("find", str(data), "-readable").stdout == ""
            locks = sorted(data.glob("state/locks/*.lock"))
            assert locks
            assert as_nobody("flock", "-n", str(locks[0]), "true").returncode != 0
            assert "yours alone now" in it.log_path.read_text()
