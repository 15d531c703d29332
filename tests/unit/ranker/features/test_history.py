"""Nothing later than a moment is in the features as of it: what is said afterwards changes no byte of them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from services.ranker.features.history import History, Shown, past_of, read_whole_history
from services.ranker.features.paper_features import signal_nearness
from services.ranker.features.training_examples import training_pools
from services.ranker.features.user_features import user_features
from services.ranker.learning.background_papers import background_of
from services.ranker.learning.similarity import Projector, projected_vectors
from services.ranker.stores import open_stores
from shared.contracts import SignalKind
from shared.store.people.preferences import Rating
from shared.store.people.signals import Signal
from shared.store.vectors.embeddings import Vectors
from shared.store.vectors.joined_vectors import open_joined
from tests.unit.ranker.world import DIMENSION, World, paper_id, topic_vector

MOMENT = datetime(2026, 11, 10, tzinfo=UTC)
NUMBERS = range(100, 140)
KINDS: tuple[SignalKind, ...] = ("save", "unsave", "skip", "unskip", "open", "unopen")

seconds = st.integers(0, 20 * 86_400)
papers = st.sampled_from([paper_id(number) for number in NUMBERS])
ratings = st.lists(st.tuples(seconds, papers, st.sampled_from(["like", "dislike", "clear"])), max_size=12)
signals = st.lists(st.tuples(seconds, papers, st.sampled_from(KINDS)), max_size=25)
shown = st.lists(st.tuples(seconds, papers), max_size=10)


@cache
def library() -> tuple[Vectors, Projector]:
    ids = [paper_id(number) for number in NUMBERS]
    vectors = Vectors(ids, np.array([topic_vector(number % 4, number) for number in NUMBERS]))
    others = np.array([topic_vector(number % 4, number) for number in range(500, 560)])
    return vectors, Projector(background_of([paper_id(number) for number in range(500, 560)], others))


def rating(number: int, at: datetime, name: str, label: str) -> Rating:
    return Rating(f"r{number}", name, "me", label, "test", "me", 1.0, at)  # type: ignore[arg-type]


def history_of(said: tuple[list, list, list], at: datetime, step: int) -> History:  # type: ignore[type-arg]
    """Events from a moment on (`step` 1) or before it (-1), oldest first."""
    rated, signalled, picked = said
    return History(
        sorted(
            (rating(n, at + step * timedelta(seconds=s), name, label) for n, (s, name, label) in enumerate(rated)),
            key=lambda one: one.occurred_at,
        ),
        sorted(
            (
                Signal(f"s{n}", "me", name, kind, "reader", at + step * timedelta(seconds=s))
                for n, (s, name, kind) in enumerate(signalled)
            ),
            key=lambda one: one.occurred_at,
        ),
        sorted((Shown(name, at + step * timedelta(seconds=s)) for s, name in picked), key=lambda one: one.occurred_at),
    )


def features_of(history: History, moment: datetime) -> bytes:
    """All features there are, as bytes."""
    vectors, projector = library()
    past = past_of(history, moment)
    nearness = signal_nearness(past, vectors, projector, 730.0)
    columns = nearness.features(projected_vectors(vectors.matrix, projector.background))
    ids = sorted(past.ratings)
    rows = vectors.matrix[[vectors.ids.index(name) for name in ids]]
    pools = training_pools(past.ratings, ids, rows, DIMENSION, 730.0)
    weights = b"".join(pool.weights.tobytes() + pool.vectors.tobytes() for pool in pools)
    return columns.tobytes() + weights + repr(user_features(past)).encode()


@settings(max_examples=25, deadline=None)
@given(before=st.tuples(ratings, signals, shown), later=st.tuples(ratings, signals, shown))
def test_what_is_said_later_changes_no_byte_of_the_features(before: tuple, later: tuple) -> None:  # type: ignore[type-arg]
    past = history_of(before, MOMENT - timedelta(seconds=1), -1)
    future = history_of(later, MOMENT, 1)
    both = History([*past.ratings, *future.ratings], [*past.signals, *future.signals], [*past.shown, *future.shown])
    assert features_of(both, MOMENT) == features_of(past, MOMENT)


def test_what_was_said_earlier_does_change_them() -> None:
    said = history_of(([(9, paper_id(100), "like")], [(5, paper_id(101), "save")], []), MOMENT, -1)
    assert features_of(said, MOMENT) != features_of(replace(said, ratings=[]), MOMENT)
    assert features_of(said, MOMENT) != features_of(replace(said, signals=[]), MOMENT)


def test_later_lines_of_the_files_change_no_byte_either(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.add_papers(*NUMBERS)
    at = MOMENT - timedelta(days=2)

    def read() -> bytes:
        stores = open_stores(world.data, open_joined(world.data, ["test"]))
        return features_of(read_whole_history(stores, "me"), MOMENT)

    def say(number: int, moment: datetime, kind: SignalKind, label: str) -> None:
        world.ratings.append([rating(number, moment, paper_id(number), label)])
        event = Signal(f"s{number}", "me", paper_id(number + 1), kind, "reader", moment)
        open_stores(world.data, open_joined(world.data, ["test"])).signals.append([event])

    say(100, at, "save", "like")
    say(104, at, "open", "dislike")
    before = read()
    say(108, MOMENT, "skip", "like")
    say(109, MOMENT + timedelta(days=3), "save", "dislike")
    say(103, MOMENT + timedelta(days=3), "unopen", "clear")
    assert read() == before
