"""How well ratings are predicted, as the command line asks it, in its own process: no running system is needed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from services.ranker.evaluation.backtest import Backtest, BacktestPapers, is_one_day, run_backtest, splits_of
from services.ranker.evaluation.baselines import Corpus, words_of
from services.ranker.evaluation.saved_backtest import SavedBacktest, key_of
from services.ranker.features.signal_use import SignalEvaluations, use_sentence
from services.ranker.learning.lexicon import bag_of_paper
from services.ranker.models.sampling import sample_vectors
from services.ranker.selection.blind_check import MissRate, blind_checks_of, estimate_miss_rate
from services.ranker.settings import Settings
from shared.contracts import DEFAULT_USER
from shared.errors import PapersysError
from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore
from shared.store.people.preferences import Rating, RatingStore
from shared.store.selections import SelectionStore
from shared.store.vectors.embeddings import Vectors
from shared.store.vectors.joined_vectors import JoinedVectors, open_joined


@dataclass(frozen=True)
class Evaluation:
    """A backtest of the ratings, the precision of picks by slot, what is missed (None: no blind check answered).

    `is_one_day`: all ratings are of one day, so each was predicted from those given before it on that day.
    """

    backtest: Backtest
    shown: dict[str, tuple[int, int]]
    missed: MissRate | None
    is_one_day: bool = False


def evaluate(settings: Settings, user: str = DEFAULT_USER) -> Evaluation:
    """Backtest the ratings in time order against the baselines. Raises PapersysError where there are too few."""
    data = _data(settings)
    vectors = open_joined(data, list(settings.embedding.joined))
    ratings = RatingStore(data).all(user)
    ids, matrix = vectors.get(sorted({rating.paper_id for rating in ratings}))
    backtest = _backtested(settings, user, ratings, vectors, Vectors(ids, matrix))
    return Evaluation(backtest, *_seen(settings, user), is_one_day(ratings, set(ids)))


def _backtested(
    settings: Settings, user: str, ratings: Sequence[Rating], vectors: JoinedVectors, judged: Vectors
) -> Backtest:
    """The backtest of the ratings; the saved one, where nothing it depends on has changed."""
    data = _data(settings)
    splits = list(splits_of(ratings, set(judged.ids)))
    if not any(split.train for split in splits):
        raise PapersysError(_what_is_missing(ratings, len(judged.ids)))
    kept, key = SavedBacktest(data, user), key_of(ratings, judged.ids, vectors, settings.ranker)
    saved = kept.get(key)
    if saved is not None:
        return saved
    drawn = sample_vectors(vectors, settings.ranker.random_negatives, seed=vectors.count())
    library = library_of(judged, drawn, MetadataStore(data))
    with threadpool_limits(1, "blas"):  # small fits: beside other programs, two threads took ten times longer
        backtest = run_backtest(splits, library, settings.ranker)
    kept.put(key, backtest)
    return backtest


def library_of(judged: Vectors, drawn: Vectors, metadata: MetadataStore, *, with_words: bool = True) -> BacktestPapers:
    """The judged papers, then those drawn at random that nobody judged; the baselines need `with_words`."""
    rated = set(judged.ids)
    is_free = np.array([name not in rated for name in drawn.ids], dtype=bool)
    ids = judged.ids + [name for name, free in zip(drawn.ids, is_free, strict=True) if free]
    matrix = np.concatenate([judged.matrix, drawn.matrix[is_free]])
    papers = metadata.get(ids)
    words = words_of([papers[name].text if with_words and name in papers else "" for name in ids])
    return BacktestPapers(ids, len(judged.ids), Corpus(matrix, words), [bag_of_paper(papers.get(name)) for name in ids])


def _what_is_missing(ratings: Sequence[Rating], with_vector: int) -> str:
    """Why nothing can be predicted."""
    judged = len({rating.paper_id for rating in ratings})
    if not judged:
        return "There are no ratings yet: rate papers with `papersys like ID`, `dislike ID` or in the reader."
    if judged > 1 and with_vector < 2:
        return (
            f"Of the {judged} rated papers, {with_vector} have a vector, and two are needed: "
            "`papersys embed` embeds all harvested papers."
        )
    return "There is one rating that counts; the second can be predicted from the first, so judge another paper."


def _seen(settings: Settings, user: str) -> tuple[dict[str, tuple[int, int]], MissRate | None]:
    """Of each slot, how many picks were liked and how many judged; and the miss rate from the audits."""
    data = _data(settings)
    selections, ratings = SelectionStore(data), RatingStore(data).current(user)
    picks = list(selections.picks(user))
    labels: dict[str, list[str]] = {}
    for pick in picks:
        if pick.paper_id in ratings:
            labels.setdefault(pick.slot, []).append(ratings[pick.paper_id].label)
    shown = {slot: (labels[slot].count("like"), len(labels[slot])) for slot in sorted(labels)}
    likes_shown = sum(liked for slot, (liked, _) in shown.items() if slot != "audit")
    return shown, estimate_miss_rate(blind_checks_of(picks, ratings), likes_shown)


def about_signals(settings: Settings, user: str = DEFAULT_USER) -> str:
    """Whether saves, skips and opens change the picks, and what the last evaluation of that found."""
    return use_sentence(settings.ranker.use_signals, SignalEvaluations(_data(settings)).get(user))


def _data(settings: Settings) -> DataFolder:
    return DataFolder(settings.data.path, settings.data.min_free_mb)
