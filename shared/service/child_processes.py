"""Child processes that never outlive their parent, however the parent ends."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

PARENT_VARIABLE = "PAPERSYS_PARENT_PID"
"""Tells a child whom to watch where the kernel does not tie it to its parent."""
_PR_SET_PDEATHSIG = 1


def die_with_parent() -> Callable[[], None] | None:
    """A `preexec_fn`: the kernel kills the child when the thread that started it dies, SIGKILL of the parent included.

    Linux only (prctl PR_SET_PDEATHSIG); None elsewhere, where children watch their parent instead. Start children
    from a thread that lives as long as the process.
    """
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()

    def tie() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)

    return tie
