"""Vectors of texts made in this process, for a replay: many at once, for each time the model is loaded anew."""

import asyncio
from collections.abc import Sequence
from typing import Literal

import numpy as np

from services.summarizer.vectors import LONGEST_CHARS, Encoder, Matrix
from shared.store.keeping.replays import EncodeTexts


class LocalEncoder(Encoder):
    """Remembers what it encoded, until it is told to forget."""

    def __init__(self, alias: str, encode: EncodeTexts) -> None:
        self.model, self._encode = alias, encode
        self._known: dict[str, Matrix] = {}

    async def encode(self, texts: Sequence[str], kind: Literal["query", "passage"] = "passage") -> Matrix | None:
        """One unit row a text, n x d; None where there is nothing to encode. Raises PapersysError."""
        await self.learn(texts)
        return np.stack([self._known[_key(text)] for text in texts]) if texts else None

    async def learn(self, texts: Sequence[str]) -> None:
        """Encode what is not known yet, all in one go."""
        missing = [text for text in dict.fromkeys(map(_key, texts)) if text not in self._known]
        if missing:
            matrix = await asyncio.to_thread(self._encode, str(self.model), missing, "passage")
            self._known.update(zip(missing, matrix, strict=True))

    def forget(self) -> None:
        self._known.clear()


def _key(text: str) -> str:
    return text[:LONGEST_CHARS] or "-"
