"""deploy/compose/compose.yaml without an engine: a harvest becomes picks and summaries, and all end in order.

Left out are Qdrant, which is in its image alone, and so the second summarizer. The demo stands in for arXiv.
"""

import json
import shutil
import signal
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from shared.settings.settings import SERVICES
from shared.store.files.data_folder import DataFolder
from shared.store.papers.summaries import SummaryStore
from shared.store.selections import SelectionStore
from tests.support.checks.manifests import COMPOSE, Manifest, composed
from tests.support.checks.waiting import eventually_sync
from tests.support.processes.containers import Container, needs, network

pytestmark = [pytest.mark.slow, pytest.mark.skipif(bool(needs()), reason=needs())]

LEFT_OUT = "qdrant"
DEMO = {
    "PAPERSYS_FETCHER__ARXIV_URL": "http://arxiv:8099",
    "PAPERSYS_FETCHER__OAI_URL": "http://arxiv:8099/oai",
    "PAPERSYS_FETCHER__PACE_SECONDS": "0",
    "PAPERSYS_FETCHER__CATEGORIES": "[]",
    "PAPERSYS_FETCHER__CONTACT": "demo@localhost",
    "PAPERSYS_FETCHER__START": "2026-10-26",
    "PAPERSYS_RANKER__DEADLINE_SECONDS": "60",
}
ARXIV = "python -m deploy.demo --port 8098 & exec python -m tests.support.bus.relay 8099 8098"


def containers_in(folder: Path) -> list[Container]:
    """Those of the file, in the order of their start, with `arxiv` as one more."""
    services: dict[str, Manifest] = composed(COMPOSE)["services"]
    found = [("arxiv", {"read_only": True, "tmpfs": ["/tmp"]}, ["sh", "-c", ARXIV])]
    for name, service in sorted(services.items(), key=lambda item: not item[0].startswith("nats")):
        if name == LEFT_OUT:
            continue
        replicas = int(service.get("deploy", {}).get("replicas", 1)) if name == "embedder" else 1
        command = service["command"] if name.startswith("nats") else ["papersys", *service["command"]]
        service = service if name.startswith("nats") else adapted(service, folder)
        found += [(name if number == 0 else f"{name}-{number + 1}", service, command) for number in range(replicas)]
    return [
        Container(name, f"10.77.0.{number + 10}", number, service, folder, command)
        for number, (name, service, command) in enumerate(found)
    ]


def adapted(service: Manifest, folder: Path) -> Manifest:
    """To the demo arXiv, and to do without a server for Qdrant."""
    text = COMPOSE.with_name("papersys.toml").read_text("utf-8")
    settings = folder / "papersys.toml"
    settings.write_text(text.replace('qdrant_url = "http://qdrant:6333"', ""))
    volumes = [
        volume if volume["type"] == "volume" else {**volume, "source": settings} for volume in service["volumes"]
    ]
    environment = {**service["environment"], **DEMO}
    if "PAPERSYS_BACKUP__REPOSITORY" in environment:
        environment |= {"PAPERSYS_BACKUP__REPOSITORY": "/data/backups", "PAPERSYS_BACKUP__PASSWORD": "b" * 24}
    return {**service, "environment": environment, "volumes": volumes}


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Container]]:
    containers = containers_in(tmp_path_factory.mktemp("cluster"))
    with network(containers) as hosts:
        for container in containers:
            container.write_etc(hosts)
            if container.name != "backup":
                container.start()
        yield {container.name: container for container in containers}
        for container in running(containers):
            container.process.kill()
            container.process.wait(60)


def running(containers: Iterable[Container]) -> list[Container]:
    return [container for container in containers if container.name != "backup"]


def logs(cluster: dict[str, Container]) -> str:
    return "\n".join(f"{one.name}: {one.log.read_text()[-1500:]}" for one in running(cluster.values()))


@pytest.mark.timeout(900)
def test_a_harvest_becomes_picks_and_summaries(cluster: dict[str, Container]) -> None:
    data = DataFolder(cluster["fetcher"].folder / "volumes" / "data" / "papersys")

    def is_done() -> bool:
        restart_what_ends(cluster)
        store = SelectionStore(data)
        picked = {row.paper_id for day in store.days() for row in store.day(day) if row.outcome == "picked"}
        return bool(picked) and picked <= {summary.paper_id for summary in SummaryStore(data).all()}

    eventually_sync(is_done, 600, "every pick has a summary", lambda: logs(cluster))
    status = cluster["publisher"].run("papersys", "status", "--json")
    states = {service["name"]: service["state"] for service in json.loads(status.stdout)["services"]}
    assert states == dict.fromkeys(SERVICES, "ready"), status.stdout


def restart_what_ends(cluster: dict[str, Container]) -> None:
    """`restart: unless-stopped`; nobody asks whether a server of NATS is healthy before a service starts."""
    for container in running(cluster.values()):
        if container.process.poll() is not None:
            container.start()


@pytest.mark.timeout(300)
@pytest.mark.skipif(shutil.which("restic") is None, reason="restic is not installed")
def test_the_container_of_backups_makes_one_and_brings_it_back(cluster: dict[str, Container]) -> None:
    backup = cluster["backup"]
    ways = [["backup", word] for word in ("init", "now", "check")]
    for words in (*ways, ["restore", "--to", "/data/restored"]):
        done = backup.run("papersys", *words)
        assert done.returncode == 0, done.stdout + done.stderr
    restored, papersys = (backup.folder / "volumes" / "data" / name for name in ("restored/data", "papersys"))
    assert {path.name for path in restored.glob("summaries/*")} == {path.name for path in papersys.glob("summaries/*")}


@pytest.mark.timeout(300)
def test_every_service_ends_in_order_when_it_is_told_to(cluster: dict[str, Container]) -> None:
    services = {name: container for name, container in cluster.items() if name.split("-")[0] in SERVICES}
    for container in services.values():
        container.signal(signal.SIGTERM)
    eventually_sync(lambda: None not in ends(services), 120, "all have ended", lambda: logs(services))
    assert ends(services) == [0] * len(services), logs(services)


def ends(services: dict[str, Container]) -> list[int | None]:
    return [container.process.poll() for container in services.values()]
