"""The test of growth: exact tails, drift, false discoveries, and the interval."""

import numpy as np
import pytest

from services.ranker.rising.growth import adjusted, drift_of, growth_interval, tail_probabilities, windows_covered


def test_without_drift_the_tail_is_binomial() -> None:
    assert tail_probabilities([2, 0], [2, 5], [0.5, 0.2], 0.0) == pytest.approx([0.25, 1.0])


def test_drift_makes_extremes_more_likely() -> None:
    assert tail_probabilities(30, 50, 0.2, 0.02) > 100 * tail_probabilities(30, 50, 0.2, 0.0)


def test_counts_that_vary_as_chance_says_have_no_drift_and_others_theirs() -> None:
    rng = np.random.default_rng(1)
    papers = np.array([500, 400, 600, 500])
    shares = papers / papers.sum()
    totals = rng.integers(20, 200, 800)
    plain = np.array([rng.multinomial(total, shares) for total in totals]).T
    drifting = np.array([rng.multinomial(total, rng.dirichlet(shares * 99)) for total in totals]).T
    assert drift_of(plain, papers) == pytest.approx(0, abs=5e-4)
    assert drift_of(drifting, papers) == pytest.approx(0.01, abs=2e-3)


@pytest.mark.parametrize("papers", [np.array([500]), np.array([500, 0])])
def test_too_few_windows_tell_no_drift(papers: np.ndarray) -> None:
    assert drift_of(np.full((len(papers), 3), 40), papers) == 0.0


def test_adjusted_p_values_are_those_of_benjamini_and_hochberg() -> None:
    from scipy.stats import false_discovery_control

    some = np.array([0.001, 0.03, 0.0004, 0.2])
    everything = np.concatenate([some, np.ones(96)])
    assert adjusted(some, 100) == pytest.approx(false_discovery_control(everything)[:4])


@pytest.mark.parametrize(
    ("recent", "before", "share", "growth", "least"),
    [(20, 20, 0.5, 1.0, 0.52), (20, 10, 0.2, 8.0, 3.6), (6, 0, 0.2, float("inf"), 4.7), (0, 5, 0.2, 0.0, 0.0)],
)
def test_growth_has_a_lower_end(recent: int, before: int, share: float, growth: float, least: float) -> None:
    assert growth_interval(recent, before, share, 0.025) == pytest.approx((growth, least), rel=0.03)


def test_the_lower_end_is_too_high_as_seldom_as_it_says() -> None:
    rng = np.random.default_rng(0)
    odds = 3 * 0.25
    recent = rng.binomial(60, odds / (1 + odds), 2_000)
    too_high = np.mean([growth_interval(int(hits), 60 - int(hits), 0.2, 0.025)[1] > 3 for hits in recent])
    assert 0.005 < too_high < 0.03


@pytest.mark.parametrize(
    ("papers", "covered"), [([100, 90, 60, 20, 95], 3), ([100, 100], 2), ([0, 5], 0), ([10, 400, 4], 2), ([], 0)]
)
def test_windows_that_were_hardly_harvested_do_not_count(papers: list[int], covered: int) -> None:
    assert windows_covered(papers) == covered
