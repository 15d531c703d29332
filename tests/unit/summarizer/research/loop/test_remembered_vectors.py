"""Vectors that were asked for already."""

from collections.abc import Sequence
from typing import Literal

import numpy as np

from services.summarizer.research.loop.remembered_vectors import RememberedVectors
from services.summarizer.vectors import Encoder, Matrix
from tests.support.bus.in_memory import FakeBus


class CountedEncoder(Encoder):
    """Rows that say how many texts were encoded before; None while it is away."""

    def __init__(self) -> None:
        super().__init__(FakeBus())
        self.asked: list[str] = []
        self.model, self.is_away = "m", False

    async def encode(self, texts: Sequence[str], kind: Literal["query", "passage"] = "passage") -> Matrix | None:
        self.asked += texts
        return None if self.is_away else np.ones((len(texts), 3), dtype=np.float32) * len(self.asked)


async def test_only_new_texts_are_asked_for() -> None:
    encoder = CountedEncoder()
    vectors = RememberedVectors(encoder)
    first = await vectors.encode(["a", "b", "a"])
    second = await vectors.encode(["b", "c"])
    assert encoder.asked == ["a", "b", "c"]
    assert first is not None and second is not None  # noqa: PT018 - both are arrays
    assert first[1].tolist() == second[0].tolist()
    assert vectors.knows("a") and not vectors.knows("z")  # noqa: PT018


async def test_another_model_makes_all_vectors_anew() -> None:
    encoder = CountedEncoder()
    vectors = RememberedVectors(encoder)
    await vectors.encode(["a"])
    encoder.model = "other"
    await vectors.encode(["a", "b"])
    assert encoder.asked == ["a", "b", "a", "b"]


async def test_an_embedder_that_is_away_gives_none() -> None:
    encoder = CountedEncoder()
    encoder.is_away = True
    assert await RememberedVectors(encoder).encode(["a"]) is None
