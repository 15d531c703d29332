"""Keeps each user's taste up to date with the ratings, without holding up anything else."""

import asyncio
import contextlib
import logging
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from services.ranker.facets.pauses import FacetPauses
from services.ranker.learning.similarity import empty_pool
from services.ranker.learning.taste import Taste, fingerprint_of
from services.ranker.models.files import ModelFiles
from services.ranker.models.fitting import Fitting
from services.ranker.models.signal_effects import SignalEffects
from services.ranker.seeds.seeds import Seeds
from services.ranker.settings import RankerSettings
from services.ranker.stores import RankerStores
from shared.contracts import DEFAULT_USER
from shared.store.people.preferences import Rating

log = logging.getLogger(__name__)

DEBOUNCE_SECONDS = 0.3
CHECK_SECONDS = 2.0
_TASTES_IN_MEMORY = 32


@dataclass(frozen=True)
class _Seen:
    """What was looked at when a taste was last found to be up to date."""

    ratings: str
    vectors: tuple[str, int]
    seeds: tuple[str, ...]
    stamp: int
    signals: str
    pauses: tuple[object, ...]


class Learner:
    """The tastes of all users. `on_refit` is called with each new one."""

    def __init__(
        self,
        settings: RankerSettings,
        stores: RankerStores,
        seeds: Seeds,
        files: ModelFiles,
        default_dimension: int,
        clock: Callable[[], datetime],
        on_refit: Callable[[Taste], None] = lambda taste: None,
        pauses: FacetPauses | None = None,
    ) -> None:
        self._ratings, self._pauses = stores.ratings, pauses
        self._vectors = stores.vectors
        self._signals = SignalEffects(settings, stores, files.signal_evaluations, clock)
        self._seeds, self._files, self._default_dimension = seeds, files, default_dimension
        self._fitting = Fitting(settings, stores, files, self._signals, clock, on_refit)
        self._tastes: OrderedDict[str, Taste] = OrderedDict()
        self._seen: dict[str, _Seen] = {}
        self._followed: dict[str, str] = {}
        self._lock = asyncio.Lock()
        self._woken = asyncio.Event()

    @property
    def dimension(self) -> int:
        """Of the stored vectors; before there are any, of the models in the settings."""
        return self._vectors.dimension or self._default_dimension

    @property
    def ready(self) -> bool:
        """Whether all seeds are there that a good selection needs."""
        return self._seeds.complete

    async def current(self, user: str = DEFAULT_USER) -> Taste:
        """The user's taste as of now, learned again where ratings, seeds or vectors changed."""
        async with self._lock:
            return await asyncio.to_thread(self.learn_if_stale, user)

    def notice(self) -> None:
        """Ratings may have changed: look soon."""
        self._woken.set()

    async def watch(self) -> None:
        """Follow the ratings until cancelled: soon after a notice, and by itself every two seconds."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(CHECK_SECONDS):
                    await self._woken.wait()
                await asyncio.sleep(DEBOUNCE_SECONDS)
            self._woken.clear()
            await self._follow()

    def learn_if_stale(self, user: str) -> Taste:
        """As `current`, blocking, with the seeds encoded so far."""
        dimension = self.dimension
        seeds = self._seeds.pool(dimension) if user == DEFAULT_USER else empty_pool(dimension)
        stamp, made_by = self._files.stamp(user), self._vectors.made_by
        looked_at = (
            (made_by, self._vectors.count()),
            seeds.names,
            stamp,
            self._signals.stamp(user),
            self._pause_stamp(user),
        )
        seen = _Seen(self._ratings.fingerprint(user), *looked_at)
        taste = self._tastes.get(user) if self._seen.get(user, seen).stamp == seen.stamp else None
        if taste is not None and self._seen.get(user) == seen and taste.dimension == dimension:
            self._tastes.move_to_end(user)
            return taste
        taste = taste or self._files.load(user, dimension)
        ratings = self._counted(user)
        fingerprint = fingerprint_of(ratings.values(), seeds.names, f"{self._vectors.alias} {made_by}", dimension)
        fingerprint += self._signals.fingerprint(user)
        if taste is not None and self._files.pinned(user) and taste.model == self._vectors.alias:
            pass
        elif taste is None or taste.fingerprint != fingerprint or self._fitting.is_outgrown(taste):
            is_whole = not (self._pauses and self._pauses.leaves_out_any(user, self._ratings.current(user)))
            taste = self._fitting.fit(user, ratings, seeds, fingerprint, dimension, is_whole=is_whole)
        self._remember(user, taste := self._signals.only_where_used(taste))
        self._seen[user] = replace(seen, stamp=self._files.stamp(user))
        return taste

    def _counted(self, user: str) -> dict[str, Rating]:
        """A user's ratings, without the likes of facets that are paused or were reset."""
        ratings = self._ratings.current(user)
        return self._pauses.counted(user, ratings) if self._pauses else ratings

    def _pause_stamp(self, user: str) -> tuple[object, ...]:
        return self._pauses.stamp(user) if self._pauses else ()

    def _remember(self, user: str, taste: Taste) -> None:
        """Keep the tastes that were used last; those of others lie on the disk."""
        self._tastes[user] = taste
        self._tastes.move_to_end(user)
        while len(self._tastes) > _TASTES_IN_MEMORY:
            self._tastes.popitem(last=False)

    async def _follow(self) -> None:
        """A failure of one user's holds up nobody else."""
        failures = 0
        try:
            for user in await asyncio.to_thread(self._users):
                failures += not await self._follows(user)
        except Exception as error:
            _log_failure(error)
            failures += 1
        if failures:
            await asyncio.sleep(CHECK_SECONDS)

    async def _follows(self, user: str) -> bool:
        try:
            await self.current(user)
        except Exception as error:
            _log_failure(error)
            return False
        return True

    def _users(self) -> list[str]:
        """Whose model is looked after by itself: the owner's, and those of others when their ratings changed. The rest
        are learned again when they are asked for."""
        stamps = {user: self._ratings.fingerprint(user) for user in self._ratings.users() - {DEFAULT_USER}}
        changed = sorted(user for user, stamp in stamps.items() if self._followed.get(user) != stamp)
        self._followed = stamps
        return [DEFAULT_USER, *changed]

    def with_and_without(self, taste: Taste, paper_id: str) -> tuple[Taste, Taste]:
        """A taste, and the one without a rating, its words and age included. Blocks."""
        return self._fitting.with_and_without(taste, self._counted(taste.user), paper_id)


def _log_failure(error: Exception) -> None:
    log.warning("Could not learn from the ratings: %s", error, extra={"action": "refit_failed"}, exc_info=True)
