"""Three real nats-servers that are one cluster, each of which can be killed and started again.

They do not wait for the disk at each message, as the one server of a machine does: two of three have it in memory.
"""

import asyncio
import contextlib
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

from nats.js.errors import Error as JetStreamError
from pydantic import SecretStr

from deploy.launcher.nats_server import find_nats_server
from shared.bus.connections import connected
from shared.contracts import STREAM
from shared.errors import PapersysError
from shared.service.child_processes import die_with_parent
from shared.settings.settings import BusSettings
from tests.support.bus.nats import PASSWORD
from tests.support.bus.ports import free_port_range
from tests.support.checks.waiting import eventually_sync

SERVERS = ("nats-1", "nats-2", "nats-3")
_CONFIG = """
server_name: {name}
listen: "127.0.0.1:{port}"
jetstream {{ store_dir: "{store}", max_file_store: 20GB }}
authorization {{ user: papersys, password: "{password}" }}
cluster {{ name: papersys, listen: "127.0.0.1:{route}", routes: [{routes}] }}
"""


class NatsCluster:
    """The servers, by name; what they store lies in `folder` and outlives `kill` and `start`."""

    def __init__(self, folder: Path, **settings: object) -> None:
        first = free_port_range(6)
        self.ports = {name: first + number for number, name in enumerate(SERVERS)}
        routes = ", ".join(f'"nats://127.0.0.1:{first + 3 + number}"' for number in range(3))
        self.settings = BusSettings.model_validate(
            {
                "external_url": ",".join(f"nats://127.0.0.1:{port}" for port in self.ports.values()),
                "password": SecretStr(PASSWORD),
                "replicas": 3,
                "stop_seconds": 2,
                **settings,
            }
        )
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._configs: dict[str, Path] = {}
        for number, name in enumerate(SERVERS):
            place = folder / name
            place.mkdir(parents=True)
            self._configs[name] = place / "nats.conf"
            text = _CONFIG.format(
                name=name,
                port=self.ports[name],
                store=place,
                password=PASSWORD,
                route=first + 3 + number,
                routes=routes,
            )
            self._configs[name].write_text(text)

    def start(self, name: str) -> None:
        out = self._configs[name].with_name("log").open("ab")
        with out:
            self._processes[name] = subprocess.Popen(
                [find_nats_server(), "-c", self._configs[name]], stdout=out, stderr=out, preexec_fn=die_with_parent()
            )

    def kill(self, name: str) -> None:
        process = self._processes.pop(name)
        process.send_signal(signal.SIGKILL)
        process.wait(60)

    def pid(self, name: str) -> int:
        return self._processes[name].pid

    def start_all(self) -> None:
        for name in SERVERS:
            self.start(name)
        eventually_sync(self.has_leader, 60, "the cluster has a leader")

    def has_leader(self) -> bool:
        """Whether JetStream answers."""
        return asyncio.run(self._answers())

    async def _answers(self) -> bool:
        with contextlib.suppress(PapersysError, JetStreamError, TimeoutError):
            async with connected(self.settings) as client:
                await client.jetstream(timeout=1).account_info()
                return True
        return False

    def leader(self, stream: str = STREAM) -> str:
        """The server that leads a stream now; empty while none does."""
        return asyncio.run(self._leader(stream))

    async def _leader(self, stream: str) -> str:
        with contextlib.suppress(PapersysError, JetStreamError, TimeoutError):
            async with connected(self.settings) as client:
                info = await client.jetstream(timeout=2).stream_info(stream)
                return (info.cluster.leader or "") if info.cluster else ""
        return ""

    def end(self) -> None:
        for name in list(self._processes):
            self.kill(name)


@contextlib.contextmanager
def nats_cluster(folder: Path, **settings: object) -> Iterator[NatsCluster]:
    cluster = NatsCluster(folder, **settings)
    try:
        cluster.start_all()
        yield cluster
    finally:
        cluster.end()
