"""Evaluates whether a user's signals help, from the files; the last evaluation decides where the setting is `auto`."""

import hashlib
import json
import math
from collections.abc import Callable, Sequence
from datetime import datetime

from threadpoolctl import threadpool_limits

from services.ranker.evaluation.backtest import splits_of
from services.ranker.evaluation.commands import library_of
from services.ranker.evaluation.saved_backtest import key_of
from services.ranker.evaluation.signal_comparison import SignalComparison, compare_signals, comparison_of
from services.ranker.features.history import History, past_of, read_history
from services.ranker.features.signal_use import SignalEvaluation, SignalEvaluations
from services.ranker.features.weak_signals import WEAK_SIGNALS, weak_signals
from services.ranker.models.sampling import sample_vectors
from services.ranker.settings import RankerSettings, Settings
from services.ranker.stores import RankerStores, open_stores
from shared.contracts import DEFAULT_USER, now
from shared.store.files.data_folder import DataFolder
from shared.store.people.signals import Signal
from shared.store.vectors.embeddings import Vectors
from shared.store.vectors.joined_vectors import open_joined

_METHODS = 1
"""To be raised when the comparison changes."""


def evaluate_signals(
    settings: Settings, user: str = DEFAULT_USER, clock: Callable[[], datetime] = now
) -> SignalEvaluation:
    """Compare predictions with and without signals and keep what was found, unless the settings switch signals off.

    The last evaluation is given again where nothing it rests on has changed. Raises PapersysError for a full disk.
    """
    data = DataFolder(settings.data.path, settings.data.min_free_mb)
    stores, kept = open_stores(data, open_joined(data, list(settings.embedding.joined))), SignalEvaluations(data)
    history = read_history(stores, user)
    judged = _vectors_of(stores, {rating.paper_id for rating in history.ratings})
    key = f"{key_of(history.ratings, judged.ids, stores.vectors, settings.ranker)}-{_key_of(history.signals)}"
    last = kept.get(user)
    if last is not None and last.key == key:
        return last
    with threadpool_limits(1, "blas"):  # as for the backtest
        comparison = _compared(settings.ranker, stores, history, judged)
    evaluation = evaluation_of(comparison, history, key, clock())
    if settings.ranker.use_signals != "off":
        kept.put(user, evaluation)
    return evaluation


def evaluation_of(comparison: SignalComparison, history: History, key: str, at: datetime) -> SignalEvaluation:
    """A comparison as it is kept."""
    figures = ("without", "with_signals", "gain", "low", "high")
    values = {name: getattr(comparison, name) for name in figures}
    signals = weak_signals(past_of(history, at))
    return SignalEvaluation(
        key=key,
        evaluated_at=at,
        helps=comparison.helps,
        **{name: value if comparison.is_enough and math.isfinite(value) else None for name, value in values.items()},
        ratings=comparison.ratings,
        splits=comparison.splits,
        all_ratings=len(history.ratings),
        papers={kind: len(signals[kind]) for kind in WEAK_SIGNALS},
        weights=dict(zip(WEAK_SIGNALS, comparison.weights, strict=True)),
    )


def _compared(settings: RankerSettings, stores: RankerStores, history: History, judged: Vectors) -> SignalComparison:
    splits = list(splits_of(history.ratings, set(judged.ids)))
    signals = _vectors_of(stores, {signal.paper_id for signal in history.signals})
    if not signals.ids or not any(split.train for split in splits):
        return comparison_of([])
    drawn = sample_vectors(stores.vectors, settings.random_negatives, seed=stores.vectors.count())
    papers = library_of(judged, drawn, stores.metadata, with_words=False)
    return compare_signals(splits, papers, history, signals, settings)


def _vectors_of(stores: RankerStores, paper_ids: set[str]) -> Vectors:
    return stores.vectors.get(sorted(paper_ids))


def _key_of(signals: Sequence[Signal]) -> str:
    given = [[signal.event_id, signal.paper_id, signal.kind, signal.occurred_at.isoformat()] for signal in signals]
    return hashlib.sha256(json.dumps([_METHODS, given]).encode()).hexdigest()[:16]
