"""papersys as processes that share a data folder: a NATS cluster, Qdrant, two of each service; each can be killed."""

import asyncio
import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx

from shared.bus.questions.asking import ask_once
from shared.bus.questions.requests import ReplyT
from shared.contracts import Request
from shared.errors import PapersysError
from shared.service.child_processes import die_with_parent
from shared.settings.settings import SERVICES
from shared.store.files.data_folder import DataFolder
from tests.support.bus.nats import PASSWORD
from tests.support.bus.nats_cluster import SERVERS, NatsCluster
from tests.support.bus.ports import free_port, free_port_range
from tests.support.checks.waiting import eventually_sync
from tests.support.llm.embedding_server import EmbeddingServer, embedding_server

ROOT = Path(__file__).parents[3]


class Node:
    """One process, which is started anew after a kill, as an orchestrator would."""

    def __init__(self, name: str, command: list[str], environment: dict[str, str], folder: Path) -> None:
        self.name = name
        self.log_path = folder / f"{name}.log"
        self._command = command
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log_path.open("ab") as out:
            self._process = subprocess.Popen(
                self._command, env=self._environment, cwd=ROOT, stdout=out, stderr=out, preexec_fn=die_with_parent()
            )

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait(60)
            self._process = None

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()

    def log(self) -> str:
        return self.log_path.read_text("utf-8", "replace") if self.log_path.exists() else ""


_WORDS = (
    *(
        "graph",
        "network",
        "model",
        "language",
        "image",
        "proof",
        "bound",
        "matrix",
        "galaxy",
        "star",
        "cell",
        "quantum",
    ),
    *(
        "learning",
        "search",
        "random",
        "algorithm",
        "field",
        "data",
        "code",
        "energy",
        "light",
        "number",
        "time",
        "space",
    ),
)
_SETTINGS = """
[embedding.models.minilm]
backend = "openai"
name = "counted-words"
base_url = "{base_url}"
dimension = {dimension}
"""


