"""The vectors of chunks in Qdrant: a collection for each model, recipe and chunker.

The local mode compares a question with every vector, and looks at filters one point after the other in Python; so it
is asked for more points than are wanted, of which those outside the filter are dropped, and again where too few are
left; the vectors of few papers are compared one by one. A server filters by itself.
"""

import math
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from services.summarizer.qdrant.connection import Matrix, QdrantConnection, unit
from services.summarizer.qdrant.local_mode import make_room, spare_the_disk
from services.summarizer.research.retrieval.passage_words import ScoredChunk, Source

if TYPE_CHECKING:
    from qdrant_client import QdrantClient, models

_NAMESPACE = uuid.UUID("7b0c2f7e-52f3-4d0b-9b1b-0d8f7a1c6e55")
_VECTOR = "text"
_AT_ONCE = 256
_LISTED_AT_ONCE = 5000
_MORE = 4
_SPARE = 1.5
_MOST_COMPARED = 1500


class PassagePoints:
    """One collection. Everything runs in one thread of its own. Raises TemporaryFailure where Qdrant is away."""

    def __init__(self, folder: Path, lock: Path, server_url: str | None, name: str, dimension: int) -> None:
        self._name, self._dimension = f"chunks-{name}", dimension
        self._made_by = name
        self._places: dict[str, tuple[str, str]] = {}
        self._ids: dict[str, list[str]] = {}
        self._qdrant = QdrantConnection(folder, lock, server_url, self._prepare)

    @property
    def problem(self) -> Callable[[], str | None]:
        return self._qdrant.problem

    async def open(self) -> None:
        await self._qdrant.open()

    async def close(self) -> None:
        await self._qdrant.close()

    async def put(self, source: Source, vectors: Mapping[str, Matrix]) -> None:
        """Store the vectors (d) of chunks of one paper by their ids; the same again changes nothing."""
        pairs = list(vectors.items())

        def write(client: "QdrantClient") -> None:
            if self._qdrant.is_local:
                make_room(client, self._name, len(pairs))
            for start in range(0, len(pairs), _AT_ONCE):
                points = [self._point(source, *pair) for pair in pairs[start : start + _AT_ONCE]]
                client.upsert(self._name, points)

        if pairs:
            await self._qdrant.run(write)
            self._remember(dict.fromkeys(vectors, source))

    async def search(self, vector: Matrix, sources: Collection[Source], limit: int) -> list[ScoredChunk]:
        """The chunks of some papers that are nearest to a vector (d), with their cosines, nearest first."""
        if limit < 1 or not sources:
            return []
        wanted = {str(source) for source in sources}
        look = self._nearest_here if self._qdrant.is_local else self._nearest_at_server
        return await self._qdrant.run(lambda client: look(client, unit(vector), wanted, limit))

    async def chunk_ids(self) -> dict[str, Source]:
        """Every chunk that has a point, with its paper."""
        listed = await self._qdrant.run(self._listed)
        self._places, self._ids = {}, {}
        self._remember(listed)
        return listed

    async def drop(self, chunk_ids: Sequence[str]) -> None:
        """Forget chunks."""
        ids: list[Any] = [self.point_id(chunk_id) for chunk_id in chunk_ids]
        if ids:
            await self._qdrant.run(lambda client: client.delete(self._name, points_selector=ids))
            gone = frozenset(chunk_ids)
            left = {name: source for name, source in self._places.values() if name not in gone}
            self._places, self._ids = {}, {}
            self._remember({chunk_id: Source.of(source) for chunk_id, source in left.items()})

    async def remove(self) -> None:
        """Forget the whole collection."""
        await self._qdrant.run(lambda client: client.delete_collection(self._name))

    async def start_anew(self) -> None:
        """Forget everything and begin with an empty collection."""
        await self._qdrant.start_anew(lambda client: client.delete_collection(self._name))

    def point_id(self, chunk_id: str) -> str:
        """A chunk's id in Qdrant, which wants UUIDs; another one for each model and recipe."""
        return str(uuid.uuid5(_NAMESPACE, f"{chunk_id} {self._made_by}"))

    def _remember(self, chunks: Mapping[str, Source]) -> None:
        """Know without asking which chunk a point is of; the local mode copies what it keeps beside each point."""
        for chunk_id, source in chunks.items():
            point_id, name = self.point_id(chunk_id), str(source)
            if point_id not in self._places:
                self._ids.setdefault(name, []).append(point_id)
            self._places[point_id] = (chunk_id, name)

    def _prepare(self, client: "QdrantClient", is_local: bool) -> None:
        from qdrant_client import models

        if not client.collection_exists(self._name):
            form = models.VectorParams(size=self._dimension, distance=models.Distance.DOT)
            client.create_collection(self._name, vectors_config={_VECTOR: form})
            if not is_local:
                client.create_payload_index(self._name, "source", models.PayloadSchemaType.KEYWORD)
        if is_local:
            spare_the_disk(client, self._name)

    def _point(self, source: Source, chunk_id: str, vector: Matrix) -> "models.PointStruct":
        from qdrant_client import models

        row: Any = {_VECTOR: unit(vector) if self._qdrant.is_local else unit(vector).tolist()}
        payload = {"chunk_id": chunk_id, "source": str(source)}
        return models.PointStruct.model_construct(id=self.point_id(chunk_id), vector=row, payload=payload)

    def _nearest_here(self, client: "QdrantClient", vector: Matrix, sources: set[str], limit: int) -> list[ScoredChunk]:
        asked = sum(len(self._ids.get(source, ())) for source in sources)
        if asked <= _MOST_COMPARED and asked < len(self._places):
            return self._nearest_of_few(client, vector, sources, limit)
        from qdrant_client import models

        question: Any = vector
        query = models.NearestQuery.model_construct(nearest=question)
        depth = limit if asked == len(self._places) else math.ceil(_SPARE * limit * len(self._places) / max(1, asked))
        while True:
            points = client.query_points(self._name, query=query, using=_VECTOR, limit=depth, with_payload=False).points
            places = [(self._places.get(str(point.id), ("", "")), float(point.score)) for point in points]
            hits = [ScoredChunk(chunk_id, score) for (chunk_id, source), score in places if source in sources]
            if len(hits) >= limit or len(points) < depth:
                return hits[:limit]
            depth *= _MORE

    def _nearest_of_few(
        self, client: "QdrantClient", vector: Matrix, sources: set[str], limit: int
    ) -> list[ScoredChunk]:
        ids: list[Any] = [point_id for source in sources for point_id in self._ids.get(source, ())]
        records: list[Any] = client.retrieve(self._name, ids, with_vectors=True, with_payload=False)
        if not records:
            return []
        scores = np.array([record.vector[_VECTOR] for record in records], dtype=np.float32) @ vector
        best = np.argsort(-scores, kind="stable")[:limit].tolist()
        return [ScoredChunk(self._places[str(records[row].id)][0], float(scores[row])) for row in best]

    def _nearest_at_server(
        self, client: "QdrantClient", vector: Matrix, sources: set[str], limit: int
    ) -> list[ScoredChunk]:
        from qdrant_client import models

        condition = models.FieldCondition(key="source", match=models.MatchAny(any=sorted(sources)))
        among = models.Filter(must=[condition])
        asked = vector.tolist()
        points = client.query_points(self._name, query=asked, using=_VECTOR, query_filter=among, limit=limit).points
        return [_scored(point) for point in points]

    def _listed(self, client: "QdrantClient") -> dict[str, Source]:
        listed: dict[str, Source] = {}
        offset = None
        while True:
            points, offset = client.scroll(self._name, limit=_LISTED_AT_ONCE, offset=offset)
            for point in points:
                payload = point.payload or {}
                listed[str(payload["chunk_id"])] = Source.of(str(payload["source"]))
            if offset is None:
                return listed


def _scored(point: "models.ScoredPoint") -> ScoredChunk:
    payload = point.payload or {}
    return ScoredChunk(str(payload["chunk_id"]), float(point.score))
