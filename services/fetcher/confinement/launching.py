"""Programs started within their bounds, behind a fence."""

import os
import subprocess
from collections.abc import Sequence
from typing import IO, Literal

from services.fetcher.confinement import bubblewrap, landlock
from services.fetcher.confinement.bounds import CONFINED_BY, Bounds, is_fenced

Fence = Literal["bubblewrap", "landlock"]


def start(
    command: Sequence[str],
    bounds: Bounds,
    fence: Fence | None,
    *,
    stdin: IO[bytes] | int = subprocess.DEVNULL,
    stdout: IO[bytes] | int = subprocess.PIPE,
    stderr: IO[bytes] | int = subprocess.PIPE,
) -> subprocess.Popen[bytes]:
    """Start a program within its bounds, behind `fence`; without one only the limits and the environment hold.

    What runs behind a fence already stays behind it, and gets Landlock's on top where there is one. Raises OSError.
    """
    inner = "landlock" if fence is None and is_fenced() and landlock.is_usable() else fence
    limit = bounds.limit()
    restrict = landlock.restriction(bounds) if inner == "landlock" else None

    def prepare() -> None:
        limit()
        if restrict is not None:
            restrict()

    environment = bounds.clean_environment()
    if inner is not None or is_fenced():
        environment[CONFINED_BY] = inner or os.environ[CONFINED_BY]
    try:
        return subprocess.Popen(
            bubblewrap.wrapped(command, bounds) if inner == "bubblewrap" else list(command),
            cwd=bounds.folder,
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            env=environment,
            preexec_fn=prepare,
        )
    except subprocess.SubprocessError as error:
        raise OSError(f"its fence or its limits could not be set up ({error})") from error
