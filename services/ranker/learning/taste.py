"""A user's taste: what was learned from ratings and seeds, how it scores papers, and which rating moved a score.

Two parts know likes alone: a regression, which finds directions, and their neighbourhood. Of what they put high, a
contrast lowers what resembles dislikes; with too little to contrast, dislikes count by where they lie. Regimes name
what a score rests on: `typical` (nothing known), `seeds`, `similarity` (few ratings: no probability), `regression`.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np

from services.ranker.features.signal_effect import SignalEffect
from services.ranker.learning.background_papers import Background, background_of
from services.ranker.learning.calibration import Calibration, calibrate
from services.ranker.learning.contrast import Contrast, contrast_of, doubted
from services.ranker.learning.lexicon import Bag, Lexicon
from services.ranker.learning.recency_effect import RecencyEffect
from services.ranker.learning.regimes import Regime, regime_of, share_of_regression
from services.ranker.learning.regression import Regression, fit_regression
from services.ranker.learning.scale import OF_COSINES, PLAIN, Scale, scale_of, to_score, z_scores_of
from services.ranker.learning.similarity import (
    DISLIKE_SHARE,
    Array,
    Neighbourhood,
    Pool,
    ProjectedVectors,
    Projector,
    neighbourhood_of,
    projected_vectors,
)
from services.ranker.learning.typical import mean_direction, typical_scores
from shared.store.people.preferences import Rating
from shared.store.vectors.embeddings import Matrix

FORMAT = 4
_ROWS_AT_ONCE = 16_384
_LEAST_OTHERS = 10
_MEASURED = 1000


@dataclass(frozen=True, eq=False)
class Taste:
    """What is known of a user. `missing` are papers with a rating and no vector; `fingerprint` names all it rests on.

    `regression` is None where nothing can be told from anything. `corpus` is how many papers had a vector, `sampled`
    how many of them were drawn as examples of what nobody asked for. `model` names the embedding models by alias,
    `made_by` all that decides their vectors.
    """

    user: str
    regime: Regime
    model: str
    fingerprint: str
    fitted_at: datetime
    likes: Pool
    dislikes: Pool
    seeds: Pool
    background: Background = field(default_factory=lambda: background_of((), np.empty((0, 0), np.float32)))
    model_id: str = ""
    made_by: str = ""
    missing: tuple[str, ...] = ()
    regression: Regression | None = None
    contrast: Contrast | None = None
    regression_share: float = 0.0
    linear_scale: Scale = PLAIN
    near_scale: Scale = OF_COSINES
    calibration: Calibration | None = None
    corpus: int = 0
    sampled: int = 0
    near_wanted: Neighbourhood | None = None
    near_unwanted: Neighbourhood | None = None
    lexicon: Lexicon | None = None
    age: RecencyEffect | None = None
    signals: SignalEffect | None = None

    @property
    def dimension(self) -> int:
        return int(self.likes.vectors.shape[1])

    @property
    def ratings(self) -> int:
        """Ratings that could be used."""
        return len(self.likes) + len(self.dislikes)

    @property
    def wanted(self) -> Pool:
        """Likes, and seeds as far as they still count."""
        return self.likes.joined(self.seeds)

    def projected(self, projector: Projector | None = None) -> "Taste":
        """The same, ready to score: with the projected vectors of what was rated."""
        project = projector or Projector(self.background)
        correction = self.background.correction
        wanted = neighbourhood_of(self.wanted, project(self.wanted), correction)
        return replace(
            self, near_wanted=wanted, near_unwanted=neighbourhood_of(self.dislikes, project(self.dislikes), correction)
        )

    @property
    def near(self) -> tuple[Neighbourhood, Neighbourhood]:
        """What was judged, with its projected vectors: wanted, unwanted."""
        if self.near_wanted is None or self.near_unwanted is None:
            raise RuntimeError("a taste needs its projected vectors before it scores")
        return self.near_wanted, self.near_unwanted

    def z_scores(self, vectors: Matrix) -> Array:
        """How far above random papers each of n papers is, in their standard deviations. None under `typical`."""
        blocks = self._projected_blocks(vectors)
        return np.concatenate([np.zeros(0), *map(self.z_scores_of_projected, blocks)])

    def score(
        self,
        vectors: Matrix,
        bags: Sequence[Bag] | None = None,
        days: Array | None = None,
        projected: ProjectedVectors | None = None,
    ) -> Array:
        """A score in [0, 1] for each of n papers, 0.5 an ordinary one; under `typical`, the cosine with their mean.

        With the papers' words (`bags`) and ages in `days`, these have their small say too, and what was saved, skipped
        and opened, where that helps; `projected` are the same papers by this taste's background, where they are known.
        """
        if not len(vectors):
            return np.zeros(0)
        if self.regime == "typical":
            return typical_scores(np.asarray(vectors @ mean_direction(vectors), dtype=np.float64))
        blocks = self._projected_blocks(vectors) if projected is None else [projected]
        z_scores = np.concatenate(list(map(self._with_signals, blocks)))
        if self.lexicon and bags is not None:
            z_scores = self.lexicon.added(z_scores, bags)
        return to_score(z_scores + self.age.z_scores(days) if self.age and days is not None else z_scores)

    def _projected_blocks(self, vectors: Matrix) -> Iterator[ProjectedVectors]:
        for start in range(0, len(vectors), _ROWS_AT_ONCE):
            yield projected_vectors(vectors[start : start + _ROWS_AT_ONCE], self.background)

    def _with_signals(self, papers: ProjectedVectors) -> Array:
        z_scores = self.z_scores_of_projected(papers)
        return z_scores if self.signals is None else z_scores + self.signals.z_scores(papers)

    def probabilities(self, scores: Array) -> Array | None:
        """The probability of a like at each score; None where the ratings do not tell yet."""
        if self.regime != "regression" or self.calibration is None or not self.calibration.says_more:
            return None
        return self.calibration.probabilities(z_scores_of(scores))

    def influences(self, vector: Matrix, bag: Bag | None = None) -> list[tuple[str, float]]:
        """How much lower one paper's z-score would be without each rating and seed, strongest first."""
        names = (*self.wanted.names, *self.dislikes.names)
        named = zip(names, self.influences_in_order(vector, bag).tolist(), strict=True)
        return sorted(named, key=lambda pair: (-abs(pair[1]), pair[0]))

    def influences_in_order(self, vector: Matrix, bag: Bag | None = None) -> Array:
        """The same as the likes, seeds and dislikes stand; negative: against.

        Of dislikes that are contrasted, each has its part in the contrast; `bag` holds the paper's words.
        """
        here = projected_vectors(vector[None], self.background)
        wanted, unwanted = self.near
        for_it, against = np.zeros(len(wanted.pool)), np.zeros(len(unwanted.pool))
        near = (1 - self.regression_share) / self.near_scale.spread
        for_it[wanted.kept] = near * (wanted.affinity(here) - wanted.left_out(here)[0]) if len(for_it) else 0.0
        if self.contrast is None and len(against):
            against[unwanted.kept] = -near * DISLIKE_SHARE * (unwanted.affinity(here) - unwanted.left_out(here)[0])
        moved = np.concatenate([for_it, against])
        if self.regression is not None:
            fitted = len(self.regression.influence_weights)
            judged = np.concatenate([wanted.projected.vectors, unwanted.projected.vectors])[:fitted]
            learned = self.regression.influences(here.vectors[0], judged)
            moved[:fitted] += self.regression_share * learned / self.linear_scale.spread
        z_scores = np.append(self.z_scores_of_projected(here), self._without_each(moved, here))
        if self.lexicon and bag is not None:
            z_scores = self.lexicon.added(z_scores, [bag])
        return np.asarray(z_scores[0] - z_scores[1:])

    def _without_each(self, moved: Array, here: ProjectedVectors) -> Array:
        """The z-score of one paper without each rating, each of which `moved` its z-score by likes alone."""
        z_scores = self._by_likes(here) - moved
        if self.contrast is None:
            return z_scores
        dislikes, doubts = len(moved) - len(self.dislikes), np.full(len(moved), self.contrast.doubts(here.vectors)[0])
        without = self.contrast.doubts_without(here.vectors[0])
        doubts[self.contrast.likes], doubts[dislikes + self.contrast.dislikes] = without
        return doubted(z_scores, doubts)

    def z_scores_of_projected(self, papers: ProjectedVectors) -> Array:
        """The same for papers whose projected vectors are known."""
        z_scores = self._by_likes(papers)
        return z_scores if self.contrast is None else doubted(z_scores, self.contrast.doubts(papers.vectors))

    def _by_likes(self, papers: ProjectedVectors) -> Array:
        """Without the contrast: by likes alone, where there is one."""
        z_scores = (1 - self.regression_share) * self.near_scale.of(self._near(papers))
        if self.regression is not None:
            z_scores = z_scores + self.regression_share * self.linear_scale.of(self.regression.logits(papers.vectors))
        return z_scores

    def _near(self, papers: ProjectedVectors) -> Array:
        wanted, unwanted = self.near
        if self.contrast is not None:
            return wanted.affinity(papers)
        return wanted.affinity(papers) - DISLIKE_SHARE * unwanted.affinity(papers)


