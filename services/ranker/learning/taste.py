"""A user's taste: what was learned from ratings and seeds, how it scores papers, and which rating moved a score.

Two parts know likes alone: a regression, which finds directions, and their neighbourhood. Of what they put high, a
contrast lowers what resembles dislikes; with too little to contrast, dislikes count by where they lie. Regimes name
what a score rests on: `typical` (nothing known), `seeds`, `similarity` (few ratings: no probability), `regression`.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np

from services.ranker.learning.background_papers import Background, background_of
from services.ranker.learning.calibration import Calibration, calibrate
from services.ranker.learning.contrast import Contrast, contrast_of, doubted
from services.ranker.learning.lexicon import Bag, Lexicon
from services.ranker.learning.recency_effect import AgeLeaning
from services.ranker.learning.regimes import Regime, regime_of, share_of_regression
from services.ranker.learning.regression import Regression, fit_regression
from services.ranker.learning.scale import OF_COSINES, PLAIN, Scale, merits_of, scale_of, to_score
from services.ranker.learning.similarity import (
    DISLIKE_SHARE,
    Array,
    Neighbourhood,
    Placer,
    Places,
    Pool,
    empty_pool,
    neighbourhood_of,
    places_of,
)
from services.ranker.learning.typical import middle_of, typical_scores
from shared.store.preferences import Rating
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
    age: AgeLeaning | None = None

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

    def placed(self, placer: Placer | None = None) -> "Taste":
        """The same, ready to score: with the places of what was judged."""
        place = placer or Placer(self.background)
        trust = self.background.trust
        wanted = neighbourhood_of(self.wanted, place(self.wanted), trust)
        return replace(
            self, near_wanted=wanted, near_unwanted=neighbourhood_of(self.dislikes, place(self.dislikes), trust)
        )

    @property
    def near(self) -> tuple[Neighbourhood, Neighbourhood]:
        """What was judged, with its places: wanted, unwanted."""
        if self.near_wanted is None or self.near_unwanted is None:
            raise RuntimeError("a taste is placed before it scores")
        return self.near_wanted, self.near_unwanted

    def merits(self, vectors: Matrix) -> Array:
        """How far above an ordinary paper each of n papers is, in spreads of ordinary papers. None under `typical`."""
        blocks = [vectors[start : start + _ROWS_AT_ONCE] for start in range(0, len(vectors), _ROWS_AT_ONCE)]
        return np.concatenate(
            [self.merits_of_places(places_of(block, self.background)) for block in blocks] or [np.zeros(0)]
        )

    def score(self, vectors: Matrix, bags: Sequence[Bag] | None = None, days: Array | None = None) -> Array:
        """A score in [0, 1] for each of n papers, 0.5 an ordinary one; under `typical`, nearness to their middle.

        With the papers' words (`bags`) and ages in `days`, these have their small say too.
        """
        if not len(vectors):
            return np.zeros(0)
        if self.regime == "typical":
            return typical_scores(np.asarray(vectors @ middle_of(vectors), dtype=np.float64))
        merits = self.merits(vectors)
        if self.lexicon and bags is not None:
            merits = self.lexicon.added(merits, bags)
        return to_score(merits + self.age.merits(days) if self.age and days is not None else merits)

    def chances(self, scores: Array) -> Array | None:
        """The chance of a like behind each score; None where the ratings do not tell yet."""
        if self.regime != "regression" or self.calibration is None or not self.calibration.says_more:
            return None
        return self.calibration.chances(merits_of(scores))

    def influences(self, vector: Matrix, bag: Bag | None = None) -> list[tuple[str, float]]:
        """How much lower one paper's merit were without each rating and seed, strongest first; below 0: against.

        Of dislikes that are contrasted, each has its part in the contrast; `bag` holds the paper's words.
        """
        here = places_of(vector[None], self.background)
        wanted, unwanted = self.near
        for_it, against = np.zeros(len(wanted.pool)), np.zeros(len(unwanted.pool))
        near = (1 - self.regression_share) / self.near_scale.spread
        for_it[wanted.kept] = near * (wanted.affinity(here) - wanted.left_out(here)[0]) if len(for_it) else 0.0
        if self.contrast is None and len(against):
            against[unwanted.kept] = -near * DISLIKE_SHARE * (unwanted.affinity(here) - unwanted.left_out(here)[0])
        moved = np.concatenate([for_it, against])
        if self.regression is not None:
            fitted = len(self.regression.pulls)
            judged = np.concatenate([wanted.places.vectors, unwanted.places.vectors])[:fitted]
            learned = self.regression.influences(here.vectors[0], judged)
            moved[:fitted] += self.regression_share * learned / self.linear_scale.spread
        merits = np.append(self.merits_of_places(here), self._without_each(moved, here))
        if self.lexicon and bag is not None:
            merits = self.lexicon.added(merits, [bag])
        named = zip(wanted.pool.names + unwanted.pool.names, (merits[0] - merits[1:]).tolist(), strict=True)
        return sorted(named, key=lambda one: (-abs(one[1]), one[0]))

    def _without_each(self, moved: Array, here: Places) -> Array:
        """The merit of one paper without each rating, each of which `moved` its merit by likes alone."""
        merits = self._by_likes(here) - moved
        if self.contrast is None:
            return merits
        dislikes, doubts = len(moved) - len(self.dislikes), np.full(len(moved), self.contrast.doubts(here.vectors)[0])
        without = self.contrast.doubts_without(here.vectors[0])
        doubts[self.contrast.likes], doubts[dislikes + self.contrast.dislikes] = without
        return doubted(merits, doubts)

    def merits_of_places(self, papers: Places) -> Array:
        """The same for papers whose places are known."""
        merits = self._by_likes(papers)
        return merits if self.contrast is None else doubted(merits, self.contrast.doubts(papers.vectors))

    def _by_likes(self, papers: Places) -> Array:
        """Without the contrast: by likes alone, where there is one."""
        merits = (1 - self.regression_share) * self.near_scale.of(self._near(papers))
        if self.regression is not None:
            merits = merits + self.regression_share * self.linear_scale.of(self.regression.logits(papers.vectors))
        return merits

    def _near(self, papers: Places) -> Array:
        wanted, unwanted = self.near
        if self.contrast is not None:
            return wanted.affinity(papers)
        return wanted.affinity(papers) - DISLIKE_SHARE * unwanted.affinity(papers)


def fingerprint_of(ratings: Iterable[Rating], seeds: Iterable[str], model: str, dimension: int) -> str:
    """Names everything a taste is learned from; another rating, seed or embedding model is another fingerprint."""
    said = sorted((rating.paper_id, rating.label, rating.weight) for rating in ratings)
    text = json.dumps([FORMAT, said, list(seeds), model, dimension])
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def pools_of(
    ratings: Mapping[str, Rating], ids: list[str], vectors: Matrix, dimension: int, half_life_days: float = np.inf
) -> tuple[Pool, Pool]:
    """Likes and dislikes among the papers that have a vector (`vectors[i]` is of `ids[i]`).

    A rating weighs half as much as one that is `half_life_days` younger; its age is counted back from the newest.
    """
    newest = max((ratings[name].occurred_at for name in ids), default=None)
    pools = []
    for label in ("like", "dislike"):
        rows = [row for row, paper_id in enumerate(ids) if ratings[paper_id].label == label]
        names = tuple(ids[row] for row in rows)
        ages = [(newest - ratings[name].occurred_at).total_seconds() / 86_400 for name in names if newest]
        weights = np.array([ratings[name].weight for name in names]) * 0.5 ** (np.array(ages) / half_life_days)
        pools.append(Pool(names, vectors[rows], weights) if rows else empty_pool(dimension))
    return pools[0], pools[1]


def learn(draft: Taste, background: Background, regression_from: int, placer: Placer | None = None) -> Taste:
    """The taste that follows from a draft's likes, dislikes and seeds. The same at every call."""
    faded = draft.seeds.weighted(1 - draft.ratings / regression_from)
    has_others = len(background) >= _LEAST_OTHERS
    regime = regime_of(len(draft.likes), len(draft.dislikes), len(faded), regression_from, has_others=has_others)
    taste = replace(draft, seeds=faded, regime=regime, background=background, sampled=len(background)).placed(placer)
    if regime == "typical":
        return taste
    others = Places(background.smoothed[:_MEASURED], background.crowded[:_MEASURED])
    if has_others:
        taste = replace(taste, contrast=_contrast(taste, others))
        taste = replace(taste, near_scale=scale_of(taste._near(others)))
    if len(taste.wanted) and (len(taste.dislikes) or has_others):
        taste = _with_regression(taste, others if has_others else taste.near[1].places, regression_from)
    return replace(taste, calibration=_calibration(taste)) if taste.ratings else taste


