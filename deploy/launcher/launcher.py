"""`papersys up`: the NATS server, the streams, the six services, one log, and a clean end for all of them."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from filelock import FileLock, Timeout

from deploy.backup.events_under_way import publish_restored_events
from deploy.backup.schedule import BackupSchedule
from deploy.configuration import DEMO_FILE, SystemSettings, mistyped_settings, service_environment
from deploy.data_versions.migrating import FolderMigration
from deploy.launcher.demo_data import carry_access, keep_likes, must_be_set_aside, set_aside
from deploy.launcher.demo_start import announce_first_days
from deploy.launcher.nats_server import find_nats_server, write_config
from deploy.launcher.output import Output
from deploy.launcher.own_model import own_model_of
from deploy.launcher.plan import Addresses, Program, plan
from deploy.launcher.running import LOCK
from deploy.launcher.settings_change import Settled
from deploy.launcher.settings_watch import SettingsWatch
from deploy.launcher.supervisor import Limits, Supervisor
from deploy.logs.writing import LogFiles, log_folder
from deploy.setup.secrets import ensure_secret
from deploy.syncing.schedule import sync_now_and_then
from shared.bus.connections import connected
from shared.bus.streams import reconcile
from shared.demo.days import demo_days_path
from shared.errors import PapersysError
from shared.hosts.addresses import is_loopback
from shared.service.privacy import keep_private
from shared.store.files.data_folder import DataFolder
from shared.store.keeping.folder_version import check_folder_version

_PORT_PATIENCE_SECONDS = 5.0
_PIDS_SECONDS = 1.0


@dataclass(frozen=True)
class Launch:
    """What is to be launched."""

    settings: SystemSettings
    settings_path: Path
    addresses: Addresses
    warnings: tuple[str, ...] = ()


def addresses_of(settings: SystemSettings) -> Addresses:
    """Where everything listens."""
    return Addresses(
        nats_host=settings.bus.host,
        nats_port=settings.bus.port,
        http_host=settings.http.host,
        first_port=settings.http.first_port,
        reader_host=settings.reader.host,
        reader_port=settings.reader.port,
        demo_port=settings.demo.port if settings.demo.enabled else None,
    )


def made_token_file(settings: SystemSettings) -> Path | None:
    """Where the reader's token lies that papersys makes; None where none is needed, or the user set one."""
    reader = settings.reader
    if reader.token or reader.token_file or is_loopback(reader.host):
        return None
    return settings.data.path / "state" / "reader.token"


def launch(settings: SystemSettings, settings_path: Path) -> int:
    """Run everything until SIGTERM or SIGINT; returns the exit code. Raises PapersysError for what must be mended.

    New settings that concern every program end them all and start them again in this same process.
    """
    while not isinstance(outcome := _launch_once(settings, settings_path), int):
        settings, settings_path = outcome.settings, outcome.path
    return outcome


def _launch_once(settings: SystemSettings, settings_path: Path) -> int | Settled:
    data = DataFolder(settings.data.path, settings.data.min_free_mb)
    check_folder_version(data.root)
    warnings = (*mistyped_settings(os.environ), *keep_private(settings))
    data.prepare()
    with _only_one(data):
        _migrate(data, settings, settings_path)
        outcome = asyncio.run(_run(Launch(settings, settings_path, addresses_of(settings), warnings), data))
        if isinstance(outcome, Settled):
            _prepare_data(settings, outcome)
        return outcome


def _migrate(data: DataFolder, settings: SystemSettings, settings_path: Path) -> None:
    """Bring a folder of an earlier papersys to what this one writes. Raises PapersysError."""
    output, own = Output(settings.log), None if settings_path == DEMO_FILE else settings_path
    FolderMigration(data, settings.backup, lambda text: output.say(text, action="migration"), own).run()


def _prepare_data(before: SystemSettings, settled: Settled) -> None:
    """Make ready the data folder of new settings, while nothing runs. Raises PapersysError."""
    data, after = DataFolder(before.data.path), settled.settings
    try:
        if must_be_set_aside(before, after):
            set_aside(data, date.today())
            keep_likes(settled)
        elif before.data.path != after.data.path:
            carry_access(data, DataFolder(after.data.path))
    except OSError as error:
        raise PapersysError(f"The data folder {after.data.path} cannot be made ready: {error}.") from error


@contextlib.contextmanager
def _only_one(data: DataFolder) -> Iterator[None]:
    """One launcher a data folder. Raises PapersysError."""
    lock_path = data.path(*LOCK)
    lock_path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(lock_path, timeout=_PORT_PATIENCE_SECONDS):
            yield
    except Timeout as error:
        raise PapersysError(
            f"papersys is already running on {data.root} (see `papersys status`); stop it, or change data.path."
        ) from error


