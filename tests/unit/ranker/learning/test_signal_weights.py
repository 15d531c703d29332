"""How much nearness to saved, skipped and opened papers says, as a user's own ratings have it."""

from datetime import UTC, datetime, timedelta

import numpy as np

from services.ranker.features.history import History
from services.ranker.features.signal_effect import SignalEffect
from services.ranker.features.training_examples import training_pools
from services.ranker.learning.background_papers import background_of
from services.ranker.learning.signal_weights import day_of, learn_signal_effect, nearness_from
from services.ranker.learning.similarity import Projector, empty_pool
from services.ranker.learning.taste import Taste, learn
from shared.contracts import SignalKind
from shared.store.people.preferences import Rating, standing_ratings
from shared.store.people.signals import Signal
from shared.store.vectors.embeddings import Vectors
from tests.unit.ranker.world import DIMENSION, MORNING, paper_id, topic_vector

VECTORS = Vectors([paper_id(n) for n in range(400)], np.array([topic_vector(n % 4, n) for n in range(400)]))
OTHERS = range(1_000, 1_300)
PROJECTOR = Projector(background_of([paper_id(n) for n in OTHERS], np.array([topic_vector(n % 4, n) for n in OTHERS])))


def effect_of(saved_topic: int | None, days: int = 12, kind: SignalKind = "save") -> SignalEffect | None:
    """Of somebody who likes papers of another topic each three days, and saves papers of one for two days before."""
    ratings, signals = list[Rating](), list[Signal]()
    for day in range(days):
        at = MORNING + timedelta(days=day)
        liked, soon = (day // 3) % 4, ((day + 2) // 3) % 4
        for n in (40 * day + liked, 40 * day + liked + 4, 40 * day + liked + 8):
            ratings.append(Rating(f"r{n}", paper_id(n % 400), "me", "like", "t", "me", 1.0, at))
        for n in range(40 * day + 16 + (soon if saved_topic is None else saved_topic), 40 * day + 40, 4):
            signals.append(Signal(f"s{n}", "me", paper_id(n % 400), kind, "reader", at))
    standing = standing_ratings(ratings)
    ids = sorted(standing)
    pools = training_pools(standing, ids, VECTORS.matrix[[VECTORS.ids.index(i) for i in ids]], DIMENSION)
    draft = Taste("me", "typical", "", "", MORNING, *pools, empty_pool(DIMENSION))
    taste = learn(draft, PROJECTOR.background, 25, PROJECTOR)
    nearness_at = nearness_from(History(ratings, signals), VECTORS, PROJECTOR, 730.0)
    return learn_signal_effect(taste, standing, nearness_at, MORNING + timedelta(days=days))


def test_saves_that_come_before_likes_of_their_kind_speak_for_their_kind() -> None:
    effect = effect_of(None)
    assert effect is not None
    assert effect.weights[0] > 0
    assert effect.weights[1:].tolist() == [0, 0]


def test_a_skip_never_speaks_for_a_paper_nor_a_save_against_it() -> None:
    skipped = effect_of(None, kind="skip")
    assert skipped is None or skipped.weights[1] <= 0
    saved = effect_of(3)
    assert saved is None or saved.weights[0] >= 0


def test_too_few_likes_after_a_signal_say_nothing() -> None:
    assert effect_of(None, days=2) is None


def test_signals_count_from_the_day_after() -> None:
    assert day_of(datetime(2026, 11, 2, 23, 59, tzinfo=UTC)) == datetime(2026, 11, 2, tzinfo=UTC)
