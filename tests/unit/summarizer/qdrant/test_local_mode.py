"""Memory of Qdrant's local mode."""

from pathlib import Path

import numpy as np

from services.summarizer.research.retrieval.passage_points import PassagePoints
from services.summarizer.research.retrieval.passage_words import Source

ROWS, DIMENSION = 3_000, 8


async def test_vectors_take_little_more_than_their_own_size_while_they_are_added(tmp_path: Path) -> None:
    points = PassagePoints(tmp_path / "qdrant", tmp_path / "lock", None, "sections--minilm--1", DIMENSION)
    await points.open()
    vectors = np.random.default_rng(0).normal(size=(ROWS, DIMENSION)).astype(np.float32)
    for start in range(0, ROWS, 50):
        source = Source(f"2601.{start:05}", 1)
        await points.put(source, {f"{start + row}": vectors[start + row] for row in range(50)})
    held = await points._qdrant.run(_bytes_held)
    assert held < 1.25 * vectors.nbytes
    [hit] = await points.search(vectors[1234], {Source("2601.01200", 1)}, 1)
    assert hit.chunk_id == "1234"
    await points.close()


def _bytes_held(client: object) -> int:
    [collection] = client._client.collections.values()  # type: ignore[attr-defined]
    arrays = [vectors if vectors.base is None else vectors.base for vectors in collection.vectors.values()]
    return sum(array.nbytes for array in arrays)
