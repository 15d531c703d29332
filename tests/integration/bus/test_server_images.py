"""The bus and the neighbours against the servers' own images, where there is an engine for them; else skipped aloud."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pydantic import SecretStr

from services.summarizer.links.neighbour_index import NeighbourIndex, Point
from shared.bus.bus import NatsBus
from shared.contracts import PapersNew
from shared.errors import PermanentFailure, TemporaryFailure
from shared.settings.settings import BusSettings
from shared.store.files.data_folder import DataFolder
from tests.support.bus.ports import free_port
from tests.support.checks.waiting import eventually

NATS_IMAGE, QDRANT_IMAGE = "nats:2.12-alpine", "qdrant/qdrant:v1.16.0"


@pytest.fixture(scope="module")
def engine() -> None:
    docker = pytest.importorskip("docker")
    try:
        docker.from_env().ping()
    except docker.errors.DockerException as error:
        pytest.skip(f"no Docker engine answers here, so the server images are not tried: {error}")


@pytest.fixture(scope="module")
def nats_image(engine: None) -> Iterator[BusSettings]:
    from testcontainers.core.container import DockerContainer
    from testcontainers.core.waiting_utils import wait_for_logs

    command = "--jetstream --user papersys --pass secret"
    with DockerContainer(NATS_IMAGE).with_command(command).with_exposed_ports(4222) as container:
        wait_for_logs(container, "Server is ready", timeout=60)
        url = f"nats://{container.get_container_host_ip()}:{container.get_exposed_port(4222)}"
        yield BusSettings(
            external_url=url, password=SecretStr("secret"), retry_delays_seconds=(0.1, 0.1), ack_wait_seconds=1.0
        )


@pytest.fixture(scope="module")
def qdrant_image(engine: None) -> Iterator[str]:
    from testcontainers.core.container import DockerContainer
    from testcontainers.core.waiting_utils import wait_for_logs

    with DockerContainer(QDRANT_IMAGE).with_exposed_ports(6333) as container:
        wait_for_logs(container, "listening on 6333", timeout=60)
        yield f"http://{container.get_container_host_ip()}:{container.get_exposed_port(6333)}"


async def test_events_are_redelivered_and_buried_by_the_servers_image(nats_image: BusSettings) -> None:
    tries: list[str] = []
    bus = NatsBus(nats_image, "embedder")

    async def handler(event: PapersNew) -> None:
        tries.append(event.event_id)
        raise TemporaryFailure("not yet") if len(tries) == 1 else PermanentFailure("never")

    bus.on(PapersNew, handler)
    async with asyncio.timeout(60), bus.running():
        await eventually(lambda: bus.problem() is None)
        await bus.publish(PapersNew(paper_ids=("2403.12345",)))
        await eventually(lambda: len(tries) == 2)
    assert tries[0] == tries[1]


async def test_neighbours_are_found_by_the_servers_image(qdrant_image: str, tmp_path: Path) -> None:
    await scenario_of_neighbours(NeighbourIndex(DataFolder(tmp_path, 0), "minilm", 2, qdrant_image))


async def test_neighbours_are_found_the_same_in_this_process(tmp_path: Path) -> None:
    await scenario_of_neighbours(NeighbourIndex(DataFolder(tmp_path, 0), "minilm", 2))


async def scenario_of_neighbours(index: NeighbourIndex) -> None:
    await index.open()
    try:
        await index.clear()
        east, north = (np.array(vector, dtype=np.float32) for vector in ((1, 0), (0, 1)))
        await index.put([Point("2403.00001", east, "East"), Point("2403.00002", north, "North")])
        await index.put([Point("2403.00001", east, "East again")])
        nearest = await index.nearest(east, 2)
        assert [(one.paper_id, one.title) for one in nearest] == [("2403.00001", "East again"), ("2403.00002", "North")]
        await index.drop(["2403.00001"])
        assert await index.paper_ids() == {"2403.00002"}
    finally:
        await index.close()


async def test_a_qdrant_server_that_is_away_is_a_temporary_failure(tmp_path: Path) -> None:
    index = NeighbourIndex(DataFolder(tmp_path, 0), "minilm", 2, f"http://127.0.0.1:{free_port()}")
    with pytest.raises(TemporaryFailure, match="cannot be used"):
        await index.open()
