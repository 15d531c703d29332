"""Which process works on a question: written into its trace, so that no other process goes on with it meanwhile.

An id alone does not name a process: containers give the same few ids again at each start.
"""

import contextlib
import os
import socket

import psutil

_SILENT_SECONDS = 900.0
_NEAR_SECONDS = 2.0


def this_process() -> str:
    """Host, id and start of this process."""
    return name_of(os.getpid())


def name_of(process: int) -> str:
    return f"{socket.gethostname()}:{process}:{_started(process):.2f}"


def is_another_at_work(owner: str, silent_seconds: float) -> bool:
    """Whether the process that began a question lives and is not this one.

    On another host that cannot be seen: there, one that has written nothing for a quarter of an hour is taken for dead.
    """
    host, _, process = owner.partition(":")
    if host and host != socket.gethostname():
        return silent_seconds < _SILENT_SECONDS
    number, _, started = process.partition(":")
    if not number.isdigit() or int(number) == os.getpid():
        return False
    with contextlib.suppress(ValueError, psutil.Error):
        has_ended = psutil.Process(int(number)).status() == psutil.STATUS_ZOMBIE  # its parent has not looked yet
        return not has_ended and abs(_started(int(number)) - float(started)) < _NEAR_SECONDS
    return False


def _started(process: int) -> float:
    """When a process started, in seconds since 1970; it is counted from a moment that moves with the clock."""
    return float(psutil.Process(process).create_time())
