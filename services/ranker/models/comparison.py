"""Which of two models predicts better the user's ratings that came after the older one, which neither was fitted on."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from services.ranker.learning.similarity import Array, ProjectedVectors
from services.ranker.learning.taste import Taste, left_out_z_scores
from shared.store.vectors.embeddings import Matrix

LATER = 10
_SURE = 1.645
_ORDINARY = 1000


@dataclass(frozen=True)
class Comparison:
    """How much better the newer model ranked `ratings` later papers, as a share of random papers (-1 to 1).

    `error` is the standard error of `gain`.
    """

    older: float
    newer: float
    gain: float
    error: float
    ratings: int

    @property
    def is_worse(self) -> bool:
        """Whether the newer one is worse beyond chance (5 %), on enough ratings to say so."""
        return self.ratings >= LATER and self.gain < -_SURE * self.error

    def __str__(self) -> str:
        return (
            f"on {self.ratings} later ratings the older model is right by {self.older:.3f}, the newer by "
            f"{self.newer:.3f} (difference {self.gain:+.3f} ± {self.error:.3f})"
        )


def later_ratings(older: Taste, newer: Taste) -> dict[str, bool]:
    """The papers that the newer model knows a rating of and the older does not; True where liked."""
    fitted_on = {*older.likes.names, *older.dislikes.names}
    labels = dict.fromkeys(newer.likes.names, True) | dict.fromkeys(newer.dislikes.names, False)
    return {name: liked for name, liked in labels.items() if name not in fitted_on}


def compare(older: Taste, newer: Taste) -> Comparison:
    """Both on the ratings that are later than the older one; the newer one without each rating's own part."""
    later = later_ratings(older, newer)
    names = [name for name in (*newer.likes.names, *newer.dislikes.names) if name in later]
    if not names:
        return Comparison(0.0, 0.0, 0.0, 0.0, 0)
    vectors = _vectors(newer)
    rows = np.array([vectors[name] for name in names], dtype=np.float32)
    without_own = left_out_z_scores(newer)
    sides = np.array([1.0 if later[name] else -1.0 for name in names])
    before = sides * relative_rank(older, older.z_scores(rows))
    after = sides * relative_rank(newer, np.array([without_own[name] for name in names]))
    gains = after - before
    error = float(gains.std(ddof=1) / np.sqrt(len(gains))) if len(gains) > 1 else 1.0
    return Comparison(float(before.mean()), float(after.mean()), float(gains.mean()), error, len(names))


def _vectors(taste: Taste) -> Mapping[str, Matrix]:
    both = taste.likes.joined(taste.dislikes)
    return dict(zip(both.names, both.vectors, strict=True))


def relative_rank(taste: Taste, z_scores: Array) -> Array:
    """Of n z_scores: from -1, below all random papers, to 1, above all of them; 0 where nothing is known."""
    background = taste.background
    if taste.regime == "typical" or not len(background):
        return np.zeros(len(z_scores))
    projected = ProjectedVectors(background.smoothed[:_ORDINARY], background.hubness[:_ORDINARY])
    ordinary = np.sort(taste.z_scores_of_projected(projected))
    return np.asarray(2 * np.searchsorted(ordinary, z_scores) / len(ordinary) - 1)
