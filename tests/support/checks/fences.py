"""Which fences this machine can have, found out without the project's own fences, so that a broken one is no skip."""

import shutil
import subprocess

import pytest

from services.fetcher.confinement import landlock
from services.fetcher.confinement.fence_check import holds
from services.fetcher.confinement.launching import Fence

_BARE = ("bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--ro-bind", "/", "/")


def can_have(fence: Fence) -> bool:
    """Whether the system offers it: a bubblewrap that may make namespaces, a kernel with Landlock and seccomp."""
    if fence == "landlock":
        return landlock.is_usable()
    if shutil.which(_BARE[0]) is None:
        return False
    return subprocess.run([*_BARE, "--proc", "/proc", "true"], capture_output=True, timeout=60).returncode == 0


def demand(fence: Fence) -> None:
    """Skips where this machine cannot have the fence; where it can, it has to hold."""
    if not can_have(fence):
        pytest.skip(f"{fence} does not work on this machine")
    assert holds(fence), f"{fence} does not hold, though this machine can have it"
