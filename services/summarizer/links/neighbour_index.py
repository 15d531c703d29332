"""Qdrant in this process: the vectors of papers that were read, for neighbours. Derived; rebuilt where it is missing.

A Qdrant server, named by URL, takes the folder's place where there is one; then several summarizers can share it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from services.summarizer.links.qdrant_storage import (
    Point,
    VectorName,
    nearest_points,
    point_id,
    prepare_collection,
    put_points,
)
from services.summarizer.qdrant.connection import QdrantConnection
from services.summarizer.vectors import Matrix
from shared.store.files.data_folder import DataFolder

if TYPE_CHECKING:
    from qdrant_client import QdrantClient

_LISTED_AT_ONCE = 5000

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
        self._collection = f"papers-{alias}"
        self._qdrant = QdrantConnection(
            data.path("qdrant"),
            data.path("state", "locks", "qdrant.lock"),
            server_url,
            lambda client, is_local: prepare_collection(client, self._collection, dimension, is_local=is_local),
        )

    def problem(self) -> str | None:
        """Why neighbours cannot be found now; None when they can."""
        return self._qdrant.problem()

    async def open(self) -> None:
        """Open the folder; what cannot be read is made anew, empty. Raises TemporaryFailure while another has it."""
        await self._qdrant.open()

    async def close(self) -> None:
        await self._qdrant.close()

    async def put(self, points: Sequence[Point]) -> None:
        """Store points; a paper's earlier one is replaced."""
        if points:
            is_local = self._qdrant.is_local
            await self._qdrant.run(lambda client: put_points(client, self._collection, points, is_local=is_local))

    async def nearest(self, vector: Matrix, limit: int, *, without: str | None = None) -> list[Neighbour]:
        """The nearest papers to a vector (d) of title and abstract, best first."""
        return (await self.nearest_by({"abstract": vector}, limit, without=without))["abstract"]

    async def nearest_by(
        self, vectors: Mapping[VectorName, Matrix], limit: int, *, without: str | None = None
    ) -> dict[VectorName, list[Neighbour]]:
        """For each vector (d) the papers whose vector of that name is nearest, best first."""

        def ask(client: "QdrantClient") -> dict[VectorName, list[Neighbour]]:
            wanted = limit + (without is not None)
            return {name: self._nearest(client, name, vector, wanted) for name, vector in vectors.items()}

        return {
            name: [neighbour for neighbour in neighbours if neighbour.paper_id != without][:limit]
            for name, neighbours in (await self._qdrant.run(ask)).items()
        }

    async def paper_ids(self) -> set[str]:
        return set(await self.stamps())

    async def stamps(self) -> dict[str, str]:
        """The stamp of each paper's point."""
        return await self._qdrant.run(self._stamps)

    async def drop(self, paper_ids: Iterable[str]) -> None:
        """Forget papers."""
        ids = [point_id(paper_id) for paper_id in paper_ids]
        if ids:
            await self._qdrant.run(lambda client: client.delete(self._collection, points_selector=list(ids)))

    async def clear(self) -> None:
        """Forget everything."""
        await self._qdrant.start_anew(lambda client: client.delete_collection(self._collection))

    def _nearest(self, client: "QdrantClient", name: VectorName, vector: Matrix, limit: int) -> list[Neighbour]:
        points = nearest_points(client, self._collection, name, vector, limit, is_local=self._qdrant.is_local)
        return [
            Neighbour(
                paper_id=str((point.payload or {})["paper_id"]),
                score=float(point.score),
                title=str((point.payload or {}).get("title", "")),
                tags=tuple((point.payload or {}).get("tags", ())),
            )
            for point in points
        ]

    def _stamps(self, client: "QdrantClient") -> dict[str, str]:
        stamps: dict[str, str] = {}
        offset = None
        while True:
            points, offset = client.scroll(
                self._collection, limit=_LISTED_AT_ONCE, offset=offset, with_payload=["paper_id", "stamp"]
            )
            for point in points:
                stamps[str((point.payload or {})["paper_id"])] = str((point.payload or {}).get("stamp", ""))
            if offset is None:
                return stamps
