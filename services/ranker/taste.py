"""A user's taste: what was learned from verdicts and seeds, how it scores papers, and which verdict moved a score.

Four regimes: `typical` (nothing known yet), `seeds`, `similarity` (few verdicts), `regression` (many). Between the
last two the change is gradual, and seeds fade as verdicts come.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

import numpy as np

from services.ranker.regression import Regression, fit_regression
from services.ranker.similarity import Array, Pool, empty_pool, similarity, similarity_parts
from shared.store.embeddings import Matrix
from shared.store.preferences import Verdict

Regime = Literal["typical", "seeds", "similarity", "regression"]

FORMAT = 1
_ROWS_AT_ONCE = 65_536


@dataclass(frozen=True)
class Scale:
    """Mean and spread of similarities and of logits over the same papers: brings the ones onto the others' scale."""

    similarity_mean: float
    similarity_spread: float
    logit_mean: float
    logit_spread: float

    @property
    def logits_per_similarity(self) -> float:
        return self.logit_spread / self.similarity_spread


@dataclass(frozen=True, eq=False)
class Taste:
    """What is known of a user. `missing` are papers with a verdict and no vector; `fingerprint` names all it rests on.

    `regression` is None below its regime, `scale` where similarity has no share in the score.
    `corpus` is how many papers had a vector, `sampled` how many of them were drawn as negatives.
    """

    user: str
    regime: Regime
    model: str
    fingerprint: str
    fitted_at: datetime
    likes: Pool
    dislikes: Pool
    seeds: Pool
    missing: tuple[str, ...] = ()
    regression: Regression | None = None
    regression_share: float = 0.0
    scale: Scale | None = None
    corpus: int = 0
    sampled: int = 0

    @property
    def dimension(self) -> int:
        return int(self.likes.vectors.shape[1])

    @property
    def verdicts(self) -> int:
        """Verdicts that could be used."""
        return len(self.likes) + len(self.dislikes)

    @property
    def wanted(self) -> Pool:
        """Likes, and seeds as far as they still count."""
        return self.likes.joined(self.seeds)

    def score(self, vectors: Matrix) -> Array:
        """A score in [0, 1] for each of n papers. Under `typical`: how near it is to the middle of these n."""
        if not len(vectors):
            return np.zeros(0)
        blocks = (vectors[start : start + _ROWS_AT_ONCE] for start in range(0, len(vectors), _ROWS_AT_ONCE))
        if self.regime == "typical":
            middle = middle_of(vectors)
            scores = [_to_unit(np.asarray(block @ middle, dtype=np.float64)) for block in blocks]
        else:
            scores = [self._score_block(block) for block in blocks]
        return np.concatenate(scores)

    def influences(self, vector: Matrix) -> list[tuple[str, float]]:
        """How much each verdict and seed moved the score of one vector, strongest first; negative is against.

        The unit is that of the regime's own scale (cosines, or logits of the regression).
        """
        wanted, unwanted = similarity_parts(vector, self.wanted, self.dislikes)
        if self.regression is not None:
            factor = (1 - self.regression_share) * self.scale.logits_per_similarity if self.scale else 0.0
            learned = self.regression.influences(vector, self.likes, self.dislikes)
            wanted, unwanted = wanted * factor, unwanted * factor + self.regression_share * learned[1]
            wanted[: len(self.likes)] += self.regression_share * learned[0]
        named = zip(self.wanted.names + self.dislikes.names, [*wanted.tolist(), *unwanted.tolist()], strict=True)
        return sorted(named, key=lambda one: (-abs(one[1]), one[0]))

    def _score_block(self, vectors: Matrix) -> Array:
        if self.regression is None:
            return _to_unit(similarity(vectors, self.wanted, self.dislikes))
        logits = self.regression_share * self.regression.logits(vectors)
        if self.scale is not None:
            near = similarity(vectors, self.wanted, self.dislikes)
            as_logits = (near - self.scale.similarity_mean) * self.scale.logits_per_similarity + self.scale.logit_mean
            logits = logits + (1 - self.regression_share) * as_logits
        return np.asarray(0.5 * (1 + np.tanh(logits / 2)))


def regime_of(likes: int, dislikes: int, seeds: int, regression_from: int, *, has_others: bool) -> Regime:
    """Which way of scoring the evidence allows. A regression needs likes and something against them."""
    if likes and likes + dislikes >= regression_from and (dislikes or has_others):
        return "regression"
    if likes or dislikes:
        return "similarity"
    return "seeds" if seeds else "typical"


def share_of_regression(verdicts: int, regression_from: int) -> float:
    """From a little at `regression_from` verdicts to all of the score at twice as many."""
    return float(np.clip((verdicts - regression_from + 1) / (regression_from + 1), 0.0, 1.0))


def fingerprint_of(verdicts: Iterable[Verdict], seeds: Iterable[str], model: str, dimension: int) -> str:
    """Names everything a taste is learned from; another verdict, seed or embedding model is another fingerprint."""
    said = sorted((verdict.paper_id, verdict.label, verdict.weight) for verdict in verdicts)
    text = json.dumps([FORMAT, said, list(seeds), model, dimension])
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def pools_of(verdicts: Mapping[str, Verdict], ids: list[str], vectors: Matrix, dimension: int) -> tuple[Pool, Pool]:
    """Likes and dislikes among the papers that have a vector (`vectors[i]` is of `ids[i]`)."""
    pools = []
    for label in ("like", "dislike"):
        rows = [row for row, paper_id in enumerate(ids) if verdicts[paper_id].label == label]
        names = tuple(ids[row] for row in rows)
        weights = np.array([verdicts[name].weight for name in names], dtype=np.float64)
        pools.append(Pool(names, vectors[rows], weights) if rows else empty_pool(dimension))
    return pools[0], pools[1]


def learn(draft: Taste, negatives: Matrix, regression_from: int) -> Taste:
    """The taste that follows from a draft's likes, dislikes and seeds. Pure, and the same at every call."""
    faded = draft.seeds.weighted(1 - draft.verdicts / regression_from)
    likes, dislikes = draft.likes, draft.dislikes
    regime = regime_of(len(likes), len(dislikes), len(faded), regression_from, has_others=len(negatives) > 0)
    taste = replace(draft, seeds=faded, regime=regime)
    if regime != "regression":
        return taste
    regression = fit_regression(likes, dislikes, negatives)
    share = share_of_regression(draft.verdicts, regression_from)
    scale = _scale(taste, regression, negatives) if share < 1 else None
    return replace(taste, regression=regression, regression_share=share, scale=scale, sampled=len(negatives))


def middle_of(vectors: Matrix) -> Matrix:
    """The direction that n papers have in common: their mean, at length 1."""
    mean = vectors.mean(axis=0)
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-12), dtype=np.float32)


def _scale(taste: Taste, regression: Regression, negatives: Matrix) -> Scale:
    background = np.concatenate([taste.likes.vectors, taste.dislikes.vectors, negatives])
    near, logits = similarity(background, taste.wanted, taste.dislikes), regression.logits(background)
    return Scale(float(near.mean()), float(max(near.std(), 1e-9)), float(logits.mean()), float(logits.std()))


def _to_unit(cosines: Array) -> Array:
    return np.clip((cosines + 1) / 2, 0.0, 1.0)
