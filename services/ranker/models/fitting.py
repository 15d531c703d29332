"""Fits a user's taste to ratings, keeps it, and holds it back where it does worse than the one before."""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from services.ranker.features.training_examples import training_pools
from services.ranker.learning.similarity import Pool, Projector
from services.ranker.learning.taste import Taste, learn
from services.ranker.models.comparison import LATER, compare
from services.ranker.models.files import ModelFiles
from services.ranker.models.projectors import Projectors
from services.ranker.models.signal_effects import SignalEffects
from services.ranker.models.words_and_ages import WordsAndAges
from services.ranker.settings import RankerSettings
from services.ranker.stores import RankerStores
from shared.store.people.preferences import Rating

log = logging.getLogger(__name__)


class Fitting:
    """`on_refit` is called with each new taste. Blocks."""

    def __init__(
        self,
        settings: RankerSettings,
        stores: RankerStores,
        files: ModelFiles,
        signals: SignalEffects,
        clock: Callable[[], datetime],
        on_refit: Callable[[Taste], None],
    ) -> None:
        self._settings, self._vectors, self._files = settings, stores.vectors, files
        self._signals, self._clock, self._on_refit = signals, clock, on_refit
        self._projectors = Projectors(stores.vectors, settings.random_negatives)
        self._words_and_ages = WordsAndAges(stores.metadata)
        self._reference: Taste | None = None

    def is_outgrown(self, taste: Taste) -> bool:
        """Whether vectors came that a taste lacks: of papers with a rating, or many more to draw others from."""
        if taste.missing and self._vectors.has(taste.missing):
            return True
        return self._projectors.is_outgrown(taste.sampled, taste.corpus)

    def fit(
        self, user: str, ratings: Mapping[str, Rating], seeds: Pool, fingerprint: str, dimension: int, *, is_whole: bool
    ) -> Taste:
        """Learn a taste and keep it. The older one is returned where the new one is worse on later ratings.

        `is_whole`: no likes were left out of `ratings`; otherwise older models may know likes that do not count now.
        """
        started = time.perf_counter()
        ids, matrix = self._vectors.get(sorted(ratings))
        likes, dislikes = training_pools(ratings, ids, matrix, dimension, self._settings.half_life_days)
        projector = self._projectors.of(dimension)
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
            corpus=self._projectors.corpus,
        )
        taste = learn(draft, projector.background, self._settings.regression_from, projector)
        taste = self._completed(taste, ratings, projector)
        milliseconds = (time.perf_counter() - started) * 1000
        self._on_refit(taste)
        _log_refit(taste, milliseconds)
        older = self._older(user, taste) if is_whole else None
        comparison = compare(older, taste) if older is not None else None
        if older is None or comparison is None or not comparison.is_worse:
            self._files.save(taste, milliseconds)
            return taste
        log.warning("A new model is held back: %s.", comparison, extra={"action": "model_held_back", "user": user})
        self._files.save(taste, milliseconds, use=False, note=str(comparison))
        self._files.use(user, older.model_id, pin=False)
        return older

    def with_and_without(self, taste: Taste, ratings: Mapping[str, Rating], paper_id: str) -> tuple[Taste, Taste]:
        """A taste, and the one without a rating, its words and age included. Blocks.

        Both are fitted against the papers of today, so that they differ by the rating alone.
        """
        less = replace(taste, likes=taste.likes.without(paper_id), dislikes=taste.dislikes.without(paper_id))
        other = learn(less, taste.background, self._settings.regression_from)
        rest = {name: rating for name, rating in ratings.items() if name != paper_id}
        projector = Projector(taste.background)
        return self._completed(taste, ratings, projector), self._completed(other, rest, projector)

    def _completed(self, taste: Taste, ratings: Mapping[str, Rating], projector: Projector) -> Taste:
        """The same with words, ages and signals."""
        return self._signals.added(self._words_and_ages.added(taste, ratings), ratings, projector)

    def _older(self, user: str, taste: Taste) -> Taste | None:
        """The newest kept model that lacks enough of the ratings to be compared with."""
        if taste.ratings < regression_floor(self._settings.regression_from):
            return None
        for record in self._files.list(user):
            facts = record.facts
            alike = facts.get("made_by") == taste.made_by and facts["dimension"] == taste.dimension
            if alike and record.state != "held back" and facts["ratings"] <= taste.ratings - LATER:
                reference = self._reference
                if reference is None or reference.model_id != record.model_id:
                    reference = self._reference = self._files.load(user, taste.dimension, record.model_id)
                return reference
        return None


def regression_floor(regression_from: int) -> int:
    """Below so many ratings the newest model is always used: it knows most."""
    return regression_from + LATER


def _log_refit(taste: Taste, milliseconds: float) -> None:
    without = f"; {len(taste.missing)} more have no vector yet" if taste.missing else ""
    facts = {"action": "refit", "user": taste.user, "ratings": taste.ratings, "regime": taste.regime}
    text = f"Learned from {taste.ratings} ratings{without}."
    log.info(text, extra={**facts, "milliseconds": round(milliseconds, 1)})
