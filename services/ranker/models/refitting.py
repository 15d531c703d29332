"""Keeps each user's taste up to date with the ratings, without holding up anything else."""

import asyncio
import contextlib
import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from services.ranker.facets.pauses import FacetPauses
from services.ranker.features.paper_ages import days_between
from services.ranker.features.training_examples import training_pools
from services.ranker.learning.background_papers import background_of
from services.ranker.learning.lexicon import Bag, Lexicon, bag_of_paper, lexicon_of
from services.ranker.learning.recency_effect import RecencyEffect, fit_recency_effect
from services.ranker.learning.similarity import Pool, Projector, empty_pool
from services.ranker.learning.taste import Taste, fingerprint_of, learn
from services.ranker.models.comparison import LATER, compare
from services.ranker.models.files import ModelFiles
from services.ranker.models.sampling import sample_vectors
from services.ranker.models.signal_effects import SignalEffects
from services.ranker.seeds.seeds import Seeds
from services.ranker.settings import RankerSettings
from services.ranker.stores import RankerStores
from shared.contracts import DEFAULT_USER
from shared.store.people.preferences import Rating

log = logging.getLogger(__name__)

DEBOUNCE_SECONDS = 0.3
CHECK_SECONDS = 2.0
_SMALL_CORPUS_GREW = 2
_CORPUS_GREW = 1.25
_READ = 2000
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
        self._settings, self._ratings, self._pauses = settings, stores.ratings, pauses
        self._vectors, self._metadata = stores.vectors, stores.metadata
        self._signals = SignalEffects(settings, stores, files.signal_evaluations, clock)
        self._seeds, self._files, self._default_dimension = seeds, files, default_dimension
        self._clock, self._on_refit = clock, on_refit
        self._tastes: OrderedDict[str, Taste] = OrderedDict()
        self._seen: dict[str, _Seen] = {}
        self._followed: dict[str, str] = {}
        self._projector: Projector | None = None
        self._corpus, self._projected_by = 0, ""
        self._reference: Taste | None = None
        self._bags: dict[str, Bag] = {}
        self._ordinary: list[Bag] = []
        self._published: dict[str, datetime | None] = {}
        self._months: list[str] = []
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
        elif taste is None or taste.fingerprint != fingerprint or self._outgrown(taste):
            taste = self._refit(user, ratings, seeds, fingerprint, dimension)
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

    def _outgrown(self, taste: Taste) -> bool:
        """Whether vectors came that a taste lacks: of papers with a rating, or many more to draw others from."""
        if taste.missing and self._vectors.has(taste.missing):
            return True
        few = taste.sampled < self._settings.random_negatives
        return self._vectors.count() >= (_SMALL_CORPUS_GREW if few else _CORPUS_GREW) * max(taste.corpus, 1)

    def _refit(self, user: str, ratings: dict[str, Rating], seeds: Pool, fingerprint: str, dimension: int) -> Taste:
        started = time.perf_counter()
        ids, matrix = self._vectors.get(sorted(ratings))
        likes, dislikes = training_pools(ratings, ids, matrix, dimension, self._settings.half_life_days)
        projector = self._projector_of(dimension)
        draft = Taste(
            user=user,
            regime="typical",
            model=self._vectors.alias,
            made_by=self._vectors.made_by,
            fingerprint=fingerprint,
            fitted_at=self._clock(),
            likes=likes,
            dislikes=dislikes,
            seeds=seeds,
            missing=tuple(sorted(set(ratings) - set(ids))),
            corpus=self._corpus,
        )
        taste = learn(draft, projector.background, self._settings.regression_from, projector)
        taste = self._signals.added(self._with_words_and_age(taste, ratings), ratings, projector)
        milliseconds = (time.perf_counter() - started) * 1000
        self._on_refit(taste)
        _log_refit(taste, milliseconds)
        older = self._older(user, taste)
        comparison = compare(older, taste) if older is not None else None
        if older is None or comparison is None or not comparison.is_worse:
            self._files.save(taste, milliseconds)
            return taste
        log.warning("A new model is held back: %s.", comparison, extra={"action": "model_held_back", "user": user})
        self._files.save(taste, milliseconds, use=False, note=str(comparison))
        self._files.use(user, older.model_id, pin=False)
        return older

    def with_and_without(self, taste: Taste, paper_id: str) -> tuple[Taste, Taste]:
        """A taste, and the one without a rating, its words and age included. Blocks.

        Both are fitted against the papers of today, so that they differ by the rating alone.
        """
        ratings = self._counted(taste.user)
        less = replace(taste, likes=taste.likes.without(paper_id), dislikes=taste.dislikes.without(paper_id))
        other = learn(less, taste.background, self._settings.regression_from)
        rest = {name: rating for name, rating in ratings.items() if name != paper_id}
        projector = Projector(taste.background)
        both = (self._with_words_and_age(taste, ratings), ratings), (self._with_words_and_age(other, rest), rest)
        before, after = (self._signals.added(fitted, given, projector) for fitted, given in both)
        return before, after

    def _with_words_and_age(self, taste: Taste, ratings: dict[str, Rating]) -> Taste:
        """The same with the words and the ages of what was judged."""
        return replace(taste, lexicon=self._lexicon(taste), age=self._age(taste, ratings))

    def _lexicon(self, taste: Taste) -> Lexicon | None:
        """The words of what was judged against those of the newest papers; each paper is read once."""
        judged = (*taste.likes.names, *taste.dislikes.names)
        fresh = [name for name in judged if name not in self._bags]
        papers = self._metadata.get(fresh)
        self._bags |= {name: bag_of_paper(papers.get(name)) for name in fresh}
        self._published |= {name: paper.published_at for name, paper in papers.items()}
        newest = self._metadata.months()[-2:]
        if len(taste.likes) and newest != self._months:
            recent = [paper_id for month in newest for paper_id in self._metadata.rows(month)]
            drawn = self._metadata.get(recent[:: max(1, len(recent) // _READ)][:_READ])
            self._ordinary = [bag_of_paper(paper) for paper in drawn.values()]
            self._months = newest
        liked, disliked = ([self._bags[name] for name in pool.names] for pool in (taste.likes, taste.dislikes))
        return lexicon_of(liked, disliked, self._ordinary)

    def _age(self, taste: Taste, ratings: dict[str, Rating]) -> RecencyEffect | None:
        """The effect of the papers' ages when rated; the lexicon has read their dates."""
        named = [[name for name in pool.names if name in ratings] for pool in (taste.likes, taste.dislikes)]
        return fit_recency_effect(
            *(
                days_between([self._published.get(n) for n in names], [ratings[n].occurred_at for n in names])
                for names in named
            )
        )

    def _older(self, user: str, taste: Taste) -> Taste | None:
        """The newest kept model that lacks enough of the ratings to be compared with."""
        if taste.ratings < regression_floor(self._settings.regression_from):
            return None
        if self._pauses and self._pauses.leaves_out_any(user, self._ratings.current(user)):
            return None  # older models may know likes that do not count now
        for record in self._files.list(user):
            facts = record.facts
            alike = facts.get("made_by") == taste.made_by and facts["dimension"] == taste.dimension
            if alike and record.state != "held back" and facts["ratings"] <= taste.ratings - LATER:
                reference = self._reference
                if reference is None or reference.model_id != record.model_id:
                    reference = self._reference = self._files.load(user, taste.dimension, record.model_id)
                return reference
        return None

    def _projector_of(self, dimension: int) -> Projector:
        """The background of all users' tastes: drawn once, and again when the corpus has grown."""
        projector = self._projector
        count = self._vectors.count()
        few = projector is not None and len(projector.background) < self._settings.random_negatives
        limit = (_SMALL_CORPUS_GREW if few else _CORPUS_GREW) * max(self._corpus, 1)
        made_by = self._vectors.made_by
        is_fit = (
            projector is not None and projector.background.mean.shape == (dimension,) and self._projected_by == made_by
        )
        if projector is None or not is_fit or count >= limit:
            ids, matrix = sample_vectors(self._vectors, self._settings.random_negatives, seed=count)
            usable = matrix if len(ids) else np.empty((0, dimension), np.float32)
            projector = self._projector = Projector(background_of(ids, usable))
            self._corpus, self._projected_by = count, made_by
        return projector


def regression_floor(regression_from: int) -> int:
    """Below so many ratings the newest model is always used: it knows most."""
    return regression_from + LATER


def _log_failure(error: Exception) -> None:
    log.warning("Could not learn from the ratings: %s", error, extra={"action": "refit_failed"}, exc_info=True)


def _log_refit(taste: Taste, milliseconds: float) -> None:
    without = f"; {len(taste.missing)} more have no vector yet" if taste.missing else ""
    facts = {"action": "refit", "user": taste.user, "ratings": taste.ratings, "regime": taste.regime}
    text = f"Learned from {taste.ratings} ratings{without}."
    log.info(text, extra={**facts, "milliseconds": round(milliseconds, 1)})
