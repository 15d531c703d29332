"""The parts of a fitted taste as named numpy arrays, and back again. Pure."""

import io
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np

from services.ranker.learning.background_papers import Background
from services.ranker.learning.contrast import Contrast, Odds
from services.ranker.learning.lexicon import Lexicon
from services.ranker.learning.regression import Regression
from services.ranker.learning.similarity import Pool
from services.ranker.learning.taste import Taste
from services.ranker.models.signal_arrays import signal_arrays

POOLS = ("likes", "dislikes", "seeds")
OLD_NAMES = {  # of arrays, by the new ones' names of old
    "middle": "mean",  # name of old
    "crowded": "hubness",  # name of old
    "regression_pulls": "regression_influence_weights",  # name of old
    "lexicon_middle": "lexicon_midpoint",  # name of old
    "contrast_middle": "contrast_midpoint",  # name of old
}
"""What arrays of models that were written before are called today."""
_NOTHING = SimpleNamespace()


def arrays_of(taste: Taste) -> dict[str, Any]:
    """All but the background, which many models share."""
    arrays: dict[str, Any] = {}
    for name in POOLS:
        pool: Pool = getattr(taste, name)
        arrays |= {f"{name}_vectors": pool.vectors, f"{name}_weights": pool.weights}
    for name in ("lexicon", "contrast", "regression"):
        part = getattr(taste, name)
        plain = vars(part) if part is not None else {}
        flat = {key: value for key, value in plain.items() if key != "odds"} | vars(plain.get("odds", _NOTHING))
        arrays |= {f"{name}_{key}": value for key, value in flat.items()}
    return arrays | signal_arrays(taste.signals)


def background_arrays(background: Background) -> dict[str, Any]:
    plain = {name: getattr(background, name) for name in ("mean", "papers", "smoothed", "hubness")}
    return {**plain, "names": np.array(background.names, dtype=np.str_)}


def packed(arrays: dict[str, Any]) -> bytes:
    out = io.BytesIO()
    np.savez(out, allow_pickle=False, **arrays)
    return out.getvalue()


def background_from(arrays: dict[str, Any]) -> Background:
    return Background(
        tuple(arrays["names"].tolist()), arrays["mean"], arrays["papers"], arrays["smoothed"], arrays["hubness"]
    )


def lexicon_from(arrays: dict[str, Any]) -> Lexicon | None:
    if "lexicon_rarity" not in arrays:
        return None
    mean, spread, share = (float(arrays[f"lexicon_{name}"]) for name in ("mean", "spread", "share"))
    lexicon = Lexicon(arrays["lexicon_rarity"], arrays["lexicon_liking"], mean, spread, share)
    if "lexicon_telling" not in arrays:  # a model of format 2
        return lexicon
    return replace(lexicon, telling=arrays["lexicon_telling"], odds=_odds(arrays, "lexicon"))


def regression_from(arrays: dict[str, Any]) -> Regression | None:
    if "regression_coefficients" not in arrays:
        return None
    return Regression(
        coefficients=arrays["regression_coefficients"],
        intercept=float(arrays["regression_intercept"]),
        influence_weights=arrays["regression_influence_weights"],
        left_out=arrays["regression_left_out"],
        inverse=arrays["regression_inverse"],
    )


def contrast_from(arrays: dict[str, Any]) -> Contrast | None:
    """None in models that have none."""
    if "contrast_direction" not in arrays:
        return None
    names = ("direction", "centre", "likes", "dislikes", "without_likes", "parts")
    own = {name: arrays[f"contrast_{name}"] for name in (*names, "own_likes", "own_dislikes")}
    return Contrast(odds=_odds(arrays, "contrast"), **own)


def _odds(arrays: dict[str, Any], part: str) -> Odds:
    slope, midpoint = (float(arrays[f"{part}_{name}"]) for name in ("slope", "midpoint"))
    return Odds(slope, midpoint, float(arrays.get(f"{part}_usual_doubt", 0.0)))  # none in a model of format 3
