"""The age that papers had when they were judged."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from services.ranker.commands import best
from services.ranker.features.paper_ages import days_between
from services.ranker.learning.recency_effect import RecencyEffect, fit_recency_effect
from shared.store.papers.metadata import Paper
from shared.store.people.preferences import Rating
from tests.unit.ranker.world import MORNING, World, paper_id

OLD, NEW = np.arange(300.0, 330.0), np.arange(1.0, 31.0)


def test_where_likes_are_older_than_dislikes_an_older_paper_gains_a_little() -> None:
    leaning = fit_recency_effect(OLD, NEW)
    assert leaning is not None
    young, middling, old = leaning.z_scores(np.array([1.0, 40.0, 4000.0]))
    assert -0.2 <= young < middling < old <= 0.2
    turned = fit_recency_effect(NEW, OLD)
    assert turned is not None
    assert turned.weight == -leaning.weight


@pytest.mark.parametrize(
    ("liked", "disliked"),
    [
        (OLD, np.zeros(0)),
        (OLD[:9], NEW),
        (NEW, NEW),
        (np.full(30, 5.0), np.full(30, 5.0)),
        (np.full(30, np.nan), NEW),
    ],
)
def test_what_does_not_tell_likes_from_dislikes_is_not_used(liked: np.ndarray, disliked: np.ndarray) -> None:
    assert fit_recency_effect(liked, disliked) is None


def test_chance_is_seldom_taken_for_a_leaning() -> None:
    rng = np.random.default_rng(0)
    found = [fit_recency_effect(*rng.lognormal(3, 1, size=(2, 40))) for _ in range(200)]
    assert sum(one is not None for one in found) <= 20


def test_an_unknown_age_and_one_before_the_paper_was_out_change_nothing_odd() -> None:
    leaning = RecencyEffect(3.0, 1.0, 0.1)
    unknown, before, today = leaning.z_scores(np.array([np.nan, -5.0, 0.0]))
    assert (unknown, before) == (0.0, today)
    assert np.isnan(days_between([None], [MORNING])).all()
    assert days_between([MORNING - timedelta(days=2)], [MORNING]).tolist() == [2.0]


def test_the_age_at_the_rating_counts_not_todays(tmp_path: Path) -> None:
    """Likes of papers a year old and dislikes of new ones, years ago; all of these papers are old by now."""
    world = World(tmp_path)
    world.add_papers(*range(1, 121))
    said = datetime(2020, 1, 1, tzinfo=UTC)
    for number in range(1, 41):
        liked = number % 2 == 0
        out = said - timedelta(days=400 if liked else 2)
        one = paper_id(number)
        paper = Paper(one, 2, "T", "A", (), ("cs.LG",), "cs.LG", out, out)
        world.metadata.put([paper])
        world.ratings.append([Rating(f"v{number}", one, "me", "like" if liked else "dislike", "test", "me", 1.0, said)])
    taste = world.start().learner.learn_if_stale("me")
    assert taste.age is not None
    assert taste.age.weight > 0
    record = json.loads(world.data.path("state", "ranker", "me", "model.json").read_text())
    assert record["age"]["weight"] == taste.age.weight
    again = world.start().learner.learn_if_stale("me")
    assert again.age == taste.age
    hits = best(world.settings, days=36_500, limit=100).hits
    assert len(hits) == 80
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
