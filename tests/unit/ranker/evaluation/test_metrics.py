"""The metrics of rankings, against scikit-learn's."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import ndcg_score, roc_auc_score

from services.ranker.evaluation.metrics import area_under_curve, brier, ndcg


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5)), min_size=2, max_size=40))
def test_the_auc_is_that_of_scikit_learn_ties_included(papers: list[tuple[bool, int]]) -> None:
    liked, scores = zip(*papers, strict=True)
    value = area_under_curve(liked, scores)
    if len(set(liked)) < 2:
        assert math.isnan(value)
    else:
        assert value == pytest.approx(roc_auc_score(liked, scores))


@given(st.lists(st.booleans(), min_size=2, max_size=40).filter(any), st.integers(1, 12))
def test_ndcg_is_that_of_scikit_learn(liked: list[bool], depth: int) -> None:
    scores = np.random.default_rng(len(liked)).permutation(len(liked))
    expected = ndcg_score(np.array([liked], dtype=float), np.array([scores]), k=depth)
    assert ndcg(liked, scores, depth) == pytest.approx(expected)


def test_without_likes_or_papers_there_is_no_metric() -> None:
    assert math.isnan(ndcg([False, False], [1, 2], 10))
    assert math.isnan(brier([], []))
    assert brier([True, False], [0.9, 0.5]) == pytest.approx((0.01 + 0.25) / 2)
