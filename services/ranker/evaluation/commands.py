"""How accurately ratings are predicted, for the command line: in its own process, with or without a running system."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from services.ranker.evaluation.backtest import Library, Replay, is_one_day, replay, steps_of
from services.ranker.evaluation.baselines import Corpus, words_of
from services.ranker.evaluation.saved_backtest import KeptReplay, key_of
from services.ranker.learning.lexicon import bag_of_paper
from services.ranker.models.refitting import sample_vectors
from services.ranker.selection.blind_check import MissRate, audits_of, estimate_miss_rate
from services.ranker.settings import Settings
from shared.contracts import DEFAULT_USER
from shared.errors import PapersysError
from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore
from shared.store.preferences import Rating, RatingStore
from shared.store.selections import SelectionStore
from shared.store.vectors.embeddings import Vectors
from shared.store.vectors.joined_vectors import JoinedVectors, open_joined


@dataclass(frozen=True)
class Evaluation:
    """A backtest of the ratings; likes and ratings of the picks by slot; the miss rate (None: no blind check rated).

    `is_one_day`: all ratings are of one day, so each was predicted from those given before it on that day.
    """

    replay: Replay
    shown: dict[str, tuple[int, int]]
    missed: MissRate | None
    is_one_day: bool = False


def evaluate(settings: Settings, user: str = DEFAULT_USER) -> Evaluation:
    """Backtest papersys and the baselines on a user's ratings. Raises PapersysError where there are too few."""
    data = _data(settings)
    vectors = open_joined(data, list(settings.embedding.joined))
    ratings = RatingStore(data).all(user)
    ids, matrix = vectors.get(sorted({rating.paper_id for rating in ratings}))
    backtest = _replayed(settings, user, ratings, vectors, Vectors(ids, matrix))
    return Evaluation(backtest, *_seen(settings, user), is_one_day(ratings, set(ids)))


def _replayed(
    settings: Settings, user: str, ratings: Sequence[Rating], vectors: JoinedVectors, judged: Vectors
) -> Replay:
    """The backtest on the ratings; the saved one, where nothing it rests on has changed."""
    data = _data(settings)
    steps = list(steps_of(ratings, set(judged.ids)))
    if not any(step.known for step in steps):
        raise PapersysError(_what_is_missing(ratings, len(judged.ids)))
    saved, key = KeptReplay(data, user), key_of(ratings, judged.ids, vectors, settings.ranker)
    earlier = saved.get(key)
    if earlier is not None:
        return earlier
    drawn = sample_vectors(vectors, settings.ranker.random_negatives, seed=vectors.count())
    library = _library(judged, drawn, MetadataStore(data))
    with threadpool_limits(1, "blas"):  # small fits: beside other programs, two threads took ten times longer
        backtest = replay(steps, library, settings.ranker)
    saved.put(key, backtest)
    return backtest


def _library(judged: Vectors, drawn: Vectors, metadata: MetadataStore) -> Library:
    """The rated papers, then those drawn at random that have no rating."""
    rated = set(judged.ids)
    is_free = np.array([name not in rated for name in drawn.ids], dtype=bool)
    ids = judged.ids + [name for name, free in zip(drawn.ids, is_free, strict=True) if free]
    matrix = np.concatenate([judged.matrix, drawn.matrix[is_free]])
    papers = metadata.get(ids)
    words = words_of([papers[name].text if name in papers else "" for name in ids])
    return Library(ids, len(judged.ids), Corpus(matrix, words), [bag_of_paper(papers.get(name)) for name in ids])


def _what_is_missing(ratings: Sequence[Rating], with_vector: int) -> str:
    """Why nothing can be predicted."""
    rated = len({rating.paper_id for rating in ratings})
    if not rated:
        return "There are no ratings yet: rate papers with `papersys like ID`, `papersys dislike ID` or in the reader."
    if rated > 1 and with_vector < 2:
        return (
            f"Of the {rated} rated papers, {with_vector} have a vector, and two are needed: "
            "`papersys embed` embeds all harvested papers."
        )
    return "Only one rating can be used so far, and each is predicted from earlier ones: rate another paper."


def _seen(settings: Settings, user: str) -> tuple[dict[str, tuple[int, int]], MissRate | None]:
    """Of each slot, how many picks were liked and how many rated; and the miss rate from the blind checks."""
    data = _data(settings)
    selections, ratings = SelectionStore(data), RatingStore(data).current(user)
    picks = list(selections.picks(user))
    rated = [pick for pick in picks if pick.paper_id in ratings]
    shown = {
        slot: (sum(ratings[pick.paper_id].label == "like" for pick in of_slot), len(of_slot))
        for slot in sorted({pick.slot for pick in rated})
        if (of_slot := [pick for pick in rated if pick.slot == slot])
    }
    liked_picks = sum(liked for slot, (liked, _) in shown.items() if slot != "audit")
    return shown, estimate_miss_rate(audits_of(picks, ratings), liked_picks)


def _data(settings: Settings) -> DataFolder:
    return DataFolder(settings.data.path, settings.data.min_free_mb)
