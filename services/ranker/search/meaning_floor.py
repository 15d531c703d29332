"""How near in meaning a paper must be to a query to be found by it.

Cosines mean another thing with every model and corpus, so the floor is measured: how near the nearest paper comes to
queries that no paper answers. Three standard deviations above their mean are 0.37 on 4,000 real papers with MiniLM: the
nearest papers of 25 of 26 queries of these papers' fields lie above it, those of 18 of 20 other empty queries below.
"""

import threading

import numpy as np

from services.ranker.search.vector_search import VectorSearch
from shared.store.vectors.embeddings import Matrix

UNANSWERED = (
    "asdfgh qwerty",
    "blah blah blah",
    "how to tie a tie",
    "best pizza in town",
    "my dog has fleas",
    "football cup winners",
    "recipe for chocolate cake",
    "cheap flights to rome",
    "knitting for beginners",
    "used car prices",
    "lyrics of a love song",
    "income tax return deadline",
    "curtains for the living room",
    "wedding dress alterations",
    "holiday cottage with a garden",
    "how to remove a wine stain",
)
_DEVIATIONS = 3.0
_GROWTH = 1.25


class MeaningFloor:
    """The floor for one set of vectors, measured again when there are a quarter more. Safe in several threads."""

    def __init__(self, vector_search: VectorSearch) -> None:
        self._vector_search = vector_search
        self._turn = threading.Lock()
        self._queries: Matrix | None = None
        self._measured = (0, -1.0)

    @property
    def is_known(self) -> bool:
        """Whether the vectors of the queries that no paper answers are here."""
        return self._queries is not None

    def learn(self, queries: Matrix) -> None:
        """Take the vectors of `UNANSWERED` (n x dimension, of length 1)."""
        self._queries = queries

    def value(self) -> float:
        """The least cosine of a hit; -1 where nothing is known."""
        with self._turn:
            count = self._vector_search.count()
            measured_at, floor = self._measured
            if self._queries is not None and not measured_at <= count <= _GROWTH * measured_at:
                floor = floor_of(self._vector_search.greatest_cosines(self._queries))
                self._measured = count, floor
            return floor


def floor_of(greatest: Matrix) -> float:
    """The floor where the nearest papers of queries about nothing have these cosines; -1 where there are none."""
    return float(np.mean(greatest) + _DEVIATIONS * np.std(greatest)) if len(greatest) else -1.0
