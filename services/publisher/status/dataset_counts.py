"""How many records each dataset holds, and the last harvest."""

import threading

from shared.store.counts import Counts
from shared.store.files.data_folder import DataFolder
from shared.store.links import LinkStore
from shared.store.papers.metadata import MetadataStore
from shared.store.people.preferences import RatingStore
from shared.store.runs import HarvestRun, RunStore
from shared.store.selections import SelectionStore
from shared.store.summaries import SummaryStore
from shared.store.tagging.tags import TagStore
from shared.store.vectors.embeddings import VectorStore


class DatasetCounts:
    """Counts by dataset. Has stores of its own, so that counting holds up no page."""

    def __init__(self, data: DataFolder, model: str) -> None:
        self._lock = threading.Lock()
        self._metadata = MetadataStore(data)
        self._vectors = VectorStore(data, model)
        self._ratings = RatingStore(data)
        self._selections = SelectionStore(data)
        self._summaries = SummaryStore(data)
        self._links = LinkStore(data)
        self._tags = TagStore(data)
        self._runs = RunStore(data)

    def counts(self) -> Counts:
        with self._lock:
            index = self._tags.index()
            tags = {tag for summary in self._summaries.all() for tag in index.shown(summary.tags, summary.raw_tags)}
            return {
                "papers": self._metadata.count(),
                "vectors": self._vectors.count(),
                "ratings": self._ratings.count(),
                "days": len(self._selections.days()),
                "summaries": self._summaries.count(),
                "tags": len(tags),
                "links": self._links.count(),
            }

    def last_run(self) -> HarvestRun | None:
        return self._runs.latest()