class ServiceCluster:
    """`services` names each process, such as `embedder-2`; `settings` are further variables of all of them.

    The embedders ask a server that counts words: each of their starts would else load a model for seconds.
    """

    def __init__(
        self, folder: Path, services: tuple[str, ...], demo: list[str], embeddings: EmbeddingServer, **settings: str
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        text = _SETTINGS.format(base_url=embeddings.base_url, dimension=len(embeddings.words) + 1)
        folder.joinpath("papersys.toml").write_text(text)
        self.folder = folder
        self.data = DataFolder(folder / "data", 0)
        self.nats = NatsCluster(folder)
        self.demo = f"http://127.0.0.1:{(demo_port := free_port())}"
        qdrant_port = free_port()
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("PAPERSYS_")},
            "PYTHONPATH": str(ROOT),
            "PAPERSYS_CONFIG": str(folder / "papersys.toml"),
            "PAPERSYS_DATA__PATH": str(self.data.root),
            "PAPERSYS_DATA__MIN_FREE_MB": "10",
            "PAPERSYS_DATA__LOCKS": "leases",
            "PAPERSYS_BUS__EXTERNAL_URL": self.nats.settings.url,
            "PAPERSYS_BUS__REPLICAS": "3",
            "PAPERSYS_BUS__PASSWORD": PASSWORD,
            "PAPERSYS_FETCHER__CONTACT": "test@localhost",
            "PAPERSYS_FETCHER__CATEGORIES": "[]",
            "PAPERSYS_FETCHER__PACE_SECONDS": "0",
            "PAPERSYS_FETCHER__FAILURE_WAITS_SECONDS": "[1, 2, 5]",
            "PAPERSYS_FETCHER__ARXIV_URL": self.demo,
            "PAPERSYS_FETCHER__OAI_URL": f"{self.demo}/oai",
            "PAPERSYS_SUMMARIZER__QDRANT_URL": f"http://127.0.0.1:{qdrant_port}",
            "MALLOC_ARENA_MAX": "2",
            **settings,
        }
        python = sys.executable
        demo_command = [python, "-m", "deploy.demo", "--port", str(demo_port), *demo]
        qdrant_command = [python, "-m", "tests.support.outside.qdrant_server", str(qdrant_port)]
        self.outside = [
            Node("demo", demo_command, self.environment, folder),
            Node("qdrant", qdrant_command, self.environment, folder),
        ]
        self._ports = {name: free_port_range(len(SERVICES)) for name in services}
        self.readers = {name: free_port() for name in services if name.startswith("publisher")}
        self.nodes = {name: self._node(name) for name in services}

    def _node(self, name: str) -> Node:
        service = name.rpartition("-")[0]
        own = {"PAPERSYS_HTTP__FIRST_PORT": str(self._ports[name])}
        if name in self.readers:
            own["PAPERSYS_PUBLISHER__PORT"] = str(self.readers[name])
        command = ["nice", "-n", "5", sys.executable, "-m", "deploy.cli", "service", service]  # NATS goes first
        return Node(name, command, {**self.environment, **own}, self.folder)

    # -- life

    def start(self) -> None:
        self.nats.start_all()
        for node in self.outside if any("summarizer" in name for name in self.nodes) else self.outside[:1]:
            node.start()
        done = self.command("service", "--prepare")
        assert done.returncode == 0, done.stdout + done.stderr
        for node in self.nodes.values():
            node.start()
        eventually_sync(lambda: all(map(self.state, self.nodes)), 900, "all nodes answer", self.logs)

    def end(self) -> None:
        for node in (*self.nodes.values(), *self.outside):
            node.kill()
        self.nats.end()

    def kill(self, name: str) -> None:
        if name in SERVERS:
            self.nats.kill(name)
        else:
            self.nodes[name].kill()

    def restart(self, name: str) -> None:
        if name in SERVERS:
            self.nats.start(name)
        else:
            self.nodes[name].start()

    # -- looks

    def state(self, name: str) -> str:
        """`ready`, `standby`, or empty."""
        service = name.rpartition("-")[0]
        url = f"http://127.0.0.1:{self._ports[name] + SERVICES.index(service)}/health/ready"
        with contextlib.suppress(httpx.HTTPError, ValueError, KeyError):
            answer = httpx.get(url, timeout=3, trust_env=False)
            if answer.status_code == 200:
                return "standby" if "standby" in answer.json().get("notes", {}) else "ready"
        return ""

    def active(self, service: str) -> str:
        """A process of a service that does its work now."""
        names = [name for name in self.nodes if name.startswith(service)]
        eventually_sync(lambda: any(self.state(name) == "ready" for name in names), 120, f"a {service} works")
        return next(name for name in names if self.state(name) == "ready")

    def logs(self) -> str:
        lines = [f"{name}: {line}" for name, node in self.nodes.items() for line in node.log().splitlines()[-4:]]
        return "\n".join(lines)

    def command(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """`papersys ...` beside the services, with their settings."""
        command = [sys.executable, "-m", "deploy.cli", *arguments]
        return subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=300, check=False
        )

    def ask(self, request: Request[ReplyT]) -> ReplyT:
        """Raises RequestFailed."""
        return asyncio.run(ask_once(self.nats.settings, request))

    def next_day(self) -> dict[str, Any]:
        """The demo arXiv announces its next day."""
        answer = httpx.post(f"{self.demo}/_demo/next", json={}, timeout=60, trust_env=False)
        return dict(json.loads(answer.raise_for_status().text))


def seconds_until(work: Callable[[], object], limit: float = 300.0) -> float:
    """How long it takes until something works again that is tried again and again."""
    began = time.monotonic()
    while True:
        try:
            work()
            return time.monotonic() - began
        except (PapersysError, httpx.HTTPError, OSError, TimeoutError, AssertionError):
            if time.monotonic() - began > limit:
                raise
            time.sleep(0.05)


@contextlib.contextmanager
def service_cluster(
    folder: Path, services: tuple[str, ...], demo: list[str], **settings: str
) -> Iterator[ServiceCluster]:
    with embedding_server(*_WORDS) as embeddings:
        cluster = ServiceCluster(folder, services, demo, embeddings, **settings)
        try:
            cluster.start()
            yield cluster
        finally:
            cluster.end()
