"""Adds and deletes papers of the index; nothing of it is seen before `commit`."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from services.ranker.search.index.paper_documents import (
    Entry,
    document_of,
    month_document,
    numbers_of,
    open_index,
)
from shared.search.index_failures import failing_clearly

_HEAP_BYTES = 20_000_000


class IndexWriter:
    """One at a time. Every method raises what `KeywordIndex` raises."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with failing_clearly(folder):
            self._writer = open_index(str(folder)).writer(_HEAP_BYTES, num_threads=1)

    def put(self, entries: Sequence[Entry]) -> None:
        """Index papers that are not there."""
        numbers = numbers_of([entry.paper.paper_id for entry in entries]).tolist()
        with failing_clearly(self._folder):
            for entry, number in zip(entries, numbers, strict=True):
                self._writer.add_document(document_of(entry, number))

    def forget(self, numbers: Iterable[int]) -> None:
        """Delete the papers for whose ids these numbers stand."""
        with failing_clearly(self._folder):
            for number in numbers:
                self._writer.delete_documents_by_term("number", number)

    def finish_month(self, month: str, stamp: str) -> None:
        """Say that a month is indexed as its file was at `stamp`."""
        with failing_clearly(self._folder):
            self._writer.delete_documents_by_term("indexed_month", month)
            self._writer.add_document(month_document(month, stamp))

    def forget_month(self, month: str) -> None:
        with failing_clearly(self._folder):
            self._writer.delete_documents_by_term("month", month)
            self._writer.delete_documents_by_term("indexed_month", month)

    def commit(self) -> None:
        """Keep, in whole, what was done since the last commit."""
        with failing_clearly(self._folder):
            self._writer.commit()

    def close(self) -> None:
        """Let others write. Waits until the segments of the index are merged; what was not committed is lost."""
        with failing_clearly(self._folder):
            self._writer.wait_merging_threads()
