"""What a confined program may see and take."""

import contextlib
import os
import resource
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from shared.service.child_processes import die_with_parent

_MB = 1024**2
_PROJECT = Path(__file__).resolve().parents[3]
_CODE = ("services", "shared")
_CPU_GRACE_SECONDS = 5
_PROCESSES = 256
_SYSTEM = (
    "/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d",
    "/etc/alternatives", "/etc/localtime", "/etc/perl", "/etc/texmf", "/var/lib/texmf", "/nix/store",
)  # fmt: skip
CONFINED_BY = "CONFINED_BY"
"""Tells a program behind a fence which one it is."""
DEVICES = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")


@dataclass(frozen=True)
class Bounds:
    """`folder` is all that can be written; besides it, the system's programs and `readable` can be read.

    `seconds` are by the clock, and on each of `cores`; memory and size of files are each process's own.
    What it starts may be given more where they are `raisable`. Nothing of our environment reaches it, only a plain one
    and `environment`.
    """

    folder: Path
    readable: tuple[Path, ...]
    seconds: float
    memory_mb: int
    file_mb: int = 300
    cores: int = 1
    raisable: bool = False
    devices: tuple[str, ...] = ()
    environment: tuple[tuple[str, str], ...] = ()

    def clean_environment(self) -> dict[str, str]:
        """Nothing of this process's environment: it may hold passwords and keys."""
        folder = str(self.folder)
        plain = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": folder, "TMPDIR": folder, "LC_ALL": "C.UTF-8"}
        return {**plain, "PYTHONDONTWRITEBYTECODE": "1", **dict(self.environment)}

    def visible(self) -> list[Path]:
        """The paths that can be read, those that are there, outer ones first."""
        wanted = (*map(Path, _SYSTEM), *self.readable)
        return sorted({path.absolute() for path in wanted if path.exists()})

    def limit(self) -> Callable[[], None]:
        """A `preexec_fn`: tied to its parent, with limits that the kernel enforces."""
        tie, limits = die_with_parent(), self._limits()

        def apply() -> None:
            if tie is not None:
                tie()
            for kind, limit in limits.items():
                _, most = resource.getrlimit(kind)
                least = limit if most == resource.RLIM_INFINITY else min(limit, most)
                resource.setrlimit(kind, (least, most if self.raisable else least))

        return apply

    def _limits(self) -> dict[int, int]:
        limits = {
            resource.RLIMIT_AS: self.memory_mb * _MB,
            resource.RLIMIT_DATA: self.memory_mb * _MB,
            resource.RLIMIT_CPU: int(self.seconds * self.cores) + _CPU_GRACE_SECONDS,
            resource.RLIMIT_FSIZE: self.file_mb * _MB,
            resource.RLIMIT_NOFILE: 512,
            resource.RLIMIT_CORE: 0,
        }
        if is_fenced():  # others' processes cannot be counted there, but count; what was set outside holds
            return limits
        return {**limits, resource.RLIMIT_NPROC: _tasks_of(os.getuid()) + _PROCESSES}


def is_fenced() -> bool:
    """Whether this very process was started behind a fence."""
    return CONFINED_BY in os.environ


def python_paths() -> tuple[Path, ...]:
    """What this Python needs to run the project's converters: itself, its packages, and their code alone."""
    prefixes = {Path(sys.prefix), Path(sys.base_prefix), Path(sys.prefix).resolve(), Path(sys.base_prefix).resolve()}
    packages = {Path(entry) for entry in sys.path if entry.endswith(("site-packages", "dist-packages"))}
    return (*prefixes, *packages, *(_PROJECT / name for name in _CODE))


def show_code(folder: Path) -> tuple[str, str]:
    """Put links to our code there, and the setting by which Python finds it: it may not list the folder it lies in."""
    for name in _CODE:
        (folder / name).symlink_to(_PROJECT / name)
    return ("PYTHONPATH", str(folder))


def _tasks_of(user: int) -> int:
    """Threads of a user: all of them count against each process's limit."""
    tasks = 0
    with contextlib.suppress(OSError):
        for entry in Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                if entry.name.isdigit() and entry.stat().st_uid == user:
                    tasks += len(list((entry / "task").iterdir()))
    return tasks