def _contrast(taste: Taste, ordinary: Places) -> Contrast | None:
    wanted, unwanted = taste.near
    weights = (wanted.pool.weights, unwanted.pool.weights)
    found = contrast_of(wanted.places.vectors, unwanted.places.vectors, weights)
    return found.centred(ordinary.vectors) if found is not None else None


def _with_regression(taste: Taste, ordinary: Places, regression_from: int) -> Taste:
    wanted, unwanted = taste.near
    judged = {*wanted.pool.names, *unwanted.pool.names}
    others = taste.background.smoothed[[name not in judged for name in taste.background.names]]
    against = unwanted.places.vectors, unwanted.pool.weights
    if taste.contrast is not None:
        against = against[0][:0], against[1][:0]
    regression = fit_regression(wanted.places.vectors, against[0], others, (wanted.pool.weights, against[1]))
    ratings = len(taste.likes) if taste.contrast is not None else taste.ratings
    return replace(
        taste,
        regression=regression,
        regression_share=share_of_regression(ratings, regression_from),
        linear_scale=scale_of(regression.logits(ordinary.vectors)),
    )


def left_out_merits(taste: Taste) -> dict[str, float]:
    """The merit that each like's and dislike's paper would have without its own rating."""
    likes = len(taste.likes)
    wanted, unwanted = taste.near
    near = np.concatenate([wanted.own()[:likes], wanted.affinity(unwanted.places)])
    if taste.contrast is None:
        near -= DISLIKE_SHARE * np.concatenate([unwanted.affinity(wanted.places)[:likes], unwanted.own()])
    merits = (1 - taste.regression_share) * taste.near_scale.of(near)
    if taste.regression is not None:
        left_out = taste.regression.left_out
        told = (
            left_out[len(wanted.pool) :] if taste.contrast is None else taste.regression.logits(unwanted.places.vectors)
        )
        judged = np.concatenate([left_out[:likes], told])
        merits = merits + taste.regression_share * taste.linear_scale.of(judged)
    if taste.contrast is not None:
        doubts = taste.contrast.own(len(wanted.pool), len(unwanted.pool))
        merits = doubted(merits, np.concatenate([doubts[0][:likes], doubts[1]]))
    return dict(zip((*taste.likes.names, *taste.dislikes.names), merits.tolist(), strict=True))


def _calibration(taste: Taste) -> Calibration:
    merits = left_out_merits(taste)
    liked = set(taste.likes.names)
    names = sorted(merits)
    return calibrate(np.array([merits[name] for name in names]), np.array([float(name in liked) for name in names]))
