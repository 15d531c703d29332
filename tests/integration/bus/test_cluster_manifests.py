"""The NATS configuration of deploy/kubernetes on three real servers: they form a cluster that KEDA can look at."""

import asyncio
import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from deploy.launcher.nats_server import find_nats_server
from shared.bus.connections import connected, publish
from shared.bus.streams import ATTEMPTS_STREAM, DEAD_STREAM
from shared.contracts import STREAM, PapersNew
from shared.service.child_processes import die_with_parent
from shared.settings.settings import BusSettings, CommonSettings, load_settings
from shared.store.keeping.folder_version import read_folder_version
from tests.support.bus.ports import free_port
from tests.support.checks.manifests import containers, of_kind
from tests.support.checks.waiting import eventually_sync

pytestmark = pytest.mark.proof

PASSWORD = "12345e6789"  # what NATS could take for a number
PORTS = {"client": 4222, "cluster": 6222, "monitor": 8222}


class Server:
    """One pod of the StatefulSet as a process."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self.folder = name, folder
        self.ports = {kind: free_port() for kind in PORTS}

    def start(self, routes: dict[str, str]) -> None:
        (self.folder / "data").mkdir(parents=True, exist_ok=True)
        config = self.folder / "nats.conf"
        config.write_text(self._config())
        environment = {"NATS_NAME": self.name, "NATS_PASSWORD": PASSWORD, **routes}
        self.process = subprocess.Popen(
            [find_nats_server(), "-c", config],
            env=environment,
            stdout=(self.folder / "log").open("ab"),
            stderr=subprocess.STDOUT,
            preexec_fn=die_with_parent(),
        )

    def _config(self) -> str:
        """The manifest's text with ports and folders of this test."""
        text: str
        (text,) = [item["data"]["nats.conf"] for name, item in of_kind("base", "ConfigMap").items() if "nats" in name]
        for kind, port in PORTS.items():
            assert f'"0.0.0.0:{port}"' in text
            text = text.replace(f'"0.0.0.0:{port}"', f'"127.0.0.1:{self.ports[kind]}"')
        return text.replace('"/data"', f'"{self.folder}/data"').replace('"/tmp/nats.pid"', f'"{self.folder}/nats.pid"')

    def is_well(self, probe: str) -> bool:
        """Whether the probe of the manifest is answered."""
        assert self.process.poll() is None, self.log()
        asked = _container()[probe]["httpGet"]
        assert asked["port"] == "monitor"
        try:
            return bool(self.ask(asked["path"])["status"] == "ok")
        except OSError:
            return False

    def log(self) -> str:
        return (self.folder / "log").read_text()[-4_000:]

    def ask(self, path: str) -> Any:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.ports['monitor']}{path}", timeout=5) as answer:
            return json.load(answer)


def _container() -> dict[str, Any]:
    (container,) = containers(of_kind("base", "StatefulSet")["nats"]["spec"]["template"])
    return container


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Server]]:
    folder = tmp_path_factory.mktemp("nats")
    servers = [Server(f"nats-{number}", folder / str(number)) for number in range(3)]
    routes = {
        f"NATS_ROUTE_{number}": f"nats://papersys:{PASSWORD}@127.0.0.1:{server.ports['cluster']}"
        for number, server in enumerate(servers)
    }
    assert set(routes) < {entry["name"] for entry in _container()["env"]}
    for server in servers:
        server.start(routes)
    yield servers
    for server in servers:
        server.process.kill()
        server.process.wait()


@pytest.fixture(scope="module")
def bus(cluster: list[Server], tmp_path_factory: pytest.TempPathFactory) -> BusSettings:
    """The cluster has formed, and `papersys service --prepare` has run twice on the settings of the manifest."""

    def logs() -> str:
        return "\n".join(server.log() for server in cluster)

    eventually_sync(lambda: all(server.is_well("startupProbe") for server in cluster), 200, "a cluster", logs)
    folder = tmp_path_factory.mktemp("papersys")
    (text,) = [item["data"]["papersys.toml"] for name, item in of_kind("base", "ConfigMap").items() if "paper" in name]
    for server in cluster:
        text = text.replace(f"{server.name}.nats:4222", f"127.0.0.1:{server.ports['client']}")
    (folder / "papersys.toml").write_text(text.replace("/data/papersys", f"{folder}/papersys"))
    environment = {"PAPERSYS_CONFIG": f"{folder}/papersys.toml", "PAPERSYS_BUS__PASSWORD": PASSWORD}
    for _ in range(2):
        subprocess.run(
            [sys.executable, "-m", "deploy.cli", "service", "--prepare"],
            env={**os.environ, **environment},
            check=True,
        )
    assert read_folder_version(folder / "papersys") is not None
    return load_settings(CommonSettings, folder / "papersys.toml", environment).bus


def test_every_stream_is_kept_by_three_servers(cluster: list[Server], bus: BusSettings) -> None:
    async def replicas() -> dict[str, int]:
        async with connected(bus) as client:
            return {
                str(info.config.name): info.config.num_replicas or 0 for info in await client.jetstream().streams_info()
            }

    assert set(asyncio.run(replicas()).items()) >= {(STREAM, 3), (DEAD_STREAM, 3), (ATTEMPTS_STREAM, 3)}
    assert set(asyncio.run(replicas()).values()) == {3}
    assert all(server.is_well(probe) for server in cluster for probe in ("readinessProbe", "livenessProbe"))


def test_keda_finds_the_queue_where_the_scaled_object_says(cluster: list[Server], bus: BusSettings) -> None:
    """As its scaler for NATS JetStream looks: at the server that leads the consumer."""
    asyncio.run(publish(bus, PapersNew(paper_ids=("2401.00001",))))
    for item in of_kind("overlays/production", "ScaledObject").values():
        (trigger,) = item["spec"]["triggers"]
        looks_at = trigger["metadata"]
        expected = 1 if item["metadata"]["name"] == "embedder" else 0
        eventually_sync(partial(has_lag, cluster, looks_at, expected), what="the queue is as long as it is")


def has_lag(cluster: list[Server], looks_at: dict[str, str], expected: int) -> bool:
    return lag(cluster, looks_at) == expected


def lag(cluster: list[Server], looks_at: dict[str, str]) -> int | None:
    for server in cluster:
        found = server.ask(f"/jsz?acc={looks_at['account']}&consumers=true&config=true")
        assert found["meta_cluster"]["cluster_size"] == 3
        for account in found.get("account_details", []):
            assert account["name"] == looks_at["account"]
            streams = [stream for stream in account["stream_detail"] if stream["name"] == looks_at["stream"]]
            for consumer in [consumer for stream in streams for consumer in stream.get("consumer_detail", [])]:
                if consumer["name"] == looks_at["consumer"] and consumer["cluster"]["leader"] == server.name:
                    return int(consumer["num_pending"] + consumer["num_ack_pending"])
    return None


@pytest.mark.usefixtures("bus")
def test_a_server_that_is_told_to_stop_sends_its_clients_elsewhere_first(cluster: list[Server]) -> None:
    """What the pod's preStop hook does."""
    hook = _container()["lifecycle"]["preStop"]["exec"]["command"]
    assert hook == ["nats-server", "-sl=ldm=/tmp/nats.pid"]
    server = cluster[2]
    sent = subprocess.run(
        [find_nats_server(), hook[1].replace("/tmp", str(server.folder))], capture_output=True, check=False
    )
    assert sent.returncode == 0, sent.stderr
    eventually_sync(lambda: b"ntering lame duck mode" in (server.folder / "log").read_bytes())
