"""Vectors of sentences, remembered: the steps of a question, and the next question, ask for many of the same."""

from collections import OrderedDict
from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from services.summarizer.vectors import Encoder, Matrix

_MOST_REMEMBERED = 4_000


class RememberedVectors(Encoder):
    """Asks the embedder only for what it was not asked for lately."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._rows: OrderedDict[tuple[str, str], NDArray[np.float32]] = OrderedDict()
        self.model: str | None = None

    async def encode(self, texts: Sequence[str], kind: Literal["query", "passage"] = "passage") -> Matrix | None:
        """One unit row a text, n x d; None where the embedder does not answer or there is nothing to encode."""
        missing = [text for text in dict.fromkeys(texts) if (kind, text) not in self._rows]
        if missing:
            made = await self._encoder.encode(missing, kind)
            if made is None:
                return None
            if self._encoder.model != self.model and self._rows:  # a model was changed: the whole is asked for anew
                self._rows.clear()
                self.model = self._encoder.model
                return await self.encode(texts, kind)
            self.model = self._encoder.model
            self._rows |= {(kind, text): row for text, row in zip(missing, made, strict=True)}
        if not texts:
            return None
        matrix = np.stack([self._rows[kind, text] for text in texts])
        while len(self._rows) > _MOST_REMEMBERED:
            self._rows.popitem(last=False)
        return matrix

    def knows(self, text: str) -> bool:
        return ("passage", text) in self._rows
