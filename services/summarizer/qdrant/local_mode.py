"""Qdrant's local mode made to fit: how it writes, and how much memory it takes for vectors to come.

Both reach for what the client keeps to itself; where a version hides it, all works as before, but slower or larger.
"""

import contextlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from qdrant_client import QdrantClient

_SLACK = 8
_FEWEST_ROWS = 1_024


def spare_the_disk(client: "QdrantClient", collection: str) -> None:
    """Have SQLite wait for no disk."""
    with contextlib.suppress(AttributeError, KeyError):
        connection = client._client.collections[collection].storage.storage  # type: ignore[attr-defined]
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=OFF")


def make_room(client: "QdrantClient", collection: str, points: int) -> None:
    """Have room for some more points, and an eighth beyond, so that nothing is copied for every few of them.

    Left alone the client doubles its tables by `np.resize`, and holds up to three times what it has; memory that is
    zeroed and not written yet takes none.
    """
    with contextlib.suppress(AttributeError, KeyError):
        kept = client._client.collections[collection]  # type: ignore[attr-defined]
        rows = len(kept.payload)
        for name, vectors in list(kept.vectors.items()):
            if len(vectors) < rows + points:
                roomy = np.zeros((max(rows + rows // _SLACK, _FEWEST_ROWS) + points, vectors.shape[1]), np.float32)
                roomy[:rows] = vectors[:rows]
                kept.vectors[name] = roomy
