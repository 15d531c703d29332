"""Replays the owner's ratings in time order: what each recipe would have said of a paper before its rating. Pure.

A rating is predicted from ratings of earlier days only: those of its own day are known to nobody yet. While all
are of one day, from those given before it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np

from services.ranker.evaluation.baselines import SIMPLE, Corpus, Rows, Task
from services.ranker.evaluation.metrics import area_under_curve, brier, ndcg
from services.ranker.learning.background_papers import background_of
from services.ranker.learning.calibration import base_rate
from services.ranker.learning.lexicon import Bag, lexicon_of
from services.ranker.learning.similarity import Array, Placer, empty_pool
from services.ranker.learning.taste import Taste, learn, pools_of
from services.ranker.settings import RankerSettings
from shared.store.preferences import Rating

OURS = "papersys"
_MOST_STEPS = 40
_STEPS_OF_A_DAY = 10
_RANKED_AMONG = 500
_READ = 2000


@dataclass(frozen=True, eq=False)
class Step:
    """Ratings of some days (`ids`, `liked`), to be predicted from those before (`known`, by paper)."""

    known: dict[str, Rating]
    ids: list[str]
    liked: Array


@dataclass(frozen=True)
class Figures:
    """One recipe. AUC: likes against dislikes and other papers; NaN: not to be said."""

    recipe: str
    auc: float
    ndcg: float
    brier: float


@dataclass(frozen=True)
class Replay:
    """The figures of each recipe over `ratings` predicted ones, and how ours and the base rate did along the way."""

    figures: list[Figures]
    ratings: int
    base_brier: float
    course: list[tuple[int, float, float]]


@dataclass(frozen=True, eq=False)
class Library:
    """The papers of a replay: judged ones and others, by id in the order of the corpus's rows, with their words."""

    ids: list[str]
    judged: int
    corpus: Corpus
    bags: list[Bag]

    @property
    def others(self) -> Rows:
        return np.arange(self.judged, len(self.ids))

    @property
    def ranked_among(self) -> Rows:
        """Of the papers nobody judged, some that no recipe learns from: the likes are ranked among them."""
        return self.others[:: max(2, len(self.others) // _RANKED_AMONG)]

    @property
    def learned_from(self) -> Rows:
        return np.setdiff1d(self.others, self.ranked_among)


def is_one_day(ratings: Sequence[Rating], with_vector: set[str]) -> bool:
    """Whether all ratings that can be used are of one day."""
    return len({one.occurred_at.date() for one in ratings if one.paper_id in with_vector}) == 1


def steps_of(ratings: Sequence[Rating], with_vector: set[str]) -> Iterator[Step]:
    """The days on which ratings were given, oldest first, joined so that there are at most forty steps.

    A single day is parted by the order of its ratings.
    """
    usable = sorted((one for one in ratings if one.paper_id in with_vector), key=lambda one: one.occurred_at)
    moments = _moments(usable)
    times = sorted(set(moments))
    joined = max(1, -(-len(times) // _MOST_STEPS))
    for start in range(0, len(times), joined):
        some = set(times[start : start + joined])
        known: dict[str, Rating] = {}
        news: dict[str, Rating] = {}
        for moment, one in zip(moments, usable, strict=True):
            into = known if moment < min(some) else news if moment in some else None
            if into is not None:
                into.pop(one.paper_id, None)
                into[one.paper_id] = one
        known = {name: one for name, one in known.items() if one.label != "clear"}
        fresh = [one for one in news.values() if one.label != "clear" and one.paper_id not in known]
        if fresh:
            liked = np.array([float(one.label == "like") for one in fresh])
            yield Step(known, [one.paper_id for one in fresh], liked)


def _moments(usable: Sequence[Rating]) -> list[int]:
    """A number for the day of each rating; of a single day, for its part of the day."""
    days = [one.occurred_at.date().toordinal() for one in usable]
    if len(set(days)) > 1:
        return days
    return [number * _STEPS_OF_A_DAY // len(usable) for number in range(len(usable))]


def replay(steps: Sequence[Step], library: Library, settings: RankerSettings) -> Replay:
    """Every step predicted by every recipe. `settings` are those of ours."""
    said: dict[str, list[Array]] = {name: [] for name in (*SIMPLE, OURS)}
    marks: list[Array] = []
    chances, bases = [np.zeros(0)], [np.zeros(0)]
    course: list[tuple[int, float, float]] = []
    rows = {name: row for row, name in enumerate(library.ids)}
    vectors = library.corpus.vectors
    drawn = library.learned_from
    placer = Placer(background_of([library.ids[row] for row in drawn], vectors[drawn]))
    for step in steps:
        papers = np.array([rows[name] for name in step.ids])
        both = np.concatenate([papers, library.ranked_among])
        task = _task(step, rows, drawn, both)
        taste = _taste(step, rows, library, placer, settings)
        scores = taste.score(vectors[both], [library.bags[row] for row in both])
        if len(task.likes):
            for name, simple in SIMPLE.items():
                said[name].append(simple(library.corpus, task))
            said[OURS].append(scores)
            marks.append(np.concatenate([step.liked, np.zeros(len(both) - len(papers))]))
        base = np.full(len(papers), base_rate(np.array([float(one.label == "like") for one in step.known.values()])))
        foretold = taste.chances(scores[: len(papers)])
        bases.append(base)
        chances.append(base if foretold is None else foretold)
        liked = np.concatenate([earlier.liked for earlier in steps[: len(bases) - 1]])
        course.append((len(liked), brier(liked, np.concatenate(chances)), brier(liked, np.concatenate(bases))))
    count, ours, base_brier = course[-1] if course else (0, float("nan"), float("nan"))
    figures = [
        Figures(name, *_ranked(said[name], marks), ours if name == OURS else float("nan")) for name in (*SIMPLE, OURS)
    ]
    return Replay(figures, count, base_brier, course)


def _task(step: Step, rows: Mapping[str, int], drawn: Rows, papers: Rows) -> Task:
    likes, dislikes = (
        np.array([rows[name] for name, one in step.known.items() if one.label == label], dtype=np.intp)
        for label in ("like", "dislike")
    )
    return Task(likes, dislikes, drawn, papers)


def _taste(step: Step, rows: Mapping[str, int], library: Library, placer: Placer, settings: RankerSettings) -> Taste:
    ids = sorted(step.known)
    matrix = library.corpus.vectors
    dimension = matrix.shape[1]
    known = matrix[[rows[name] for name in ids]]
    likes, dislikes = pools_of(step.known, ids, known, dimension, settings.half_life_days)
    moment = datetime(1970, 1, 1, tzinfo=UTC)
    draft = Taste("replay", "typical", "", "", moment, likes, dislikes, empty_pool(dimension))
    bags = library.bags
    liked, disliked = ([bags[rows[name]] for name in pool.names] for pool in (likes, dislikes))
    lexicon = lexicon_of(liked, disliked, [bags[row] for row in library.learned_from[:_READ]])
    return replace(learn(draft, placer.background, settings.regression_from, placer), lexicon=lexicon)


def _ranked(said: Sequence[Array], marks: Sequence[Array]) -> tuple[float, float]:
    """Mean over steps: AUC of likes against dislikes and others, nDCG@10 among them; no like, no say."""
    steps = [(liked, scores) for liked, scores in zip(marks, said, strict=True) if liked.any()]
    if not steps:
        return float("nan"), float("nan")
    aucs = [area_under_curve(liked, scores) for liked, scores in steps]
    gains = [ndcg(liked, scores, 10) for liked, scores in steps]
    return float(np.mean(aucs)), float(np.mean(gains))
