"""Small sets of vectors for the tests of their store."""

from datetime import UTC, datetime

import numpy as np

from shared.store.vectors.manifest import Recipe
from shared.store.vectors.writer import Embedded

RECIPE = Recipe("test-model", "1", 4, 256)


def embedded(ids: list[str], seed: int = 0, text: str = "text") -> Embedded:
    matrix = np.random.default_rng(seed).normal(size=(len(ids), 4)).astype(np.float32)
    matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
    return Embedded(ids, matrix, [f"{text}-{one}" for one in ids], "test", datetime(2026, 11, 20, tzinfo=UTC))