async def _run(this: Launch, data: DataFolder) -> int | Settled:
    await _check_ports(this)
    log_settings = this.settings.log
    files = LogFiles(log_folder(data.root), log_settings.keep_days, log_settings.max_mb)
    output = Output(log_settings, files=files)
    stop = _on_signals()
    supervisor = Supervisor(output, _limits(this.settings))
    work = asyncio.create_task(_supervise(this, data, output, supervisor))
    watch = SettingsWatch(this.settings, this.settings_path, data, supervisor, output)
    changed = asyncio.create_task(watch.until_new_start())
    await asyncio.wait([work, changed, asyncio.create_task(stop.wait())], return_when=asyncio.FIRST_COMPLETED)
    if not work.done():
        output.say("Stopping: services first, NATS last.", action="stopping")
    new_start = changed.result() if changed.done() and not stop.is_set() else None
    changed.cancel()
    work.cancel()
    [outcome] = await asyncio.gather(work, return_exceptions=True)
    await supervisor.stop()
    data.path("state", "processes.json").unlink(missing_ok=True)
    if isinstance(outcome, PapersysError):
        output.say(str(outcome), "ERROR", action="gave_up")
        return 1
    if isinstance(outcome, Exception):
        raise outcome
    if new_start is not None:
        output.say("Starting again with the new settings.", action="new_start")
        return new_start
    output.say("Stopped.", action="stopped")
    return 0


async def _supervise(this: Launch, data: DataFolder, output: Output, supervisor: Supervisor) -> None:
    started = time.monotonic()
    programs = _programs(this, data)
    output.say(f"Starting on {data.root} with {this.settings_path}.", action="starting")
    for warning in this.warnings:
        output.say(warning, "WARNING", action="warning")
    for stage in sorted({program.stage for program in programs}):
        together = [program for program in programs if program.stage == stage]
        for program in together:
            await supervisor.start(program)
        if stage == 0:
            await supervisor.until_ready(together)
            await _make_streams(this.settings)
            await publish_restored_events(this.settings.bus, data, output)
    watching = [asyncio.create_task(_record_pids(data, supervisor))]
    if this.settings.backup.repository is not None:
        environment = service_environment(this.settings, this.settings_path)
        watching.append(asyncio.create_task(BackupSchedule(data, this.settings.backup, environment, output).run()))
    if this.settings.demo.enabled:
        watching.append(asyncio.create_task(announce_first_days(this.settings, data, output)))
    environment = service_environment(this.settings, this.settings_path)
    watching.append(asyncio.create_task(sync_now_and_then(data, this.settings.sync.every_days, environment, output)))
    try:
        await supervisor.until_ready(list(programs))
        seconds = round(time.monotonic() - started, 1)
        output.say(f"Ready after {seconds} s. Read your papers at {this.addresses.reader}", action="ready")
        if made_token_file(this.settings):
            output.say(
                "The reader needs an access token; `papersys reader` prints the address with it.", action="token"
            )
        await supervisor.until_given_up()
    finally:
        for task in watching:
            task.cancel()


def _programs(this: Launch, data: DataFolder) -> tuple[Program, ...]:
    settings = this.settings
    nats_program: Path | None = None
    nats_config: Path | None = None
    if settings.bus.external_url is None:
        password_file = settings.bus.password_file or data.path("nats", "password")
        password = settings.bus.credentials()[1]
        nats_program = find_nats_server()
        nats_config = write_config(data.path("nats"), settings.bus, password or ensure_secret(password_file))
    environment = {**service_environment(settings, this.settings_path), **_reader_token(settings)}
    return plan(
        this.addresses,
        environment,
        nats_program=nats_program,
        nats_config=nats_config,
        demo=settings.demo,
        demo_clock=demo_days_path(data),
        own_model=own_model_of(settings.llm, data),
    )


def _reader_token(settings: SystemSettings) -> dict[str, str]:
    """A reader that others can reach gets a token of its own where the user set none."""
    path = made_token_file(settings)
    if path is None:
        return {}
    ensure_secret(path)
    return {"PAPERSYS_PUBLISHER__TOKEN_FILE": str(path)}


async def _make_streams(settings: SystemSettings) -> None:
    async with connected(settings.bus) as client:
        await reconcile(client.jetstream(), settings.bus.ack_wait_seconds, replicas=settings.bus.replicas)


async def _record_pids(data: DataFolder, supervisor: Supervisor) -> None:
    """Keep `state/processes.json` true, for `papersys status` and for tests."""
    path, written = data.path("state", "processes.json"), ""
    while True:
        text = json.dumps({"papersys": os.getpid(), **supervisor.pids()}, indent=1) + "\n"
        if text != written:
            with contextlib.suppress(PapersysError):
                data.write_text(path, text)
                written = text
        await asyncio.sleep(_PIDS_SECONDS)


async def _check_ports(this: Launch) -> None:
    """Raises PapersysError for a port that stays taken; those of a launcher just killed come free in a moment."""
    needed = this.addresses.needed(embedded_nats=this.settings.bus.external_url is None)
    deadline = time.monotonic() + _PORT_PATIENCE_SECONDS
    for port, setting in sorted(needed.items()):
        host = {"publisher.port": this.addresses.reader_host, "bus.port": this.addresses.nats_host}.get(setting)
        while not _is_free(host or this.addresses.http_host, port):
            if time.monotonic() > deadline:
                variable = "PAPERSYS_" + setting.upper().replace(".", "__")
                raise PapersysError(
                    f"Port {port} is taken by another program; stop it, or set {setting} (or {variable}) to a free one."
                )
            await asyncio.sleep(0.2)


def _is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def _on_signals() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        if sys.platform != "win32":
            loop.add_signal_handler(number, stop.set)
    return stop


def _limits(settings: SystemSettings) -> Limits:
    launcher = settings.launcher
    return Limits(
        hang_seconds=launcher.hang_seconds,
        start_seconds=launcher.start_seconds,
        stop_seconds=launcher.stop_seconds,
        short_life_seconds=launcher.short_life_seconds,
        give_up_after=launcher.give_up_after,
    )
