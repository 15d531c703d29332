"""How many records each dataset holds, and the last harvest."""

import threading

from services.publisher.records.records import Records
from shared.store.files.data_folder import DataFolder
from shared.store.harvests.runs import HarvestRun, RunStore
from shared.store.harvests.source_states import SourceState, SourceStates
from shared.store.keeping.counts import Counts
from shared.store.papers.links import LinkStore
from shared.store.papers.metadata import MetadataStore
from shared.store.people.preferences import RatingStore
from shared.store.selections import SelectionStore
from shared.store.vectors.embeddings import VectorStore


class DatasetCounts:
    """Counts by dataset; what pages read often has stores of its own here, so that counting holds up no page."""

    def __init__(self, data: DataFolder, model: str, records: Records) -> None:
        self._records = records
        self._lock = threading.Lock()
        self._metadata = MetadataStore(data)
        self._vectors = VectorStore(data, model)
        self._ratings = RatingStore(data)
        self._selections = SelectionStore(data)
        self._links = LinkStore(data)
        self._runs = RunStore(data)
        self._sources = SourceStates(data)

    def counts(self) -> Counts:
        with self._lock:
            return {
                "papers": self._metadata.count(),
                "vectors": self._vectors.count(),
                "ratings": self._ratings.count(),
                "days": len(self._selections.days()),
                "summaries": len(self._records.summarised_ids()),
                "tags": len(self._records.tags.counts()),
                "links": self._links.count(),
            }

    def harvests(self) -> tuple[HarvestRun | None, list[SourceState]]:
        """The last harvest of arXiv, and how other preprint servers stand."""
        return self._runs.latest(), self._sources.all()
