"""Parts of an embedder for tests: papers, and a model whose vectors can be foretold."""

import threading
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.embedder.backends import Kind
from shared.errors import PermanentFailure
from shared.store.papers.metadata import Paper

DIMENSION = 8


def paper(paper_id: str, title: str = "A title", abstract: str = "An abstract.", version: int = 1) -> Paper:
    return Paper(paper_id, version, title, abstract, ("A. Author",), ("cs.LG",), "cs.LG", None, None)


class CountingEncoder:
    """Vectors from a text's own bytes; keeps what it was asked, refuses and breaks as it is told to."""

    source = "counting"

    def __init__(self, dimension: int = DIMENSION) -> None:
        self.dimension = dimension
        self.asked: list[tuple[str, ...]] = []
        self.gate = threading.Event()
        self.gate.set()
        self.load_errors: list[Exception] = []
        self.errors: list[Exception] = []
        self.away: Exception | None = None
        self.breaks_on: dict[str, Exception] = {}
        self.closed = False
        self._busy = threading.Lock()

    @property
    def texts(self) -> list[str]:
        """Every text encoded after loading, in order."""
        return [text for texts in self.asked[1:] for text in texts]

    def load(self) -> None:
        if self.load_errors:
            raise self.load_errors.pop(0)

    def encode(self, texts: Sequence[str], kind: Kind) -> NDArray[np.floating[Any]]:
        assert self._busy.acquire(blocking=False), "the model was called concurrently"
        try:
            self.asked.append(tuple(texts))
            if len(self.asked) > 1:
                assert self.gate.wait(20)
                if self.errors:
                    raise self.errors.pop(0)
            if self.away is not None:
                raise self.away
            for text in texts:
                if text in self.breaks_on:
                    raise self.breaks_on[text]
            if any("refused" in text for text in texts):
                raise PermanentFailure("the server does not like this text")
            return np.stack([self.vector(text) for text in texts])
        finally:
            self._busy.release()

    def vector(self, text: str) -> NDArray[np.floating[Any]]:
        if "broken" in text:
            return np.full(self.dimension, np.nan)
        seed = int.from_bytes(text.encode()[:64], "big")
        return np.random.default_rng(seed).normal(size=self.dimension) * 5

    def close(self) -> None:
        self.closed = True
