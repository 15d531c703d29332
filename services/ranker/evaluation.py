"""Replays the owner's verdicts in time order: what each recipe would have said of a paper before its verdict. Pure.

A verdict is predicted from verdicts of earlier days only: those of its own day are known to nobody yet.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from services.ranker.background import Background
from services.ranker.calibration import base_rate
from services.ranker.logistic import fit_logistic
from services.ranker.measures import area_under_curve, brier, ndcg
from services.ranker.similarity import Array, Placer, empty_pool
from services.ranker.taste import Taste, learn, pools_of, to_score
from shared.store.embeddings import Matrix
from shared.store.preferences import Verdict

OURS = "papersys"
_MOST_STEPS = 40
_OTHERS = 500


@dataclass(frozen=True, eq=False)
class Step:
    """Verdicts of some days (`ids`, `liked`), to be predicted from those before (`known`, by paper)."""

    known: dict[str, Verdict]
    ids: list[str]
    liked: Array


@dataclass(frozen=True)
class Figures:
    """One recipe. AUC: likes against dislikes, or against other papers where there are none; NaN: not to be said."""

    recipe: str
    auc: float
    ndcg: float
    brier: float


@dataclass(frozen=True)
class Replay:
    """The figures of each recipe over `verdicts` predicted ones, and how ours and the base rate did along the way."""

    figures: list[Figures]
    verdicts: int
    base_brier: float
    course: list[tuple[int, float, float]]


Recipe = Callable[[Matrix, Matrix, Matrix, Matrix], Array]


def steps_of(verdicts: Sequence[Verdict], with_vector: set[str]) -> Iterator[Step]:
    """The days on which verdicts were given, oldest first, joined so that there are at most forty steps."""
    usable = [one for one in verdicts if one.paper_id in with_vector]
    days = sorted({one.occurred_at.date() for one in usable})
    for start in range(0, len(days), max(1, -(-len(days) // _MOST_STEPS))):
        some = set(days[start : start + max(1, -(-len(days) // _MOST_STEPS))])
        known: dict[str, Verdict] = {}
        news: dict[str, Verdict] = {}
        for one in usable:
            into = known if one.occurred_at.date() < min(some) else news if one.occurred_at.date() in some else None
            if into is not None:
                into.pop(one.paper_id, None)
                into[one.paper_id] = one
        known = {name: one for name, one in known.items() if one.label != "clear"}
        fresh = [one for one in news.values() if one.label != "clear" and one.paper_id not in known]
        if fresh:
            liked = np.array([float(one.label == "like") for one in fresh])
            yield Step(known, [one.paper_id for one in fresh], liked)


def replay(
    steps: Sequence[Step],
    vectors: dict[str, Matrix],
    background: Background,
    others: Matrix,
    regression_from: int,
    half_life_days: float,
) -> Replay:
    """Every step predicted by every recipe. `others` (m x d) are papers nobody judged, to rank the likes among."""
    said: dict[str, list[tuple[Array, Array]]] = {name: [] for name in (*SIMPLE, OURS)}
    chances: list[Array] = []
    bases: list[Array] = []
    labels: list[Array] = []
    course: list[tuple[int, float, float]] = []
    placer = Placer(background)
    others = others[:_OTHERS]
    for step in steps:
        papers = np.array([vectors[name] for name in step.ids], dtype=np.float32)
        known_labels = np.array([float(one.label == "like") for one in step.known.values()])
        base = np.full(len(papers), base_rate(known_labels))
        taste = _taste(step, vectors, placer, regression_from, half_life_days)
        likes, dislikes = taste.likes.vectors, taste.dislikes.vectors
        if len(likes):
            both = np.concatenate([papers, others])
            for name, recipe in SIMPLE.items():
                found = recipe(likes, dislikes, others, both)
                said[name].append((found[: len(papers)], found[len(papers) :]))
            merits = taste.merits(both)
            said[OURS].append((merits[: len(papers)], merits[len(papers) :]))
            labels.append(step.liked)
        known_chances = taste.chances(to_score(taste.merits(papers))) if taste.regime == "regression" else None
        bases.append(base)
        chances.append(base if known_chances is None else known_chances)
        liked = np.concatenate([earlier.liked for earlier in steps[: len(bases)]])
        course.append((len(liked), brier(liked, np.concatenate(chances)), brier(liked, np.concatenate(bases))))
    everything = np.concatenate([step.liked for step in steps]) if steps else np.zeros(0)
    ours = brier(everything, np.concatenate(chances)) if chances else float("nan")
    figures = [
        Figures(name, *_ranked(said[name], labels), ours if name == OURS else float("nan")) for name in (*SIMPLE, OURS)
    ]
    base_brier = brier(everything, np.concatenate(bases)) if bases else float("nan")
    return Replay(figures, len(everything), base_brier, course)


def _taste(step: Step, vectors: dict[str, Matrix], placer: Placer, regression_from: int, half_life: float) -> Taste:
    ids = sorted(step.known)
    dimension = placer.background.middle.shape[0]
    matrix = np.array([vectors[name] for name in ids], dtype=np.float32).reshape(len(ids), dimension)
    likes, dislikes = pools_of(step.known, ids, matrix, dimension, half_life)
    moment = datetime(1970, 1, 1, tzinfo=UTC)
    draft = Taste("replay", "typical", "", "", moment, likes, dislikes, empty_pool(dimension))
    return learn(draft, placer.background, regression_from, placer)


def _ranked(said: list[tuple[Array, Array]], labels: list[Array]) -> tuple[float, float]:
    """Mean over steps: AUC of likes against dislikes and others, nDCG@10 among them; no like, no say."""
    aucs, gains = [], []
    for (papers, others), liked in zip(said, labels, strict=True):
        if liked.any():
            marks, scores = np.concatenate([liked, np.zeros(len(others))]), np.concatenate([papers, others])
            aucs.append(area_under_curve(marks, scores))
            gains.append(ndcg(marks, scores, 10))
    return (float(np.mean(aucs)), float(np.mean(gains))) if aucs else (float("nan"), float("nan"))


def mean_similarity(likes: Matrix, dislikes: Matrix, others: Matrix, papers: Matrix) -> Array:
    """As zotero-arxiv-daily has it."""
    return np.asarray((papers @ likes.T).mean(axis=1), dtype=np.float64)


def max_similarity(likes: Matrix, dislikes: Matrix, others: Matrix, papers: Matrix) -> Array:
    """The nearest like."""
    return np.asarray((papers @ likes.T).max(axis=1), dtype=np.float64)


def plain_regression(likes: Matrix, dislikes: Matrix, others: Matrix, papers: Matrix) -> Array:
    """Logistic regression on the vectors, likes against everything else, balanced."""
    rest = np.concatenate([dislikes, others])
    labels = np.concatenate([np.ones(len(likes)), np.zeros(len(rest))])
    weights = np.where(labels == 1, 0.5 / max(len(likes), 1), 0.5 / max(len(rest), 1)) * len(labels)
    fit = fit_logistic(np.concatenate([likes, rest]), labels, weights, 1.0)
    return np.asarray(papers @ fit.coefficients, dtype=np.float64)


SIMPLE: dict[str, Recipe] = {
    "mean similarity": mean_similarity,
    "max similarity": max_similarity,
    "plain regression": plain_regression,
}
