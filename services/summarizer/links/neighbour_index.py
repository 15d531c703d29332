"""Qdrant in this process: the vectors of papers that were read, for neighbours. Derived; rebuilt where it is missing.

The local mode is for one process and one thread: a lock file keeps others out, and one worker thread does all calls.
Its files hold pickles, so nothing but this program may write in its folder. A Qdrant server, named by URL, takes the
folder's place where there is one; then several summarizers can share it.
"""

import asyncio
import logging
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from filelock import FileLock, Timeout

from services.summarizer.links.qdrant_storage import Point, VectorName, connect, nearest_points, point_id, put_points
from services.summarizer.vectors import Matrix
from shared.errors import PapersysError, TemporaryFailure
from shared.store.files.data_folder import DataFolder

if TYPE_CHECKING:
    from qdrant_client import QdrantClient

log = logging.getLogger(__name__)

_AWAY_SECONDS = 10.0
_SERVERS_OWN = 500
_LISTED_AT_ONCE = 5000
R = TypeVar("R")

__all__ = ["Neighbour", "NeighbourIndex", "Point", "point_id"]


class Neighbour(NamedTuple):
    """A paper near to a vector; `score` is the cosine."""

    paper_id: str
    score: float
    title: str
    tags: tuple[str, ...]


class NeighbourIndex:
    """One collection a model alias. Everything runs in one thread of its own, so the event loop never waits."""

    def __init__(self, data: DataFolder, alias: str, dimension: int, server_url: str | None = None) -> None:
        self._server_url = server_url
        self._folder = data.path("qdrant")
        self._collection = f"papers-{alias}"
        self._dimension = dimension
        self._lock = FileLock(data.path("state", "locks", "qdrant.lock"), timeout=0, thread_local=False)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="qdrant")
        self._client: QdrantClient | None = None
        self._problem: str | None = "Qdrant is not open yet"

    def problem(self) -> str | None:
        """Why neighbours cannot be found now; None when they can."""
        return self._problem

    async def open(self) -> None:
        """Open the folder; what cannot be read is made anew, empty. Raises TemporaryFailure while another has it."""
        try:
            await self._run(self._open)
            self._problem = None
        except PapersysError as error:
            self._problem = str(error)
            raise

    async def close(self) -> None:
        self._problem = "Qdrant is closed"
        await self._run(self._close)
        self._thread.shutdown(wait=False)

    async def put(self, points: Sequence[Point]) -> None:
        """Store points; a paper's earlier one is replaced."""
        if points:
            await self._run(lambda: self._put(points))

    async def nearest(self, vector: Matrix, limit: int, *, without: str | None = None) -> list[Neighbour]:
        """The nearest papers to a vector (d) of title and abstract, best first."""
        return (await self.nearest_by({"abstract": vector}, limit, without=without))["abstract"]

    async def nearest_by(
        self, vectors: Mapping[VectorName, Matrix], limit: int, *, without: str | None = None
    ) -> dict[VectorName, list[Neighbour]]:
        """For each vector (d) the papers whose vector of that name is nearest, best first."""

        def ask() -> dict[VectorName, list[Neighbour]]:
            wanted = limit + (without is not None)
            return {name: self._nearest(name, vector, wanted) for name, vector in vectors.items()}

        return {
            name: [neighbour for neighbour in neighbours if neighbour.paper_id != without][:limit]
            for name, neighbours in (await self._run(ask)).items()
        }

    async def paper_ids(self) -> set[str]:
        return set(await self.stamps())

    async def stamps(self) -> dict[str, str]:
        """The stamp of each paper's point."""
        return await self._run(self._stamps)

    async def drop(self, paper_ids: Iterable[str]) -> None:
        """Forget papers."""
        ids = [point_id(paper_id) for paper_id in paper_ids]
        if ids:
            await self._run(lambda: self._opened().delete(self._collection, points_selector=list(ids)))

    async def clear(self) -> None:
        """Forget everything."""
        await self._run(self._start_anew)

    async def _run(self, work: Callable[[], R]) -> R:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        except Exception as error:
            if not isinstance(error, (OSError, sqlite3.Error, *_server_errors())):
                raise
            text = f"Qdrant at {self._server_url or self._folder} cannot be used: {error}"
            raise TemporaryFailure(text, retry_in_seconds=_AWAY_SECONDS if _is_away(error) else None) from error

    def _open(self) -> None:
        if self._client is not None:
            return
        if self._server_url is not None:
            self._connect()
            return
        self._take_lock()
        try:
            try:
                self._connect()
            except Exception as error:
                log.warning("Qdrant's folder is made anew: %s", error, extra={"action": "qdrant_rebuilt"})
                self._start_anew()
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
        self._client = connect(self._folder, self._server_url, self._collection, self._dimension)

    def _start_anew(self) -> None:
        if self._client is not None:
            if self._server_url is not None:
                self._client.delete_collection(self._collection)
            self._client.close()
            self._client = None
        if self._server_url is None and self._folder.exists():
            shutil.rmtree(self._folder)
        self._connect()

    def _close(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None
        self._lock.release()

    def _opened(self) -> "QdrantClient":
        if self._client is None:
            raise TemporaryFailure("Qdrant is not open yet.", retry_in_seconds=_AWAY_SECONDS)
        return self._client

    def _put(self, points: Sequence[Point]) -> None:
        put_points(self._opened(), self._collection, points, is_local=self._server_url is None)

    def _nearest(self, name: VectorName, vector: Matrix, limit: int) -> list[Neighbour]:
        points = nearest_points(
            self._opened(), self._collection, name, vector, limit, is_local=self._server_url is None
        )
        return [
            Neighbour(
                paper_id=str((point.payload or {})["paper_id"]),
                score=float(point.score),
                title=str((point.payload or {}).get("title", "")),
                tags=tuple((point.payload or {}).get("tags", ())),
            )
            for point in points
        ]

    def _stamps(self) -> dict[str, str]:
        stamps: dict[str, str] = {}
        offset = None
        while True:
            points, offset = self._opened().scroll(
                self._collection, limit=_LISTED_AT_ONCE, offset=offset, with_payload=["paper_id", "stamp"]
            )
            for point in points:
                stamps[str((point.payload or {})["paper_id"])] = str((point.payload or {}).get("stamp", ""))
            if offset is None:
                return stamps


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
