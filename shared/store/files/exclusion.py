"""Who may write a dataset now: one at a time, by lock files, or by whatever else was chosen for a data folder."""

import contextlib
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from filelock import FileLock, Timeout

from shared.errors import TemporaryFailure
from shared.store.files.fence import Fence

LOCKED_SECONDS = 10.0
"""When to ask again for what another process writes: a wait, and no attempt."""


class Exclusion(Protocol):
    """Lets one writer at a time at each dataset of a data folder."""

    def hold(self, root: Path, dataset: str, wait_seconds: float) -> AbstractContextManager[Fence | None]:
        """Be the one writer of a dataset; the fence, if any, stands before its files. Raises TemporaryFailure."""


class LockFiles:
    """For one machine: a lock goes with its process, however that ends, so nobody writes who does not hold it."""

    @contextlib.contextmanager
    def hold(self, root: Path, dataset: str, wait_seconds: float) -> Iterator[None]:
        folder = root / "state" / "locks"
        folder.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(folder / f"{dataset}.lock", timeout=wait_seconds):
                yield
        except Timeout as error:
            raise TemporaryFailure(
                f"Another process has been writing {dataset} in {root} for over {wait_seconds:g} s.",
                retry_in_seconds=LOCKED_SECONDS,
            ) from error


_LOCK_FILES = LockFiles()
_chosen: dict[Path, Exclusion] = {}
"""What this process was told to use, by data folder. Like the umask it holds for all that the process writes."""


def exclude_by(root: Path, exclusion: Exclusion | None) -> None:
    """Use this for a data folder and all folders in it; None: lock files again."""
    if exclusion is None:
        _chosen.pop(root, None)
    else:
        _chosen[root] = exclusion


def exclusion_for(root: Path) -> Exclusion:
    """What keeps the writers of this folder apart."""
    if not _chosen:
        return _LOCK_FILES
    return next((_chosen[folder] for folder in (root, *root.parents) if folder in _chosen), _LOCK_FILES)
