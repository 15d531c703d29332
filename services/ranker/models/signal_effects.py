"""Adds to a fitted taste what the user's signals say, where they are used. Signals count from the day after (UTC)."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from services.ranker.features.history import read_history
from services.ranker.features.signal_use import SignalEvaluations, are_used
from services.ranker.learning.signal_weights import day_of, learn_signal_effect, nearness_from
from services.ranker.learning.similarity import Projector
from services.ranker.learning.taste import Taste
from services.ranker.settings import RankerSettings
from services.ranker.stores import RankerStores
from shared.store.people.preferences import Rating


class SignalEffects:
    """What signals say, for each user who uses them. As long as nobody does, no signal is read."""

    def __init__(
        self,
        settings: RankerSettings,
        stores: RankerStores,
        evaluations: SignalEvaluations,
        clock: Callable[[], datetime],
    ) -> None:
        self._settings, self._stores, self._evaluations, self._clock = settings, stores, evaluations, clock

    def are_used(self, user: str) -> bool:
        setting = self._settings.use_signals
        return are_used(setting, self._evaluations.get(user) if setting == "auto" else None)

    def stamp(self, user: str) -> str:
        """Changes when the fingerprint may have; costs little. Empty where signals are not used."""
        if not self.are_used(user):
            return ""
        return f"{self._stores.signals.fingerprint(user)} {day_of(self._clock()):%Y-%m-%d}"

    def fingerprint(self, user: str) -> str:
        """Names the signals that count today; empty where they are not used."""
        if not self.are_used(user):
            return ""
        today = day_of(self._clock())
        signals = [signal for signal in self._stores.signals.all(user) if signal.occurred_at < today]
        text = "\n".join(f"{signal.event_id} {signal.paper_id} {signal.kind}" for signal in signals)
        return f"-{hashlib.sha256(text.encode()).hexdigest()[:16]}"

    def only_where_used(self, taste: Taste) -> Taste:
        """A stored taste, chosen by the user or taken back into use, without signals where they are not used now."""
        return taste if taste.signals is None or self.are_used(taste.user) else replace(taste, signals=None)

    def added(self, taste: Taste, ratings: Mapping[str, Rating], projector: Projector) -> Taste:
        """The taste with what signals add to it; the same where they are not used, or say nothing."""
        if not self.are_used(taste.user):
            return taste
        history = read_history(self._stores, taste.user)
        vectors = self._stores.vectors.get(sorted({signal.paper_id for signal in history.signals}))
        nearness_at = nearness_from(history, vectors, projector, self._settings.half_life_days)
        return replace(taste, signals=learn_signal_effect(taste, ratings, nearness_at, day_of(self._clock())))
