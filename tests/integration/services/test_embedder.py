"""The embedder as a process with its real model, on a real nats-server."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import nats
import numpy as np
import pytest
from nats.aio.client import Client
from nats.js import JetStreamContext

from services.embedder import commands
from services.embedder.settings import Settings
from shared.bus.streams import reconcile
from shared.contracts import STREAM
from shared.service.child_processes import die_with_parent
from shared.settings.settings import DataSettings
from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore
from shared.store.vectors.embeddings import VectorStore
from tests.support.bus.nats import PASSWORD, NatsServer, nats_server
from tests.support.bus.ports import free_port_range
from tests.support.checks.waiting import eventually
from tests.support.papers.embedder import paper

SENTENCES = {
    "2401.00001": "We train large language models on code and measure how well they repair programs.",
    "2401.00002": "Neural networks that write source code are evaluated on fixing bugs in software.",
    "2401.00003": "The Hubble constant is measured with supernovae and gravitational lens time delays.",
}


@dataclass
class Embedder:
    url: str
    process: "subprocess.Popen[bytes]"

    async def ready(self) -> bool:
        assert self.process.poll() is None, "the embedder ended"
        try:
            async with httpx.AsyncClient(verify=False) as client:  # certificates take longer to read
                return (await client.get(f"{self.url}/health/ready")).status_code == 200
        except httpx.HTTPError:
            return False


def start(data: Path, server: NatsServer) -> Embedder:
    port = free_port_range(6)
    environment = {
        "PAPERSYS_DATA__PATH": str(data),
        "PAPERSYS_DATA__MIN_FREE_MB": "0",
        "PAPERSYS_BUS__PORT": str(server.settings.port),
        "PAPERSYS_BUS__PASSWORD": PASSWORD,
        "PAPERSYS_BUS__ACK_WAIT_SECONDS": "2",
        "PAPERSYS_HTTP__FIRST_PORT": str(port),
        "PAPERSYS_EMBEDDER__BACKLOG_MINUTES": "0",
        "PAPERSYS_EMBEDDER__THREADS": "1",
        "PAPERSYS_EMBEDDING__MODELS__MINILM__PRECISION": "float32",  # trying bfloat16 costs seconds at each start
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "services.embedder"],
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=die_with_parent(),
    )
    return Embedder(f"http://127.0.0.1:{port + 1}", process)


@asynccontextmanager
async def embedder(data: Path, server: NatsServer) -> AsyncIterator[Embedder]:
    running = start(data, server)
    try:
        await eventually(running.ready, seconds=250)
        yield running
    finally:
        running.process.kill()
        running.process.wait(60)


@asynccontextmanager
async def client(server: NatsServer) -> AsyncIterator[Client]:
    connection = await nats.connect(server.settings.url, user="papersys", password=PASSWORD)
    try:
        await reconcile(connection.jetstream(), 2.0)
        yield connection
    finally:
        await connection.close()


async def at_work(js: JetStreamContext) -> bool:
    return bool((await js.consumer_info(STREAM, "embedder-papers-new")).num_ack_pending)


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    folder = DataFolder(tmp_path / "data", min_free_mb=0)
    MetadataStore(folder).put([paper(one, title="A paper", abstract=text) for one, text in SENTENCES.items()])
    return folder


@pytest.mark.proof
@pytest.mark.timeout(900)
async def test_papers_become_vectors_that_mean_something_and_a_killed_embedder_goes_on(
    tmp_path: Path, data: DataFolder
) -> None:
    """As few starts of the real model as can be: loading it is what takes time here."""
    with nats_server(tmp_path / "nats") as server:
        async with client(server) as connection:
            js = connection.jetstream()
            heard = await js.subscribe("embeddings.ready", ordered_consumer=True)
            async with embedder(data.root, server) as running:
                await js.publish("papers.new", json.dumps({"paper_ids": list(SENTENCES)}).encode())
                said = json.loads((await heard.next_msg(timeout=60)).data)
                assert said["paper_ids"] == list(SENTENCES)
                code, bugs, hubble = VectorStore(data, "minilm").get(SENTENCES).matrix
                assert code @ bugs > 0.4 > code @ hubble

                question = json.dumps({"texts": ["cosmology with exploding stars"]}).encode()
                answer = json.loads((await connection.request("embedder.encode", question, timeout=30)).data)
                query = np.array(answer["answer"]["vectors"][0])
                assert abs(np.linalg.norm(query) - 1) < 1e-5
                assert query @ hubble > query @ code

                ids = [f"2402.{n:05}" for n in range(1, 101)]
                MetadataStore(data).put([paper(one, abstract=f"Number {one}. " * 40) for one in ids])
                await js.publish("papers.new", json.dumps({"paper_ids": ids}).encode())
                await eventually(lambda: at_work(js))
                running.process.kill()
            async with embedder(data.root, server) as running:
                said = json.loads((await heard.next_msg(timeout=120)).data)
                running.process.send_signal(signal.SIGTERM)
                await asyncio.to_thread(running.process.wait, 60)
            assert said["paper_ids"] == ids
    settings = Settings(data=DataSettings(path=data.root, min_free_mb=0))
    assert VectorStore(data, "minilm").count() == 103
    assert commands.verify(settings) == []
