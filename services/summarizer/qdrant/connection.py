"""One client of Qdrant: its local mode in a folder, or a server by URL. What is in it is derived, and made anew.

The local mode is for one process and one thread: a lock file keeps others out, and one worker thread does all calls.
Its files hold pickles, so nothing but this program may write in its folder.
"""

import asyncio
import logging
import shutil
import sqlite3
import sys
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from shared.errors import PapersysError, TemporaryFailure

if TYPE_CHECKING:
    from qdrant_client import QdrantClient

log = logging.getLogger(__name__)

Matrix = NDArray[np.float32]
AWAY_SECONDS = 10.0
_SERVERS_OWN = 500
R = TypeVar("R")
Prepare = Callable[["QdrantClient", bool], None]
"""Makes the collections that are wanted; it is told whether the client is local."""


class QdrantConnection:
    """An open client and the thread that alone uses it."""

    def __init__(self, folder: Path, lock: Path, server_url: str | None, prepare: Prepare) -> None:
        self.server_url = server_url
        self._folder = folder
        self._prepare = prepare
        self._lock = FileLock(lock, timeout=0, thread_local=False)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="qdrant")
        self._client: QdrantClient | None = None
        self._problem: str | None = "Qdrant is not open yet"

    @property
    def is_local(self) -> bool:
        return self.server_url is None

    def problem(self) -> str | None:
        """Why nothing can be found now; None when it can."""
        return self._problem

    async def open(self) -> None:
        """Open the folder; what cannot be read is made anew, empty. Raises TemporaryFailure while another has it."""
        try:
            await self._in_thread(self._open)
            self._problem = None
        except PapersysError as error:
            self._problem = str(error)
            raise

    async def close(self) -> None:
        self._problem = "Qdrant is closed"
        await self._in_thread(self._close)
        self._thread.shutdown(wait=False)

    async def run(self, work: Callable[["QdrantClient"], R]) -> R:
        """What the work makes with the client. Raises TemporaryFailure where Qdrant cannot be used."""
        return await self._in_thread(lambda: work(self._opened()))

    async def start_anew(self, forget: Callable[["QdrantClient"], object]) -> None:
        """Forget everything; on a server, `forget` says what is ours there."""
        await self._in_thread(lambda: self._start_anew(forget))

    async def _in_thread(self, work: Callable[[], R]) -> R:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        except Exception as error:
            if not isinstance(error, (OSError, sqlite3.Error, *_server_errors())):
                raise
            text = f"Qdrant at {self.server_url or self._folder} cannot be used: {error}"
            raise TemporaryFailure(text, retry_in_seconds=AWAY_SECONDS if _is_away(error) else None) from error

    def _open(self) -> None:
        if self._client is not None:
            return
        if not self.is_local:
            self._connect()
            return
        self._take_lock()
        try:
            try:
                self._connect()
            except Exception as error:
                log.warning("Qdrant's folder is made anew: %s", error, extra={"action": "qdrant_rebuilt"})
                self._start_anew(lambda client: None)
        except BaseException:
            self._close()
            raise

    def _take_lock(self) -> None:
        Path(self._lock.lock_file).parent.mkdir(parents=True, exist_ok=True)
        try:
            self._lock.acquire()
        except Timeout as error:
            raise TemporaryFailure(
                f"Another process has {self._folder} open; only one summarizer can run on a data folder."
            ) from error

    def _connect(self) -> None:
        self._client = open_client(self._folder, self.server_url, self._prepare)

    def _start_anew(self, forget: Callable[["QdrantClient"], object]) -> None:
        if self._client is not None:
            if not self.is_local:
                forget(self._client)
            self._client.close()
            self._client = None
        if self.is_local and self._folder.exists():
            shutil.rmtree(self._folder)
        self._connect()

    def _close(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None
        self._lock.release()

    def _opened(self) -> "QdrantClient":
        if self._client is None:
            raise TemporaryFailure("Qdrant is not open yet.", retry_in_seconds=AWAY_SECONDS)
        return self._client


def open_client(folder: Path, server_url: str | None, prepare: Prepare) -> "QdrantClient":
    """An open client with the collections that are wanted."""
    from qdrant_client import QdrantClient

    warnings.filterwarnings("ignore", message="Local mode is not recommended", category=UserWarning)
    client = (
        QdrantClient(url=server_url, check_compatibility=False)
        if server_url is not None
        else QdrantClient(path=str(folder), force_disable_check_same_thread=True)
    )
    try:
        prepare(client, server_url is None)
    except BaseException:
        client.close()
        raise
    return client


def unit(vector: Matrix) -> Matrix:
    """The vector at length 1; zeros stay zeros."""
    length = float(np.linalg.norm(vector))
    return np.asarray(vector / length if length else vector, dtype=np.float32)


def _is_away(error: Exception) -> bool:
    """Whether it is the server that cannot be reached, or fails, and not this request that it refuses."""
    status = getattr(error, "status_code", None)
    return not isinstance(error, sqlite3.Error) and (status is None or status >= _SERVERS_OWN)


def _server_errors() -> tuple[type[Exception], ...]:
    """What a server that is away, or refuses, makes the client raise; known once the client is imported."""
    if "qdrant_client" not in sys.modules:
        return ()
    from qdrant_client.http.exceptions import ApiException

    return (ApiException,)
