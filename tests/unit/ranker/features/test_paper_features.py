"""Nearness to what was saved, skipped and opened, without what was done with the paper itself."""

from datetime import UTC, datetime, timedelta

import numpy as np

from services.ranker.features.history import History, past_of
from services.ranker.features.paper_features import SignalNearness, signal_nearness
from services.ranker.learning.background_papers import background_of
from services.ranker.learning.similarity import Array, Projector, projected_vectors
from shared.contracts import SignalKind
from shared.store.people.signals import Signal
from shared.store.vectors.embeddings import Vectors
from tests.unit.ranker.world import paper_id, topic_vector

MOMENT = datetime(2026, 11, 10, tzinfo=UTC)
NUMBERS = range(100, 180)
VECTORS = Vectors([paper_id(n) for n in NUMBERS], np.array([topic_vector(n % 4, n) for n in NUMBERS]))
OTHERS = range(1_000, 1_200)
PROJECTOR = Projector(background_of([paper_id(n) for n in OTHERS], np.array([topic_vector(n % 4, n) for n in OTHERS])))


def nearness(**said: range) -> SignalNearness:
    kinds: dict[str, SignalKind] = {"saved": "save", "skipped": "skip", "opened": "open"}
    signals = [
        Signal(f"{name} {n}", "me", paper_id(n), kinds[name], "reader", MOMENT - timedelta(days=1))
        for name, numbers in said.items()
        for n in numbers
    ]
    return signal_nearness(past_of(History([], signals), MOMENT), VECTORS, PROJECTOR, 730.0)


def features(made: SignalNearness, *numbers: int) -> Array:
    rows = np.array([topic_vector(n % 4, n) for n in numbers])
    return made.features(projected_vectors(rows, PROJECTOR.background))


def test_a_paper_near_what_was_saved_stands_out_and_others_do_not() -> None:
    near, far = features(nearness(saved=range(100, 140, 4), skipped=range(101, 140, 4)), 2_000, 2_002)
    assert near[0] > 0.5 > 0 > near[1]
    assert far[0] < 0
    assert near[2] == far[2] == 0


def test_a_few_signals_say_less_than_many() -> None:
    few, many = features(nearness(saved=range(100, 104, 4)), 2_000), features(nearness(saved=range(100, 180, 4)), 2_000)
    assert 0 < few[0, 0] < many[0, 0]


def test_what_was_done_with_the_paper_itself_says_nothing() -> None:
    with_it, without = nearness(saved=range(100, 140, 4)), nearness(saved=range(104, 140, 4))
    alone = features(nearness(saved=range(100, 101)), 100)
    assert abs(features(with_it, 100)[0, 0] - features(without, 100)[0, 0]) < 0.15
    assert alone[0, 0] == 0
