"""The plan of processes, as a value: what runs, how it is asked for its health, in which order it starts and stops."""

import sys
from dataclasses import dataclass, field
from pathlib import Path

from deploy.launcher.own_model import OwnModel
from shared.hosts.addresses import reachable
from shared.settings.settings import SERVICES, DemoSettings

_ASKED = ("fetcher", "embedder")
"""Services that others ask while they work: they stop later, so that work at hand can be finished."""


@dataclass(frozen=True)
class Program:
    """One process. `live` and `ready` are the addresses of its health probes: `http://...`, or `nats://host:port`.

    Programs start by ascending `stage` and stop by descending stage, those of one stage together.
    """

    name: str
    command: tuple[str, ...]
    live: str
    ready: str
    stage: int
    environment: dict[str, str] = field(default_factory=dict, hash=False, compare=False)


@dataclass(frozen=True)
class Addresses:
    """Where things listen."""

    nats_host: str
    nats_port: int
    http_host: str
    first_port: int
    reader_host: str
    reader_port: int
    demo_port: int | None = None

    @property
    def reader(self) -> str:
        """The reader's address as typed into a browser on this machine."""
        return f"http://{reachable(self.reader_host)}:{self.reader_port}"

    def port_of(self, service: str) -> int:
        return self.first_port + SERVICES.index(service)

    def needed(self, *, embedded_nats: bool) -> dict[int, str]:
        """Every port to bind, and the setting that moves it."""
        ports = {self.port_of(service): "http.first_port" for service in SERVICES}
        ports[self.reader_port] = "publisher.port"
        if embedded_nats:
            ports[self.nats_port] = "bus.port"
        if self.demo_port:
            ports[self.demo_port] = "demo.port"
        return ports


def plan(
    addresses: Addresses,
    environment: dict[str, str],
    *,
    nats_program: Path | None,
    nats_config: Path | None,
    demo: DemoSettings | None = None,
    demo_clock: Path | None = None,
    own_model: OwnModel | None = None,
) -> tuple[Program, ...]:
    """NATS first (unless it is external), then the demo arXiv and the own model where wanted, then the services."""
    programs: list[Program] = []
    if nats_program and nats_config:
        address = f"nats://{reachable(addresses.nats_host)}:{addresses.nats_port}"
        command = (str(nats_program), "-c", str(nats_config))
        programs.append(Program("nats", command, address, address, stage=0, environment=environment))
    if addresses.demo_port:
        programs.append(_demo(addresses.demo_port, demo or DemoSettings(), demo_clock, environment))
    if own_model:
        programs.append(_own_model(own_model, environment))
        environment = own_model.environment_of_those_who_ask(environment)
    for service in SERVICES:
        health = f"http://{reachable(addresses.http_host)}:{addresses.port_of(service)}/health"
        command = (sys.executable, "-m", f"services.{service}")
        stage = 2 if service in _ASKED else 3
        program = Program(service, command, f"{health}/live", f"{health}/ready", stage, environment)
        programs.append(program)
    return tuple(programs)


def _demo(port: int, demo: DemoSettings, clock: Path | None, environment: dict[str, str]) -> Program:
    command = [sys.executable, "-m", "deploy.demo", "--port", str(port)]
    command += ["--folder", str(demo.folder)] if demo.folder else []
    command += ["--days", str(demo.days)] if demo.days else []
    command += ["--clock", str(clock)] if demo.days and clock else []
    live = f"http://127.0.0.1:{port}/oai?verb=Identify"
    return Program("demo", tuple(command), live, live, stage=1, environment=environment)


def _own_model(own_model: OwnModel, environment: dict[str, str]) -> Program:
    health = f"http://127.0.0.1:{own_model.port}/health"
    return Program(
        "own-model", own_model.command, f"{health}/live", f"{health}/ready", 1, own_model.environment(environment)
    )
