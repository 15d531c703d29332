"""One writer a dataset by a lease: what `shared.store.files.exclusion` uses where machines share a data folder."""

import contextlib
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from shared.bus.questions.subject_tokens import token
from shared.errors import TemporaryFailure
from shared.leases.keeper import LeaseKeeper
from shared.store.files.exclusion import LOCKED_SECONDS
from shared.store.files.fence import Fence


class DatasetLeases:
    """Threads of this process wait for each other here; other processes in NATS."""

    def __init__(self, root: Path, keeper: LeaseKeeper) -> None:
        self._root = root
        self._keeper = keeper
        self._turns: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    @contextlib.contextmanager
    def hold(self, root: Path, dataset: str, wait_seconds: float) -> Iterator[Fence]:
        """Raises TemporaryFailure that names who writes the dataset now, LeaseLost."""
        key, until = self._key_of(root, dataset), time.monotonic() + wait_seconds
        turn = self._turns[key]
        if not turn.acquire(timeout=wait_seconds):
            text = f"Another thread of this process has been writing {dataset} for over {wait_seconds:g} s."
            raise TemporaryFailure(text, retry_in_seconds=LOCKED_SECONDS)
        try:
            lease = self._keeper.take(key, max(0.0, until - time.monotonic()), f"{dataset} in {root}")
            fence = Fence(root, dataset, lease.epoch)
            try:
                fence.put_up()
                yield fence
            finally:
                fence.take_down()
                self._keeper.give_back(lease)
        finally:
            turn.release()

    def _key_of(self, root: Path, dataset: str) -> str:
        """A folder within the data folder, such as that of a replay, has datasets of its own."""
        inner = root.relative_to(self._root).as_posix()
        return token(dataset if inner == "." else f"{inner}/{dataset}")