def fingerprint_of(ratings: Iterable[Rating], seeds: Iterable[str], model: str, dimension: int) -> str:
    """Names everything a taste is learned from; another rating, seed or embedding model is another fingerprint."""
    labels = sorted((rating.paper_id, rating.label, rating.weight) for rating in ratings)
    text = json.dumps([FORMAT, labels, list(seeds), model, dimension])
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def learn(draft: Taste, background: Background, regression_from: int, projector: Projector | None = None) -> Taste:
    """The taste that follows from a draft's likes, dislikes and seeds. The same at every call."""
    faded = draft.seeds.weighted(1 - draft.ratings / regression_from)
    has_others = len(background) >= _LEAST_OTHERS
    regime = regime_of(len(draft.likes), len(draft.dislikes), len(faded), regression_from, has_others=has_others)
    taste = replace(draft, seeds=faded, regime=regime, background=background, sampled=len(background))
    taste = taste.projected(projector)
    if regime == "typical":
        return taste
    others = ProjectedVectors(background.smoothed[:_MEASURED], background.hubness[:_MEASURED])
    if has_others:
        taste = replace(taste, contrast=_contrast(taste, others))
        taste = replace(taste, near_scale=scale_of(taste._near(others)))
    if len(taste.wanted) and (len(taste.dislikes) or has_others):
        taste = _with_regression(taste, others if has_others else taste.near[1].projected, regression_from)
    return replace(taste, calibration=_calibration(taste)) if taste.ratings else taste


