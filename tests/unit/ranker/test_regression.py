"""The regression and its weights."""

import numpy as np
import pytest

from services.ranker.regression import example_weights, fit_regression
from services.ranker.similarity import Pool, empty_pool
from tests.unit.ranker.world import DIMENSION, topic_vector


def pool(topic: int, count: int, start: int) -> Pool:
    vectors = np.array([topic_vector(topic, start + number) for number in range(count)])
    return Pool(tuple(str(start + number) for number in range(count)), vectors, np.ones(count))


def negatives(count: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.array([topic_vector(2 + number % 2, 5000 + number) for number in range(count)])


def test_real_dislikes_weigh_most_and_all_random_papers_at_most_as_much_as_all_likes() -> None:
    weights = example_weights(pool(0, 30, 0), pool(1, 5, 100), 5000)
    likes, dislikes, randoms = weights[:30], weights[30:35], weights[35:]
    assert dislikes.min() > likes.max() > randoms.max()
    assert randoms.sum() == pytest.approx(likes.sum())
    assert example_weights(pool(0, 30, 0), pool(1, 5, 100), 10)[-1] == 1.0


def test_the_pulls_of_all_examples_make_up_the_coefficients() -> None:
    """The dual form that influences rest on; without random papers it is complete."""
    likes, dislikes = pool(0, 40, 0), pool(1, 20, 100)
    model = fit_regression(likes, dislikes, np.empty((0, DIMENSION), np.float32))
    rebuilt = model.like_pulls @ likes.vectors + model.dislike_pulls @ dislikes.vectors
    assert np.linalg.norm(rebuilt - model.coefficients) < 0.05 * np.linalg.norm(model.coefficients)
    assert (model.like_pulls > 0).all()
    assert (model.dislike_pulls < 0).all()


def test_likes_alone_are_learned_against_random_papers() -> None:
    model = fit_regression(pool(0, 30, 0), empty_pool(DIMENSION), negatives(100))
    assert model.logits(pool(0, 10, 900).vectors).min() > model.logits(negatives(20)).max()


def test_a_fit_is_the_same_every_time() -> None:
    fits = [fit_regression(pool(0, 30, 0), pool(1, 9, 100), negatives(100)) for _ in range(2)]
    assert (fits[0].coefficients == fits[1].coefficients).all()
