"""How points are kept by Qdrant: its client's local mode in a folder, or a server by URL.

What makes the local mode quick (qdrant-client 1.20, `local/`): its cosine normalises all vectors for each question, so
vectors of length 1 are kept and compared by their dot product; it commits each point by itself, so SQLite waits for no
disk (what a power cut spoils is made again from the data folder); arrays are stored as they are, which skips the
checks of lists of floats and gives float32 when the folder is opened again, where lists give float64; and arrays are
what is asked with, because a list becomes float64 and all vectors are copied into float64 for it.
"""

import contextlib
import logging
import pickle
import shutil
import sqlite3
import tempfile
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from services.summarizer.qdrant.connection import unit
from services.summarizer.qdrant.local_mode import make_room, spare_the_disk
from services.summarizer.vectors import Matrix

if TYPE_CHECKING:
    from qdrant_client import QdrantClient, models

log = logging.getLogger(__name__)

VectorName = Literal["abstract", "problem", "method"]
VECTOR_NAMES: tuple[VectorName, ...] = ("abstract", "problem", "method")
_NAMESPACE = uuid.UUID("3d6a8b1e-6f5c-4f0e-9d57-2f1f6f2b9c41")
_AT_ONCE = 256
STORAGE_ERRORS = (
    sqlite3.Error, pickle.UnpicklingError, OSError, EOFError, ValueError, KeyError, IndexError, AttributeError,
    ImportError, TypeError, OverflowError, MemoryError,
)  # fmt: skip
"""What reading a damaged file of the local mode raises: pickles have no error of their own for most damage."""


@dataclass(frozen=True)
class Point:
    """A paper that was read: a unit vector (d) of title and abstract, and those of fields of its summary by name.

    `stamp` names what the fields' vectors were made of, so that a point of an older summary can be told.
    """

    paper_id: str
    vector: Matrix
    title: str
    tags: tuple[str, ...] = ()
    fields: Mapping[str, Matrix] = field(default_factory=dict)
    stamp: str = ""


def point_id(paper_id: str) -> str:
    """A paper's id in Qdrant, which wants UUIDs; always the same for the same paper."""
    return str(uuid.uuid5(_NAMESPACE, paper_id))


def prepare_collection(client: "QdrantClient", collection: str, dimension: int, *, is_local: bool) -> None:
    """Have the collection there; one of another form is replaced by an empty one."""
    _ensure_collection(client, collection, dimension)
    if is_local:
        spare_the_disk(client, collection)


def put_points(client: "QdrantClient", collection: str, points: Sequence[Point], *, is_local: bool) -> None:
    """Store points; a paper's earlier one is replaced."""
    if is_local:
        make_room(client, collection, len(points))
    for start in range(0, len(points), _AT_ONCE):
        part = points[start : start + _AT_ONCE]
        client.upsert(collection, [_local_struct(point) if is_local else _struct(point) for point in part])


def nearest_points(
    client: "QdrantClient", collection: str, name: VectorName, vector: Matrix, limit: int, *, is_local: bool
) -> "list[models.ScoredPoint]":
    """The points whose vector of that name is nearest to a vector (d), with their cosines, best first."""
    from qdrant_client import models

    asked: Any = unit(vector)
    query = models.NearestQuery.model_construct(nearest=asked) if is_local else asked.tolist()
    return client.query_points(collection, query=query, using=name, limit=limit).points


def stored_points(storage: Path) -> Iterator[tuple[str, dict[str, Matrix]]]:
    """The vectors of each point in the local mode's file, by paper; a copy is read, so that nothing is written to it.

    As at every start of the summarizer, pickles are read: only papersys may write there. Raises STORAGE_ERRORS.
    """
    with tempfile.TemporaryDirectory() as folder:
        for path in storage.parent.glob(f"{storage.name}*"):
            if not path.name.endswith("-shm"):
                shutil.copyfile(path, Path(folder, path.name))
        with contextlib.closing(sqlite3.connect(Path(folder, storage.name))) as connection:
            for (content,) in connection.execute("SELECT point FROM points"):
                point = pickle.loads(content)  # noqa: S301 - our own file
                vectors = {name: np.asarray(vector, np.float32) for name, vector in point.vector.items()}
                yield str(point.payload["paper_id"]), vectors


def _ensure_collection(client: "QdrantClient", collection: str, dimension: int) -> None:
    from qdrant_client import models

    wanted: dict[str, models.VectorParams] = {
        name: models.VectorParams(size=dimension, distance=models.Distance.DOT) for name in VECTOR_NAMES
    }
    if client.collection_exists(collection):
        if _form(client.get_collection(collection).config.params.vectors) == _form(wanted):
            return
        client.delete_collection(collection)
    client.create_collection(collection, vectors_config=wanted)


def _form(vectors: Any) -> object:
    if not isinstance(vectors, dict):
        return None
    return {name: (params.size, str(params.distance)) for name, params in vectors.items()}


def _local_struct(point: Point) -> "models.PointStruct":
    from qdrant_client import models

    vectors: Any = _vectors(point)
    return models.PointStruct.model_construct(id=point_id(point.paper_id), vector=vectors, payload=_payload(point))


def _struct(point: Point) -> "models.PointStruct":
    from qdrant_client import models

    vectors: dict[str, Any] = {name: vector.tolist() for name, vector in _vectors(point).items()}
    return models.PointStruct(id=point_id(point.paper_id), vector=vectors, payload=_payload(point))


def _vectors(point: Point) -> dict[str, Matrix]:
    named = {"abstract": point.vector, **point.fields}
    return {name: unit(vector) for name, vector in named.items() if name in VECTOR_NAMES}


def _payload(point: Point) -> dict[str, Any]:
    return {"paper_id": point.paper_id, "title": point.title, "tags": list(point.tags), "stamp": point.stamp}
