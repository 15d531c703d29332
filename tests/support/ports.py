"""Free ports on the loopback address, below those that the kernel gives to outgoing connections.

A port of that range could be taken by any client between our look and the server's start.
"""

import random
import socket

_FIRST, _LAST = 10_240, 32_000
_chance = random.SystemRandom()


def free_port() -> int:
    """A port nobody listens on now."""
    return free_port_range(1)


def free_port_range(length: int) -> int:
    """The first of `length` ports in a row that are all free now."""
    while True:
        first = _chance.randrange(_FIRST, _LAST - length)
        if all(_is_free(port) for port in range(first, first + length)):
            return first


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
