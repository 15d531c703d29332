"""How good a ranking is: AUC, nDCG@k, Brier. Pure."""

import numpy as np
from numpy.typing import ArrayLike


def area_under_curve(liked: ArrayLike, scores: ArrayLike) -> float:
    """The probability that a liked paper ranks before one that is not; ties count half. NaN where there is no pair."""
    from scipy.stats import rankdata

    is_liked = np.asarray(liked, dtype=bool)
    likes, rest = int(is_liked.sum()), int((~is_liked).sum())
    if not likes or not rest:
        return float("nan")
    ranks = rankdata(scores)
    return float((ranks[is_liked].sum() - likes * (likes + 1) / 2) / (likes * rest))


def ndcg(liked: ArrayLike, scores: ArrayLike, depth: int) -> float:
    """Normalised discounted cumulative gain of the first `depth` (Järvelin, Kekäläinen, 2002). NaN without likes."""
    is_liked = np.asarray(liked, dtype=bool)
    if not is_liked.any():
        return float("nan")
    order = np.argsort(-np.asarray(scores, dtype=np.float64), kind="stable")[:depth]
    discounts = 1 / np.log2(np.arange(2, depth + 2))
    return float(discounts[: len(order)][is_liked[order]].sum() / discounts[: min(depth, int(is_liked.sum()))].sum())


def brier(liked: ArrayLike, probabilities: ArrayLike) -> float:
    """The mean squared error of probabilities. NaN without papers."""
    errors = np.asarray(probabilities, dtype=np.float64) - np.asarray(liked, dtype=np.float64)
    return float(np.mean(errors**2)) if len(errors) else float("nan")
