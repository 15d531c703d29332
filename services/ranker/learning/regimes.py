"""What a score rests on: nothing yet, seeds, few ratings, or enough of them for a regression. Pure."""

from typing import Literal

Regime = Literal["typical", "seeds", "similarity", "regression"]


def regime_of(likes: int, dislikes: int, seeds: int, regression_from: int, *, has_others: bool) -> Regime:
    """What a score rests on. A regression needs likes and something against them."""
    if likes and likes + dislikes >= regression_from and (dislikes or has_others):
        return "regression"
    if likes or dislikes:
        return "similarity"
    return "seeds" if seeds else "typical"


def share_of_regression(ratings: int, regression_from: int) -> float:
    """From half of the score with few ratings up to two thirds with many; at `regression_from`, midway."""
    return 0.5 + (2 / 3 - 0.5) * ratings / (ratings + 10 * regression_from)
