"""Pairs in the right order with and without signals, and how far the difference is from chance."""

import numpy as np
import pytest

from services.ranker.evaluation.signal_comparison import SignalComparison, comparison_of, right_pairs


@pytest.mark.parametrize(
    ("scores", "labels", "shares"),
    [
        ([0.9, 0.5, 0.1, 0.2], [1], [1.0]),  # a like above three other papers
        ([0.2, 0.5, 0.1, 0.2], [1], [0.5]),  # above one, as high as one
        ([0.9, 0.3, 0.5], [1, 0], [1.0, 1.0]),  # a like above another paper, a dislike below the like
        ([0.3, 0.9, 0.5], [1, 0], [0.0, 0.0]),
        ([0.3, 0.5], [0], []),  # a dislike has no pair without a like
    ],
)
def test_a_like_is_paired_with_other_papers_and_a_dislike_with_likes(
    scores: list[float], labels: list[float], shares: list[float]
) -> None:
    assert right_pairs(np.array(scores), np.array(labels)).tolist() == shares


def comparison(gains: list[float], ratings: int = 4) -> SignalComparison:
    plain = np.full(ratings, 0.5)
    return comparison_of([(plain, plain + gain) for gain in gains])


def test_a_gain_in_every_split_helps_and_one_that_comes_and_goes_does_not() -> None:
    steady, wavering = comparison([0.1, 0.12] * 5), comparison([0.3, -0.2] * 5)
    assert steady.helps
    assert steady.low > 0.09
    assert not wavering.helps
    assert wavering.low < 0 < wavering.gain < wavering.high


def test_no_gain_at_all_and_too_few_ratings_do_not_help() -> None:
    assert not comparison([0.0] * 10).helps
    assert not comparison([0.1] * 10, ratings=1).helps
    assert not comparison([0.1] * 4, ratings=30).helps
    assert not comparison_of([]).helps


def test_splits_that_have_their_signals_in_common_count_as_one() -> None:
    """A gain that comes in runs is less certain than the same gains one by one."""
    runs, mixed = comparison([0.2] * 8 + [-0.1] * 8), comparison([0.2, -0.1] * 8)
    assert runs.gain == pytest.approx(mixed.gain)
    assert runs.high - runs.low > 2 * (mixed.high - mixed.low)
