"""NATS servers of somebody else: a cluster of three of which one is killed, and a server that wants certificates."""

import asyncio
import contextlib
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from deploy.launcher.nats_server import find_nats_server
from shared.bus.bus import NatsBus
from shared.bus.connections import connected
from shared.bus.streams import reconcile
from shared.contracts import STREAM, PapersNew
from shared.errors import PapersysError, TemporaryFailure
from shared.leases.keeper import LeaseKeeper
from shared.service.child_processes import die_with_parent
from shared.settings.settings import BusSettings
from tests.support.bus.certificates import Authority
from tests.support.bus.nats import PASSWORD
from tests.support.bus.nats_cluster import nats_cluster
from tests.support.bus.ports import free_port
from tests.support.checks.waiting import eventually


@pytest.mark.proof
async def test_events_and_leases_outlive_the_server_that_leads(tmp_path: Path) -> None:
    with contextlib.ExitStack() as stack:
        cluster = await asyncio.to_thread(stack.enter_context, nats_cluster(tmp_path, ack_wait_seconds=2.0))
        handled: Counter[str] = Counter()
        bus = NatsBus(cluster.settings, "embedder")

        async def handler(event: PapersNew) -> None:
            handled[event.paper_ids[0]] += 1

        bus.on(PapersNew, handler)
        keeper = LeaseKeeper(cluster.settings, 10.0, "this process")
        wanted = [f"2403.{number:05d}" for number in range(1, 41)]
        async with asyncio.timeout(120), bus.running():
            await eventually(lambda: bus.problem() is None, 60)
            lease = await keeper.take_async("metadata", "It")
            for number, paper_id in enumerate(wanted):
                if number == 20:
                    await asyncio.to_thread(cluster.kill, await cluster._leader(STREAM))
                await publish_in_the_end(bus, PapersNew(paper_ids=(paper_id,)))
            await eventually(lambda: set(handled) == set(wanted), 60)
            before = lease.revision
            await eventually(lambda: lease.revision > before)
            assert not lease.ended.is_set()
        await asyncio.to_thread(keeper.close)


async def publish_in_the_end(bus: NatsBus, event: PapersNew) -> None:
    """Whoever has something to say says it again until it is stored; the same event twice is stored once."""
    while True:
        try:
            return await bus.publish(event)
        except TemporaryFailure:
            await asyncio.sleep(0.2)


@pytest.mark.proof
async def test_streams_of_one_server_become_those_of_a_cluster(tmp_path: Path) -> None:
    """A cluster that was started with one copy of each stream gets three, and what is in them stays."""
    with contextlib.ExitStack() as stack:
        cluster = await asyncio.to_thread(stack.enter_context, nats_cluster(tmp_path))
        async with connected(cluster.settings) as client:
            js = client.jetstream()
            await reconcile(js, 20.0)
            await js.publish("papers.new", b"{}", stream=STREAM)
            changes = await reconcile(js, 20.0, replicas=3)
            assert f"Brought stream {STREAM} up to today's configuration." in changes
            info = await js.stream_info(STREAM)
            assert (info.config.num_replicas, info.state.messages) == (3, 1)
            assert await reconcile(js, 20.0, replicas=3) == []


_TLS = """
listen: "127.0.0.1:{port}"
jetstream {{ store_dir: "{folder}" }}
authorization {{ user: papersys, password: "{password}" }}
tls {{ cert_file: "{server.certificate}", key_file: "{server.key}", ca_file: "{ca}", verify: true }}
"""


@contextlib.contextmanager
def running(config: Path) -> Iterator[None]:
    command, out = [str(find_nats_server()), "-c", str(config)], subprocess.DEVNULL
    process = subprocess.Popen(command, stdout=out, stderr=out, preexec_fn=die_with_parent())
    try:
        yield
    finally:
        process.kill()
        process.wait(60)


async def test_a_server_that_wants_certificates_is_shown_one(tmp_path: Path) -> None:
    authority, port = Authority(tmp_path), free_port()
    server, ours = authority.sign("server"), authority.sign("papersys")
    config = tmp_path / "nats.conf"
    config.write_text(
        _TLS.format(port=port, folder=tmp_path, password=PASSWORD, server=server, ca=authority.certificate)
    )
    settings = BusSettings(
        external_url=f"tls://127.0.0.1:{port}",
        password=SecretStr(PASSWORD),
        tls_ca=authority.certificate,
        tls_certificate=ours.certificate,
        tls_key_file=ours.key,
    )
    with running(config):
        bus = NatsBus(settings, "embedder")
        async with asyncio.timeout(60), bus.running():
            await eventually(lambda: bus.problem() is None)
            await bus.publish(PapersNew(paper_ids=("2403.00001",)))
        without = settings.model_copy(update={"tls_certificate": None, "tls_key_file": None})
        with pytest.raises(PapersysError, match="cannot be reached"):
            async with connected(without):
                pass
