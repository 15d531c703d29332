"""What a user did with papers short of rating them: each paper once, by what says most. Pure.

A rating says more than any of it, so a paper that has one does not count here.
"""

import math
from collections import defaultdict
from collections.abc import Iterable
from typing import Literal, get_args

import numpy as np

from services.ranker.features.history import Past
from services.ranker.learning.similarity import Pool, empty_pool
from shared.store.people.signals import Signal
from shared.store.vectors.embeddings import Vectors

WeakSignal = Literal["saved", "skipped", "opened"]
WEAK_SIGNALS: tuple[WeakSignal, ...] = get_args(WeakSignal)

_READING = ("open", "click", "read")
_SECONDS_A_DAY = 86_400
_MOST_STRENGTH = 5.0


def weak_signals(past: Past) -> dict[WeakSignal, dict[str, Signal]]:
    """The papers that stand saved, else skipped, else opened, with the newest signal of each."""
    found: dict[WeakSignal, dict[str, Signal]] = {}
    standing = (past.standing("save"), past.standing("skip"), _opened(past))
    taken = set(past.ratings)
    for kind, signals in zip(WEAK_SIGNALS, standing, strict=True):
        found[kind] = {name: signal for name, signal in signals.items() if name not in taken}
        taken |= set(signals)
    return found


def strengths(signals: Iterable[Signal]) -> dict[str, float]:
    """How much opening each paper says: 1, with a click 1 more, and more with the minutes over it, up to 5."""
    clicked, seconds = set[str](), defaultdict[str, float](float)
    for signal in signals:
        kind: str = signal.kind
        seconds[signal.paper_id] += _seconds(signal) if kind == "read" else 0.0
        clicked |= {signal.paper_id} if kind == "click" else set()
    return {
        name: min(1 + (name in clicked) + math.log2(1 + spent / 60), _MOST_STRENGTH) for name, spent in seconds.items()
    }


def signal_pools(past: Past, vectors: Vectors, dimension: int, half_life_days: float) -> dict[WeakSignal, Pool]:
    """The papers of each kind that have a vector; as ratings do, signals fade with their age."""
    rows, strength = {name: row for row, name in enumerate(vectors.ids)}, strengths(past.signals)
    pools: dict[WeakSignal, Pool] = {}
    for kind, signals in weak_signals(past).items():
        known = [signal for name, signal in signals.items() if name in rows]
        names = tuple(signal.paper_id for signal in known)
        ages = np.array([(past.moment - signal.occurred_at).total_seconds() / _SECONDS_A_DAY for signal in known])
        says = np.array([strength[name] if kind == "opened" else 1.0 for name in names])
        matrix = vectors.matrix[[rows[name] for name in names]]
        pools[kind] = Pool(names, matrix, says * 0.5 ** (ages / half_life_days)) if names else empty_pool(dimension)
    return pools


def _opened(past: Past) -> dict[str, Signal]:
    """The papers that were opened and not marked as unread since."""
    unread = past.standing("unopen")
    newest = {signal.paper_id: signal for signal in past.signals if signal.kind in _READING}
    return {
        name: signal
        for name, signal in newest.items()
        if name not in unread or unread[name].occurred_at < signal.occurred_at
    }


def _seconds(signal: Signal) -> float:
    """The time with the text, where a signal has one."""
    return signal.value if math.isfinite(signal.value) and signal.value > 0 else 0.0
