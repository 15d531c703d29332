"""Backtests the user's ratings in time order: what each method would have predicted of a paper before its rating. Pure.

A rating is predicted from ratings of earlier days only, never from those of its own day. While all are of one day,
from those given before it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np

from services.ranker.evaluation.baselines import BASELINES, Corpus, Rows, Task
from services.ranker.evaluation.metrics import area_under_curve, brier, ndcg
from services.ranker.features.training_examples import training_pools
from services.ranker.learning.background_papers import background_of
from services.ranker.learning.calibration import base_rate
from services.ranker.learning.lexicon import Bag, lexicon_of
from services.ranker.learning.similarity import Array, Projector, empty_pool
from services.ranker.learning.taste import Taste, learn
from services.ranker.settings import RankerSettings
from shared.store.people.preferences import Rating

OURS = "papersys"
_MOST_SPLITS = 40
_SPLITS_OF_A_DAY = 10
_RANKED_AMONG = 500
_READ = 2000


@dataclass(frozen=True, eq=False)
class TimeSplit:
    """Ratings of some days, to be predicted (`test_ids`, `test_labels`: 1 like, 0 dislike) from those before (`train`,
    by paper); `starts_at` is when the first of them was given."""

    train: dict[str, Rating]
    test_ids: list[str]
    test_labels: Array
    starts_at: datetime


@dataclass(frozen=True)
class Metrics:
    """One method's. AUC: likes against dislikes and other papers; NaN: not defined."""

    method: str
    auc: float
    ndcg: float
    brier: float


@dataclass(frozen=True)
class Backtest:
    """The metrics of each method over `ratings` predicted ones; the `learning_curve` has, after each split, how many
    ratings were predicted and the Brier scores of ours and of the base rate so far."""

    metrics: list[Metrics]
    ratings: int
    base_brier: float
    learning_curve: list[tuple[int, float, float]]


