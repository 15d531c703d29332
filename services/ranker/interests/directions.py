"""What a boosted, muted or paused facet does to scores, and what is said of it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from services.ranker.learning.similarity import Array
from shared.contracts import FacetPreference
from shared.store.people.facet_preferences import StoredFacetPreference
from shared.store.vectors.embeddings import Matrix

# In logits: a boost lifts a probability of a half to 73 %, a mute takes it to 12 %.
_WEIGHTS: dict[FacetPreference, float] = {"boost": 1.0, "mute": -2.0, "clear": 0.0}
_COMMON_SHARE = 0.95
_LEAST_SCALE = 0.01
_INSIDE = 0.5


@dataclass(frozen=True, eq=False)
class FacetDirection:
    """How far a paper belongs to a facet: along `direction`, by a sigmoid around `threshold` of width `scale`.

    `paused` says since or until when it is paused, in words.
    """

    direction: Matrix
    threshold: float
    scale: float
    preference: FacetPreference
    name: str = ""
    paused: str = ""

    @property
    def weight(self) -> float:
        """What it adds to a logit: nothing that would lift a paper, while it is paused."""
        weight = _WEIGHTS[self.preference]
        return min(weight, 0.0) if self.paused else weight

    def membership(self, vectors: Matrix) -> Array:
        """From 0 to 1 for each of n papers."""
        along = (np.asarray(vectors @ self.direction, dtype=np.float64) - self.threshold) / self.scale
        return np.asarray(0.5 * (1 + np.tanh(along / 2)))


def direction_of(
    members: Matrix, sample: Matrix, preference: FacetPreference, name: str = "", paused: str = ""
) -> FacetDirection:
    """From random papers to those of a facet (both n x d, of length 1).

    Half of the members, and less than a twentieth of all papers, belong to it by more than a half.
    """
    direction = members.mean(axis=0) - sample.mean(axis=0)
    direction = np.asarray(direction / max(float(np.linalg.norm(direction)), 1e-9), dtype=np.float32)
    inside, outside = members @ direction, sample @ direction
    threshold = max(float(np.quantile(outside, _COMMON_SHARE)), float(np.median(outside) + np.median(inside)) / 2)
    scale = max((float(np.median(inside)) - threshold) / 4, _LEAST_SCALE)
    return FacetDirection(direction, threshold, scale, preference, name, paused)


def pause_in_words(stored: StoredFacetPreference, moment: datetime) -> str:
    """`paused until 29 November 2026`, `paused since ...`; empty for one that is not paused."""
    if not stored.is_paused(moment) or stored.paused_at is None:
        return ""
    if stored.paused_until is None:
        return f"paused on {day_in_words(stored.paused_at)}"
    return f"paused until {day_in_words(stored.paused_until)}"


def day_in_words(moment: datetime) -> str:
    """`29 November 2026`."""
    return f"{moment.day} {moment:%B %Y}"


def facet_adjustment(vectors: Matrix, facets: Sequence[FacetDirection]) -> Array:
    """What to add to the logit of each of n papers' scores."""
    total: Array = np.zeros(len(vectors))
    for facet in facets:
        total = total + facet.weight * facet.membership(vectors)
    return total


def adjusted_scores(scores: Array, adjustment: Array) -> Array:
    """Scores in [0, 1] with something added to their logits; where nothing is added they stay as they are, exactly."""
    safe = np.clip(scores, 1e-6, 1 - 1e-6)
    moved = 0.5 * (1 + np.tanh((np.log(safe / (1 - safe)) + adjustment) / 2))
    return np.where(adjustment == 0, scores, moved)


def preference_reasons(vector: Matrix, facets: Sequence[FacetDirection]) -> tuple[str, ...]:
    """For the facets that a paper belongs to, whether the user boosted, muted or paused it, in words."""
    done = {"boost": "boosted", "mute": "muted"}
    said = [(facet, facet.paused or done.get(facet.preference, "")) for facet in facets]
    inside = [(facet, words) for facet, words in said if words and facet.membership(vector[None])[0] > _INSIDE]
    return tuple(f"in “{facet.name}”, which you {words}" for facet, words in inside)
