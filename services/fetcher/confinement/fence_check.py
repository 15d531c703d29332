"""A real trial of a fence: some machines have one and do not let it be used, or let it be used and it does not hold."""

import json
import logging
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from services.fetcher.confinement import probe
from services.fetcher.confinement.bounds import Bounds, python_paths
from services.fetcher.confinement.launching import Fence, start

log = logging.getLogger(__name__)

_SECONDS = 20
_MEMORY_MB = 2_000
_HELD = {"secret": False, "environment": False, "network": False, "outside": False, "inside": True}


def holds(fence: Fence) -> bool:
    """Whether a program behind the fence gets at nothing that it should not, and can still work."""
    with (
        tempfile.TemporaryDirectory(prefix="papersys-fence-") as own,
        tempfile.TemporaryDirectory(prefix="papersys-fenced-off-") as outside,
        socket.create_server(("127.0.0.1", 0)) as server,
    ):
        secret = Path(outside, "secret")
        secret.write_text("secret", "utf-8")
        port = str(server.getsockname()[1])
        paths = (str(Path(outside, "written")), str(Path(own, "written")))
        escapes = _escapes(fence, Path(own), (str(secret), str(os.getpid()), port, *paths))
    if escapes != _HELD:
        log.info("%s does not hold here: %s", fence, escapes, extra={"action": "fence_refused"})
    return escapes == _HELD


def _escapes(fence: Fence, own: Path, arguments: Sequence[str]) -> object:
    """What the probe could do, or the reason why it did not run."""
    bounds = Bounds(own, python_paths(), _SECONDS, _MEMORY_MB)
    try:
        process = start([sys.executable, "-I", "-S", str(probe.__file__), *arguments], bounds, fence)
    except OSError as error:
        return str(error)
    try:
        out, messages = process.communicate(timeout=_SECONDS)
        return json.loads(out) if out else messages.decode("utf-8", "replace").strip()[-300:]
    except (subprocess.TimeoutExpired, ValueError) as error:
        process.kill()
        process.communicate()
        return str(error)
