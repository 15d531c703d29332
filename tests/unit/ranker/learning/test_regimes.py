"""What a score rests on, by how much is known."""

import pytest

from services.ranker.learning.regimes import Regime, regime_of, share_of_regression


@pytest.mark.parametrize(
    ("likes", "dislikes", "seeds", "has_others", "regime"),
    [
        (0, 0, 0, True, "typical"),
        (0, 0, 2, True, "seeds"),
        (1, 0, 2, True, "similarity"),
        (0, 30, 0, True, "similarity"),
        (25, 0, 0, True, "regression"),
        (25, 0, 0, False, "similarity"),
        (20, 5, 0, False, "regression"),
        (24, 0, 0, True, "similarity"),
    ],
)
def test_the_regime_follows_from_likes_dislikes_and_seeds(
    likes: int, dislikes: int, seeds: int, has_others: bool, regime: Regime
) -> None:
    assert regime_of(likes, dislikes, seeds, 25, has_others=has_others) == regime


def test_the_share_of_the_regression_grows_from_a_half_to_two_thirds() -> None:
    shares = [share_of_regression(ratings, 25) for ratings in (0, 25, 250, 10_000_000)]
    assert shares == sorted(shares)
    assert shares[0] == 0.5
    assert shares[-1] == pytest.approx(2 / 3, abs=1e-4)