@dataclass(frozen=True, eq=False)
class BacktestPapers:
    """The papers of a backtest: rated ones and others, by id in the order of the corpus's rows, with their words."""

    ids: list[str]
    judged: int
    corpus: Corpus
    bags: list[Bag]

    @property
    def others(self) -> Rows:
        return np.arange(self.judged, len(self.ids))

    @property
    def ranked_among(self) -> Rows:
        """Some unrated papers that no method learns from: the likes are ranked among them."""
        return self.others[:: max(2, len(self.others) // _RANKED_AMONG)]

    @property
    def learned_from(self) -> Rows:
        return np.setdiff1d(self.others, self.ranked_among)


def is_one_day(ratings: Sequence[Rating], with_vector: set[str]) -> bool:
    """Whether all ratings that can be used are of one day."""
    return len({rating.occurred_at.date() for rating in ratings if rating.paper_id in with_vector}) == 1


def splits_of(ratings: Sequence[Rating], with_vector: set[str]) -> Iterator[TimeSplit]:
    """The days on which ratings were given, oldest first, joined so that there are at most forty splits.

    A single day is split by the order of its ratings.
    """
    usable = [rating for rating in ratings if rating.paper_id in with_vector]
    usable.sort(key=lambda rating: rating.occurred_at)
    moments = _moments(usable)
    times = sorted(set(moments))
    joined = max(1, -(-len(times) // _MOST_SPLITS))
    for start in range(0, len(times), joined):
        tested = set(times[start : start + joined])
        before: dict[str, Rating] = {}
        during: dict[str, Rating] = {}
        for moment, rating in zip(moments, usable, strict=True):
            into = before if moment < min(tested) else during if moment in tested else None
            if into is not None:
                into.pop(rating.paper_id, None)
                into[rating.paper_id] = rating
        train = {name: rating for name, rating in before.items() if rating.label != "clear"}
        test = [rating for rating in during.values() if rating.label != "clear" and rating.paper_id not in train]
        if test:
            labels = np.array([float(rating.label == "like") for rating in test])
            starts_at = min(rating.occurred_at for rating in during.values())
            yield TimeSplit(train, [rating.paper_id for rating in test], labels, starts_at)


def _moments(usable: Sequence[Rating]) -> list[int]:
    """A number for the day of each rating; of a single day, for its part of the day."""
    days = [rating.occurred_at.date().toordinal() for rating in usable]
    if len(set(days)) > 1:
        return days
    return [number * _SPLITS_OF_A_DAY // len(usable) for number in range(len(usable))]


def run_backtest(splits: Sequence[TimeSplit], papers: BacktestPapers, settings: RankerSettings) -> Backtest:
    """Every split predicted by every method. `settings` are those of ours."""
    scores: dict[str, list[Array]] = {name: [] for name in (*BASELINES, OURS)}
    labels: list[Array] = []
    probabilities, bases = [np.zeros(0)], [np.zeros(0)]
    curve: list[tuple[int, float, float]] = []
    rows = {name: row for row, name in enumerate(papers.ids)}
    vectors = papers.corpus.vectors
    drawn = papers.learned_from
    projector = Projector(background_of([papers.ids[row] for row in drawn], vectors[drawn]))
    for split in splits:
        tested = np.array([rows[name] for name in split.test_ids])
        ranked = np.concatenate([tested, papers.ranked_among])
        task = _task(split, rows, drawn, ranked)
        taste = taste_before(split, rows, papers, projector, settings)
        ours = taste.score(vectors[ranked], [papers.bags[row] for row in ranked])
        if len(task.likes):
            for name, baseline in BASELINES.items():
                scores[name].append(baseline(papers.corpus, task))
            scores[OURS].append(ours)
            labels.append(np.concatenate([split.test_labels, np.zeros(len(ranked) - len(tested))]))
        train_labels = np.array([float(rating.label == "like") for rating in split.train.values()])
        bases.append(np.full(len(tested), base_rate(train_labels)))
        predicted = taste.probabilities(ours[: len(tested)])
        probabilities.append(bases[-1] if predicted is None else predicted)
        liked = np.concatenate([earlier.test_labels for earlier in splits[: len(bases) - 1]])
        curve.append((len(liked), brier(liked, np.concatenate(probabilities)), brier(liked, np.concatenate(bases))))
    count, our_brier, base_brier = curve[-1] if curve else (0, float("nan"), float("nan"))
    briers = dict.fromkeys(BASELINES, float("nan")) | {OURS: our_brier}
    metrics = [Metrics(name, *_ranking_metrics(scores[name], labels), briers[name]) for name in (*BASELINES, OURS)]
    return Backtest(metrics, count, base_brier, curve)


def _task(split: TimeSplit, rows: Mapping[str, int], drawn: Rows, papers: Rows) -> Task:
    likes, dislikes = (
        np.array([rows[name] for name, rating in split.train.items() if rating.label == label], dtype=np.intp)
        for label in ("like", "dislike")
    )
    return Task(likes, dislikes, drawn, papers)


def taste_before(
    split: TimeSplit, rows: Mapping[str, int], papers: BacktestPapers, projector: Projector, settings: RankerSettings
) -> Taste:
    """The taste that was learned from what came before a split; `rows` are those of the papers in the corpus."""
    ids = sorted(split.train)
    matrix = papers.corpus.vectors
    dimension = matrix.shape[1]
    rated = matrix[[rows[name] for name in ids]]
    likes, dislikes = training_pools(split.train, ids, rated, dimension, settings.half_life_days)
    moment = datetime(1970, 1, 1, tzinfo=UTC)
    draft = Taste("backtest", "typical", "", "", moment, likes, dislikes, empty_pool(dimension))
    bags = papers.bags
    liked, disliked = ([bags[rows[name]] for name in pool.names] for pool in (likes, dislikes))
    lexicon = lexicon_of(liked, disliked, [bags[row] for row in papers.learned_from[:_READ]])
    return replace(learn(draft, projector.background, settings.regression_from, projector), lexicon=lexicon)


def _ranking_metrics(scores: Sequence[Array], labels: Sequence[Array]) -> tuple[float, float]:
    """The mean over splits with a like: AUC of likes against dislikes and others, nDCG@10 among them."""
    splits = [(liked, scored) for liked, scored in zip(labels, scores, strict=True) if liked.any()]
    if not splits:
        return float("nan"), float("nan")
    aucs = [area_under_curve(liked, scored) for liked, scored in splits]
    gains = [ndcg(liked, scored, 10) for liked, scored in splits]
    return float(np.mean(aucs)), float(np.mean(gains))
