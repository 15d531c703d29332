"""The records that the ranker reads."""

from dataclasses import dataclass

from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore
from shared.store.people.preferences import RatingStore
from shared.store.people.signals import SignalStore
from shared.store.selections import SelectionStore
from shared.store.vectors.joined_vectors import JoinedVectors


@dataclass(frozen=True)
class RankerStores:
    """Vectors, papers, ratings, selections, and what was saved, skipped or opened."""

    vectors: JoinedVectors
    metadata: MetadataStore
    ratings: RatingStore
    selections: SelectionStore
    signals: SignalStore


def open_stores(data: DataFolder, vectors: JoinedVectors) -> RankerStores:
    """Stores of one's own over shared vectors: who has these waits for nobody else's reading."""
    return RankerStores(vectors, MetadataStore(data), RatingStore(data), SelectionStore(data), SignalStore(data))
