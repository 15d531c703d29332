"""A ceiling on this process's own memory, so that what swells fails alone and the machine does not."""

import contextlib
import resource
import sys
from collections.abc import Iterator

_MB = 1024**2


def limit_memory(most_mb: int) -> None:
    """What this process may hold from now on; beyond it an allocation is a MemoryError. Linux only, elsewhere nothing.

    RLIMIT_DATA counts what can be written, not the address space that threads and allocators set aside. Only the soft
    limit is set: child processes get limits of their own.
    """
    if sys.platform == "linux":
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        most = most_mb * _MB
        resource.setrlimit(resource.RLIMIT_DATA, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


@contextlib.contextmanager
def limited_memory(most_mb: int) -> Iterator[None]:
    """`limit_memory` for a while."""
    before = resource.getrlimit(resource.RLIMIT_DATA)
    limit_memory(most_mb)
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, before)
