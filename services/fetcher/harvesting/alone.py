"""One harvest at a time, whichever process runs it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from shared.errors import TemporaryFailure


@contextmanager
def alone(lock_path: Path, harvest: str, retry_in_seconds: float) -> Iterator[None]:
    """Raises TemporaryFailure while `harvest` ("Another harvest of HAL") runs elsewhere."""
    lock_path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(lock_path, timeout=0, thread_local=False):
            yield
    except Timeout as error:
        text = f"{harvest} is running; this one waits for it to finish."
        raise TemporaryFailure(text, retry_in_seconds=retry_in_seconds) from error
