"""The fence made of namespaces, by bubblewrap: https://github.com/containers/bubblewrap"""

import shutil
from collections.abc import Sequence
from pathlib import Path

from services.fetcher.confinement.bounds import DEVICES, Bounds

PROGRAM = "bwrap"
_TOP_LEVEL = 2


def is_installed() -> bool:
    return shutil.which(PROGRAM) is not None


def wrapped(command: Sequence[str], bounds: Bounds) -> list[str]:
    """The command behind bubblewrap, started in its folder: no network, no other processes, nothing else to write."""
    arguments = [PROGRAM, "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--proc", "/proc"]
    for path in bounds.visible():
        arguments += _shown(path)
    for device in (*DEVICES, *bounds.devices):
        arguments += ["--dev-bind-try", device, device]
    own = str(bounds.folder)
    arguments += ["--bind", own, own, "--remount-ro", "/", "--chdir", own, "--", *command]
    return arguments


def _shown(path: Path) -> list[str]:
    """A link of the system stays one (`/bin` to `usr/bin`); everything else is bound, read-only."""
    if path.is_symlink() and len(path.parts) == _TOP_LEVEL:
        return ["--symlink", str(path.readlink()), str(path)]
    return ["--ro-bind", str(path.resolve()), str(path)]
