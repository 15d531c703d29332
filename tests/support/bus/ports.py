"""Free ports on the loopback address, below those that the kernel gives to outgoing connections.

A port of that range could be taken by any client between our look and the server's start. Ranges are this process's
alone until it ends: two tests that begin at once never get ports of each other.
"""

import fcntl
import os
import random
import socket
import tempfile
from pathlib import Path

_FIRST, _FIRST_SINGLE, _LAST = 10_240, 24_000, 32_000
_BLOCK = 16
_chance = random.SystemRandom()
_held: list[int] = []
"""Descriptors of locked files, one a block of ports; the kernel lets go of them when the process ends."""


def free_port() -> int:
    """A port nobody listens on now."""
    while True:
        port = _chance.randrange(_FIRST_SINGLE, _LAST)
        if _is_free(port):
            return port


def free_port_range(length: int) -> int:
    """The first of `length` ports in a row that are all free now, and that no other process is given."""
    assert length <= _BLOCK
    while True:
        first = _chance.randrange(_FIRST, _FIRST_SINGLE - _BLOCK, _BLOCK)
        if _is_ours(first) and all(_is_free(port) for port in range(first, first + length)):
            return first


def _is_ours(first: int) -> bool:
    """Whether the block of ports that begins here could be locked."""
    folder = Path(tempfile.gettempdir()) / f"papersys-test-ports-{os.getuid()}"
    folder.mkdir(exist_ok=True)
    file = os.open(folder / str(first), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(file)
        return False
    _held.append(file)
    return True


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
