"""`papersys service`: one service alone, where each has a container of its own and NATS is somebody else's."""

import asyncio
import os
import sys
from typing import Annotated

import nats.errors
import typer

from deploy.backup.events_under_way import publish_restored_events
from deploy.command_context import system_settings
from deploy.configuration import DEMO_FILE, SystemSettings, mistyped_settings, service_environment, settings_file
from deploy.data_versions.migrating import FolderMigration
from deploy.launcher.output import Output
from shared.bus.connections import connected
from shared.bus.streams import reconcile
from shared.command_line.output import say
from shared.errors import PapersysError
from shared.leases.choice import leave_leases
from shared.settings.settings import SERVICES
from shared.store.files.data_folder import DataFolder

_PREPARED_SECONDS = 600.0


def service(
    name: Annotated[str, typer.Argument(metavar="NAME", help=f"One of {', '.join(SERVICES)}.")] = "",
    prepare: Annotated[
        bool,
        typer.Option("--prepare", help="First make data folder and NATS ready; without NAME only that."),
    ] = False,
) -> None:
    """Run one service in this process, on a NATS server of your own; `papersys up` starts them all."""
    if name not in ((*SERVICES, "") if prepare else SERVICES):
        raise typer.BadParameter(f"{name or 'that'} is not a service; there are {', '.join(SERVICES)}.")
    settings = system_settings()
    if settings.bus.external_url is None:
        raise PapersysError(
            "A service alone has no NATS server: set bus.external_url (PAPERSYS_BUS__EXTERNAL_URL) to yours, or start "
            "everything with `papersys up`."
        )
    for warning in mistyped_settings(os.environ):
        say(warning)
    if prepare:
        prepare_for_services(settings)
    if name:
        leave_leases()
        os.execve(sys.executable, [sys.executable, "-m", f"services.{name}"], _environment(settings))  # noqa: S606


def _environment(settings: SystemSettings) -> dict[str, str]:
    """As `papersys up` would start it, but for the form of the log."""
    environment = service_environment(settings, settings_file())
    return {**environment, "PAPERSYS_LOG__FORMAT": settings.log.format}


def prepare_for_services(settings: SystemSettings) -> None:
    """What `papersys up` does before it starts services. Twice is once. Raises PapersysError."""
    data, output = DataFolder(settings.data.path, settings.data.min_free_mb), Output(settings.log)
    data.prepare()
    with data.lock("prepare", _PREPARED_SECONDS):
        own = None if settings_file() == DEMO_FILE else settings_file()
        FolderMigration(data, settings.backup, lambda text: output.say(text, action="migration"), own).run()
        asyncio.run(_make_streams(settings))
        asyncio.run(publish_restored_events(settings.bus, data, output))
    output.say(f"{data.root} and NATS at {settings.bus.url} are ready.", action="prepared")


async def _make_streams(settings: SystemSettings) -> None:
    bus = settings.bus
    async with connected(bus) as client:
        try:
            await reconcile(client.jetstream(), bus.ack_wait_seconds, replicas=bus.replicas)
        except (nats.errors.Error, TimeoutError) as error:
            raise PapersysError(
                f"NATS at {bus.url} did not make the streams ({error or 'no answer'}). It needs JetStream and, for "
                f"bus.replicas = {bus.replicas}, as many servers that have found each other; then try again."
            ) from error
