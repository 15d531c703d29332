"""Evaluates by itself whether signals help, so that `auto` needs nobody: for each user, once many new ratings came."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from services.ranker.evaluation.signal_comparison import LEAST_RATINGS
from services.ranker.evaluation.signal_evaluation import evaluate_signals
from services.ranker.features.signal_use import SignalEvaluation, SignalEvaluations, use_sentence
from services.ranker.settings import Settings
from shared.store.files.data_folder import DataFolder
from shared.store.people.preferences import RatingStore
from shared.store.people.signals import SignalStore

log = logging.getLogger(__name__)

_FIRST_SECONDS = 600.0
_CHECK_SECONDS = 3_600.0
_AT_MOST_EVERY = timedelta(days=1)
_GREW = 1.1


class SignalWatch:
    """Reads ratings and signals; writes evaluations."""

    def __init__(
        self,
        settings: Settings,
        data: DataFolder,
        clock: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._settings, self._clock, self._sleep = settings, clock, sleep
        self._ratings, self._signals, self._evaluations = RatingStore(data), SignalStore(data), SignalEvaluations(data)

    async def run(self) -> None:
        """Look some minutes after the start, when there is less to do, and hourly, until cancelled."""
        await self._sleep(_FIRST_SECONDS)
        while True:
            for user in await asyncio.to_thread(self.due):
                await asyncio.to_thread(self._evaluate, user)
            await self._sleep(_CHECK_SECONDS)

    def _evaluate(self, user: str) -> None:
        """A failure of one user's holds up nobody else; it is tried again in an hour."""
        facts = {"action": "signals_evaluated", "user": user}
        try:
            evaluation = evaluate_signals(self._settings, user, self._clock)
        except Exception as error:
            log.warning("Whether signals help could not be evaluated: %s", error, extra=facts, exc_info=True)
        else:
            log.info("%s", use_sentence(self._settings.ranker.use_signals, evaluation), extra=facts)

    def due(self) -> list[str]:
        """Whose signals are to be evaluated now."""
        if self._settings.ranker.use_signals != "auto":
            return []
        users = sorted(self._signals.users() & self._ratings.users())
        return [user for user in users if self._is_due(user)]

    def _is_due(self, user: str) -> bool:
        return is_due(self._evaluations.get(user), len(self._ratings.all(user)), self._clock())


def is_due(last: SignalEvaluation | None, ratings: int, moment: datetime) -> bool:
    """Whether a tenth more ratings came since the last evaluation, a day ago or longer; the first needs some."""
    if last is None:
        return ratings >= LEAST_RATINGS
    return ratings >= _GREW * last.all_ratings and moment - last.evaluated_at >= _AT_MOST_EVERY
