"""A model whose failures have an author: a text that it cannot take, or the model itself, for which all texts wait.

What fails is tried against a plain sentence. Where that fails too (a key that has expired, a server that is away or
serves another model), no text is to blame; where it works, each text is tried alone, and twice.
"""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.embedder.backends import Encoder, Kind
from shared.bus.delivery.disposition import LONGEST_WAIT_SECONDS
from shared.errors import PapersysError, TemporaryFailure, reason
from shared.store.vectors.embeddings import Matrix

_PROBE = "papersys asks the model for a vector before it says that it is ready"


class Encoded(NamedTuple):
    """`matrix` is float32, a unit row a text; rows of texts that failed are NaN, and `failures` says why by row."""

    matrix: Matrix
    failures: dict[int, str]


class ModelAway(TemporaryFailure):
    """The model gives no vectors at all now; `retry_in_seconds` is set, so that waiting for it is no attempt."""


class CheckedEncoder:
    """An `Encoder` of whose vectors and errors one can be sure. `wait_seconds`: when to try a model again."""

    def __init__(self, encoder: Encoder, dimension: int, wait_seconds: float) -> None:
        self._encoder = encoder
        self._dimension = dimension
        self._wait_seconds = wait_seconds

    @property
    def source(self) -> str:
        """What makes the vectors."""
        return self._encoder.source

    def load(self) -> None:
        """Get ready and encode a plain sentence. Raises ModelAway."""
        try:
            self._encoder.load()
            self._probe()
        except Exception as error:
            raise self._away(error) from error

    def close(self) -> None:
        self._encoder.close()

    def encode(self, texts: Sequence[str], kind: Kind) -> Encoded:
        """Vectors of texts, and why some have none. Raises ModelAway where it is none of theirs."""
        try:
            return self._vectors(texts, kind)
        except Exception as error:
            self._blame_model(error)
        single = [self._alone(text, kind) for text in texts]
        failures = {row: encoded.failures[0] for row, encoded in enumerate(single) if encoded.failures}
        return Encoded(np.concatenate([encoded.matrix for encoded in single]), failures)

    def _alone(self, text: str, kind: Kind) -> Encoded:
        """One text, twice at most: once may be chance."""
        for _ in range(2):
            try:
                return self._vectors([text], kind)
            except Exception as error:
                self._blame_model(error)
                why = reason(error)
        return Encoded(np.full((1, self._dimension), np.nan, np.float32), {0: why})

    def _blame_model(self, error: Exception) -> None:
        """Raises ModelAway where the error says so, or where the model fails for a plain sentence too."""
        if isinstance(error, TemporaryFailure) and error.retry_in_seconds is not None:
            raise self._away(error) from error
        try:
            self._probe()
        except Exception as again:
            raise self._away(again) from error

    def _probe(self) -> None:
        if self._vectors([_PROBE], "passage").failures:
            raise PapersysError("The model gave no usable vector for a plain sentence.")

    def _vectors(self, texts: Sequence[str], kind: Kind) -> Encoded:
        matrix = unit_rows(self._encoder.encode(texts, kind), len(texts), self._dimension)
        unusable = np.flatnonzero(np.isnan(matrix).any(axis=1))
        return Encoded(matrix, {int(row): "The model gave no finite vector for this text." for row in unusable})

    def _away(self, error: Exception) -> ModelAway:
        asked = error.retry_in_seconds if isinstance(error, TemporaryFailure) else None
        wait = max(self._wait_seconds, asked) if asked is not None and math.isfinite(asked) else self._wait_seconds
        text = str(error) if isinstance(error, PapersysError) else reason(error)
        return ModelAway(text or type(error).__name__, retry_in_seconds=min(wait, LONGEST_WAIT_SECONDS))


def unit_rows(raw: NDArray[np.floating[Any]], count: int, dimension: int) -> Matrix:
    """Rows of length 1 as float32; NaN where one is not finite or has no length. Raises PapersysError on the shape."""
    if raw.ndim != 2 or len(raw) != count:
        raise PapersysError(f"The model gave an array of shape {raw.shape} for {count} texts.")
    if raw.shape[1] != dimension:
        raise PapersysError(
            f"The model gives vectors of {raw.shape[1]} numbers, the settings say {dimension}; "
            "set dimension in the model's table to what the model gives."
        )
    matrix = raw.astype(np.float32)
    lengths = np.linalg.norm(matrix.astype(np.float64), axis=1, keepdims=True)
    usable = np.isfinite(lengths) & (lengths > 0)
    return np.where(usable, matrix / np.where(usable, lengths, 1), np.nan).astype(np.float32)