def _contrast(taste: Taste, ordinary: ProjectedVectors) -> Contrast | None:
    wanted, unwanted = taste.near
    weights = (wanted.pool.weights, unwanted.pool.weights)
    contrast = contrast_of(wanted.projected.vectors, unwanted.projected.vectors, weights)
    return contrast.centred(ordinary.vectors) if contrast is not None else None


def _with_regression(taste: Taste, ordinary: ProjectedVectors, regression_from: int) -> Taste:
    wanted, unwanted = taste.near
    judged = {*wanted.pool.names, *unwanted.pool.names}
    others = taste.background.smoothed[[name not in judged for name in taste.background.names]]
    against = unwanted.projected.vectors, unwanted.pool.weights
    if taste.contrast is not None:
        against = against[0][:0], against[1][:0]
    regression = fit_regression(wanted.projected.vectors, against[0], others, (wanted.pool.weights, against[1]))
    ratings = len(taste.likes) if taste.contrast is not None else taste.ratings
    return replace(
        taste,
        regression=regression,
        regression_share=share_of_regression(ratings, regression_from),
        linear_scale=scale_of(regression.logits(ordinary.vectors)),
    )


def left_out_z_scores(taste: Taste) -> dict[str, float]:
    """The z-score that each like's and dislike's paper would have without its own rating."""
    likes = len(taste.likes)
    wanted, unwanted = taste.near
    near = np.concatenate([wanted.own()[:likes], wanted.affinity(unwanted.projected)])
    if taste.contrast is None:
        near -= DISLIKE_SHARE * np.concatenate([unwanted.affinity(wanted.projected)[:likes], unwanted.own()])
    z_scores = (1 - taste.regression_share) * taste.near_scale.of(near)
    if taste.regression is not None:
        left_out = taste.regression.left_out
        told = taste.regression.logits(unwanted.projected.vectors)
        told = left_out[len(wanted.pool) :] if taste.contrast is None else told
        judged = np.concatenate([left_out[:likes], told])
        z_scores = z_scores + taste.regression_share * taste.linear_scale.of(judged)
    if taste.contrast is not None:
        doubts = taste.contrast.own(len(wanted.pool), len(unwanted.pool))
        z_scores = doubted(z_scores, np.concatenate([doubts[0][:likes], doubts[1]]))
    return dict(zip((*taste.likes.names, *taste.dislikes.names), z_scores.tolist(), strict=True))


def _calibration(taste: Taste) -> Calibration:
    z_scores = left_out_z_scores(taste)
    liked = set(taste.likes.names)
    names = sorted(z_scores)
    return calibrate(np.array([z_scores[name] for name in names]), np.array([float(name in liked) for name in names]))
