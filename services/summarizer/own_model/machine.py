"""What this machine lends a model: cores and memory, with the limits of a container."""

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path

import psutil

_CGROUP = Path("/sys/fs/cgroup")
_FEWEST_PHYSICAL = 4
"""Below that many, a virtual machine says that its threads are cores that share."""


@dataclass(frozen=True)
class Machine:
    """Cores that we may use, and bytes of memory that are free for us now."""

    cores: int
    free_bytes: int


def this_machine(cgroup: Path = _CGROUP) -> Machine:
    """This machine, or the part of it that a container may use (cgroup v2)."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    physical = psutil.cpu_count(logical=False) or 0
    cores = min(allowed, physical) if physical >= _FEWEST_PHYSICAL else allowed
    free = psutil.virtual_memory().available
    return Machine(max(1, min(cores, _quota(cgroup) or cores)), min(free, _room(cgroup) or free))


def _quota(cgroup: Path) -> int | None:
    """Whole cores that `cpu.max` grants; None without a limit."""
    with contextlib.suppress(OSError, ValueError):
        quota, period = (cgroup / "cpu.max").read_text("ascii").split()
        return max(1, int(quota) // int(period))
    return None


def _room(cgroup: Path) -> int | None:
    """Bytes that `memory.max` leaves; None without a limit."""
    with contextlib.suppress(OSError, ValueError):
        most = int((cgroup / "memory.max").read_text("ascii"))
        return max(1, most - int((cgroup / "memory.current").read_text("ascii")))
    return None
