"""A small index in memory, to ask the same of papers that arrive as of those that are stored."""

from collections.abc import Iterable, Sequence

from services.ranker.search.index.index_query import passing_query
from services.ranker.search.index.paper_documents import Entry, document_of, numbers_of, open_index
from services.ranker.search.query.filters import Filters
from shared.store.papers.metadata import Paper

_HEAP_BYTES = 16_000_000


class MemoryIndex:
    """Papers that can be asked. Their texts are not kept."""

    def __init__(self) -> None:
        self._index = open_index()
        self._ids: dict[int, str] = {}
        self._known: set[str] = set()

    def __len__(self) -> int:
        return len(self._known)

    def missing(self, paper_ids: Sequence[str]) -> list[str]:
        """Those of these papers that cannot be asked yet."""
        return [paper_id for paper_id in paper_ids if paper_id not in self._known]

    def add(self, papers: Iterable[Paper]) -> None:
        entries = [Entry(paper, "", 0) for paper in papers]
        numbers = numbers_of([entry.paper.paper_id for entry in entries]).tolist()
        writer = self._index.writer(_HEAP_BYTES, num_threads=1)
        for entry, number in zip(entries, numbers, strict=True):
            writer.add_document(document_of(entry, number))
            self._ids[number] = entry.paper.paper_id
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self._known |= {entry.paper.paper_id for entry in entries}

    def passing(self, filters: Filters) -> frozenset[str]:
        """The papers that pass the filters."""
        limit = max(1, len(self._ids))
        hits = self._index.searcher().search(passing_query(filters), limit, count=False, order_by_field="number").hits
        return frozenset(self._ids[number] for number, _ in hits)
