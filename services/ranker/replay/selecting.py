"""Makes the selections of a user again, day by day, with the very code that makes them; writes no model.

Facets that were boosted, muted, paused or reset, follows and models that were pinned are left out, because what
stood of them on a past day is not recorded: so they must be left out of what is compared as well.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.ranker.models.files import ModelFiles
from services.ranker.models.refitting import Learner
from services.ranker.replay.days import RecordedDay
from services.ranker.replay.known_then import (
    AsOf,
    EvaluationsBefore,
    KnownMetadata,
    KnownVectors,
    RatingsBefore,
    SignalsBefore,
)
from services.ranker.seeds.seeds import Seeds
from services.ranker.selection.candidates import CandidateSelector
from services.ranker.settings import RankerSettings
from services.ranker.stores import RankerStores
from shared.store.files.data_folder import DataFolder
from shared.store.selections import Candidate, SelectionStore
from shared.store.vectors.embeddings import VectorStore

LEFT_OUT = frozenset({"audit", "follow_boost"})
"""Settings without which past days are selected again: blind checks are drawn by chance, follows are not recorded."""


@dataclass(frozen=True)
class Way:
    """One way to make selections: settings, the models' vectors, the seeds in their space.

    `also_in` restricts both ways of a comparison to papers that have the vectors of either. `per_day` papers
    are picked; None: as many as on each day.
    """

    settings: RankerSettings
    vectors: Sequence[VectorStore]
    also_in: Sequence[VectorStore]
    seeds: Seeds
    dimension: int
    per_day: int | None = None


class DayReplayer:
    """The selections of one user as one way makes them."""

    def __init__(self, way: Way, data: DataFolder, own: DataFolder, user: str) -> None:
        self._way, self._user, self._as_of = way, user, AsOf()
        self._settings = way.settings.model_copy(update=dict.fromkeys(LEFT_OUT, 0))
        vectors = KnownVectors(way.vectors, self._as_of, way.also_in)
        self._stores = RankerStores(
            vectors,
            KnownMetadata(data, self._as_of),
            RatingsBefore(data, self._as_of),
            SelectionStore(own, user),
            SignalsBefore(data, self._as_of),
        )
        files = ModelFiles(own, only_reads=True)
        files.signal_evaluations = EvaluationsBefore(data, self._as_of)
        self._learner = Learner(
            self._settings, self._stores, way.seeds, files, way.dimension, lambda: self._as_of.moment
        )

    def selections(self, days: Sequence[RecordedDay]) -> Iterator[tuple[RecordedDay, list[Candidate]]]:
        """Each day, oldest first, with its candidates as this way ranks them."""
        for recorded in days:
            self._as_of.move(recorded.moment, recorded.paper_ids)
            taste = self._learner.learn_if_stale(self._user)
            yield recorded, self._selector(recorded).select(taste, recorded.day, recorded.run_id, recorded.paper_ids)

    def _selector(self, recorded: RecordedDay) -> CandidateSelector:
        """As many picks as there were, unless this way is about their number."""
        clock, picks = (lambda: self._as_of.moment), self._way.per_day or recorded.per_day
        return CandidateSelector(self._settings, self._stores, clock, per_day=lambda user: picks)
