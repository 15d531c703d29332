"""Which fence this machine has, and programs run behind it."""

import logging
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from services.fetcher.confinement import bubblewrap, landlock
from services.fetcher.confinement.bounds import Bounds, is_fenced
from services.fetcher.confinement.fence_check import holds
from services.fetcher.confinement.launching import Fence, start

log = logging.getLogger(__name__)

_FENCES: tuple[tuple[Fence, Callable[[], bool]], ...] = (
    ("bubblewrap", lambda: bubblewrap.is_installed()),
    ("landlock", lambda: landlock.is_usable()),
)


@dataclass(frozen=True)
class Ended:
    """A program that ended by itself."""

    code: int
    out: bytes
    messages: str


def run(command: Sequence[str], bounds: Bounds, content: bytes = b"") -> Ended:
    """Run a program within its bounds, behind the best fence there is, with `content` as its input.

    Raises OSError, and subprocess.TimeoutExpired once it has taken `bounds.seconds` and is killed.
    """
    process = start(command, bounds, available_fence(), stdin=subprocess.PIPE)
    try:
        out, messages = process.communicate(content, timeout=bounds.seconds)
    except BaseException:
        process.kill()
        process.communicate()
        raise
    return Ended(process.returncode, out, messages.decode("utf-8", "replace"))


@lru_cache(1)
def available_fence() -> Fence | None:
    """The fence for what this process starts: bubblewrap's where it works, else Landlock's, else none.

    None, too, behind a fence: what is started there stays behind it.
    """
    for fence, is_there in _FENCES:
        if not is_fenced() and is_there() and holds(fence):
            log.info("Converters run confined by %s.", fence, extra={"action": "fence_chosen"})
            return fence
    return None


def confines() -> bool:
    """Whether what this process starts is confined. LaTeXML, which reads any file it is told to, needs that."""
    return is_fenced() or available_fence() is not None


def unconfined_note() -> str | None:
    """What a person should know where nothing confines converters."""
    if confines():
        return None
    return (
        "Converters cannot be confined here (bubblewrap is missing or not allowed, and the kernel offers no Landlock), "
        "so LaTeXML and marker are not used; install bubblewrap and allow user namespaces."
    )
