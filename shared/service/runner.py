"""How a service runs as a process: settings, log, its app under uvicorn, a clean end."""

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType

import uvicorn
from fastapi import FastAPI

from shared.errors import PapersysError
from shared.hosts.addresses import known_names
from shared.leases.choice import are_used, leave_leases, use_leases
from shared.service.child_processes import PARENT_VARIABLE
from shared.service.health_access import HealthAccess
from shared.service.http_server import server_config
from shared.service.logging import set_up_logging
from shared.service.privacy import keep_private
from shared.service.standby import OneAtATime
from shared.settings.settings import CommonSettings, S, find_settings_file, load_settings
from shared.store.keeping.folder_version import check_folder_version

log = logging.getLogger(__name__)

_PARENT_CHECK_SECONDS = 1.0


def run_service(
    service: str,
    settings_class: type[S],
    create_app: Callable[[S], FastAPI],
    address: Callable[[S], tuple[str, int]] | None = None,
    also_below: str | None = None,
    *,
    is_alone: bool = False,
) -> None:
    """Run until SIGTERM. Exits 2 on unusable settings, 1 when the app cannot start or go on.

    Beside the health pages there is nothing but what lies below the path `also_below`. Of a service that `is_alone`,
    one process works at a time where machines share the data folder, and others stand by.
    """
    try:
        settings = load_settings(settings_class, find_settings_file())
        set_up_logging(service, settings.log)
        check_folder_version(settings.data.path)
        _keep_private(settings)
        use_leases(settings, f"the {service}")
        app = create_app(settings)
    except PapersysError as error:
        sys.exit(_print_error(error))
    host, port = address(settings) if address else (settings.http.host, settings.http.port_of(service))
    _watch_parent()
    signal.signal(signal.SIGTERM, _end)
    standby = OneAtATime(app, service) if is_alone and are_used() else None
    guarded = HealthAccess(standby or app, _names(settings, host, service), also_below)
    server = uvicorn.Server(server_config(guarded, settings.http, host=host, port=port))
    if standby is not None:
        standby.end_process = lambda: setattr(server, "should_exit", True)
    server.run()
    leave_leases()
    sys.exit(0 if server.started and not (standby and standby.has_failed) else 1)


def _names(settings: CommonSettings, host: str, service: str) -> frozenset[str]:
    """The names by which the health pages may be asked for."""
    own = settings.http.service_host
    return known_names(host, *settings.http.allowed_hosts, *([own.replace("{service}", service)] if own else []))


def _end(number: int, frame: FrameType | None) -> None:
    """Before uvicorn listens, and again when it has stopped and raises the signal anew: a clean end is exit code 0."""
    sys.exit(0)


def _print_error(error: PapersysError) -> int:
    sys.stderr.write(f"{error}\n")
    return 2


def _keep_private(settings: CommonSettings) -> None:
    """Under a launcher, that has said it already."""
    for sentence in keep_private(settings):
        if PARENT_VARIABLE not in os.environ:
            log.warning(sentence, extra={"action": "private"})


def _watch_parent() -> None:
    """End with the launcher where the kernel does not see to it (see `shared.service.child_processes`)."""
    parent = os.environ.get(PARENT_VARIABLE)
    if parent is None or sys.platform == "linux":
        return

    def watch() -> None:
        while os.getppid() == int(parent):
            time.sleep(_PARENT_CHECK_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, daemon=True, name="parent-watch").start()
