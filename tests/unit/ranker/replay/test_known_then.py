"""The stores as they were at a moment: nothing later is seen."""

from datetime import timedelta
from pathlib import Path

from services.ranker.features.signal_use import SignalEvaluation, SignalEvaluations
from services.ranker.models.sampling import sample_vectors
from services.ranker.replay.known_then import (
    AsOf,
    EvaluationsBefore,
    KnownMetadata,
    KnownVectors,
    RatingsBefore,
    SignalsBefore,
    age_key,
)
from shared.store.people.signals import Signal, SignalStore
from shared.store.vectors.embeddings import VectorStore
from tests.unit.ranker.world import MORNING, World, paper_id


def as_of(world: World, newest: int, hours: float = 0.0) -> AsOf:
    moment = AsOf()
    moment.move(MORNING + timedelta(hours=hours), [paper_id(newest)])
    return moment


def test_papers_sort_as_arxiv_numbered_them() -> None:
    ordered = ("hep-th/9901001", "0704.0002", "1412.9999", "1501.00001", "2611.00002")
    assert tuple(sorted({*ordered}, key=age_key)) == ordered


def test_papers_that_came_later_are_neither_counted_nor_drawn_nor_words_of_ordinary_papers(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.add_papers(*range(1, 11))
    moment = as_of(world, 4)
    vectors = KnownVectors([VectorStore(world.data, "test")], moment)
    assert vectors.count() == 4
    assert sample_vectors(vectors, 100, seed=1).ids == [paper_id(number) for number in range(1, 5)]
    assert set(KnownMetadata(world.data, moment).rows("2026-11")) == {paper_id(number) for number in range(1, 5)}
    assert vectors.get([paper_id(9)]).ids == [paper_id(9)]  # whoever names it knows it
    moment.move(MORNING, [paper_id(6)])
    assert vectors.count() == 6


def test_two_models_see_the_papers_that_both_have(tmp_path: Path) -> None:
    world, other = World(tmp_path / "one"), World(tmp_path / "other")
    world.add_papers(1, 2, 3)
    other.add_papers(2, 3, 4)
    stores = VectorStore(world.data, "test"), VectorStore(other.data, "test")
    both = [KnownVectors([first], as_of(world, 9), [second]) for first, second in (stores, stores[::-1])]
    assert [vectors.ids(2026) for vectors in both] == [[paper_id(2), paper_id(3)]] * 2


def test_ratings_signals_and_evaluations_from_the_moment_on_are_not_known(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.say("like", 1, 2)
    SignalStore(world.data).append([Signal("s", "me", paper_id(3), "save", "reader", MORNING)])
    SignalEvaluations(world.data).put("me", SignalEvaluation(evaluated_at=MORNING, helps=True))
    for hours, known in ((0.0, False), (1.0, True)):
        moment = as_of(world, 9, hours)
        assert bool(RatingsBefore(world.data, moment).current("me")) is known
        assert bool(SignalsBefore(world.data, moment).all("me")) is known
        assert bool(EvaluationsBefore(world.data, moment).get("me")) is known
