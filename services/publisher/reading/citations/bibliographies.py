"""The bibliographies of papers whose text is stored, kept until the text is converted again."""

import threading
from collections import OrderedDict
from dataclasses import dataclass

from services.publisher.reading.citations.titles import title_words
from services.publisher.records.records import Records
from shared.store.papers.documents import Reference

_MOST_KEPT = 3_000


@dataclass(frozen=True)
class Entry:
    """A reference as far as it is matched: its number in the list, the arXiv id that it names, and its words."""

    number: int
    key: str
    arxiv_id: str | None
    words: tuple[str, ...]


@dataclass(frozen=True)
class Bibliography:
    version: int
    entries: tuple[Entry, ...]


class Bibliographies:
    """Shared by all pages and people: texts belong to nobody. The least recently used are forgotten."""

    def __init__(self, records: Records, most_kept: int = _MOST_KEPT) -> None:
        self._records, self._most_kept = records, most_kept
        self._turn = threading.Lock()
        self._kept: OrderedDict[str, tuple[str, Bibliography | None]] = OrderedDict()

    def of(self, paper_id: str) -> Bibliography | None:
        """The bibliography of the newest text that is stored; None where there is no text."""
        versions = self._records.documents.versions(paper_id)
        if not versions:
            return None
        stamp = self._records.documents.stamp(paper_id, versions[-1])
        with self._turn:
            kept = self._kept.get(paper_id)
            if kept is not None and stamp and kept[0] == stamp:
                self._kept.move_to_end(paper_id)
                return kept[1]
        found = self._read(paper_id, versions[-1])
        with self._turn:
            self._kept[paper_id] = (stamp, found)
            while len(self._kept) > self._most_kept:
                self._kept.popitem(last=False)
        return found

    def _read(self, paper_id: str, version: int) -> Bibliography | None:
        record = self._records.documents.record(paper_id, version)
        if record is None:
            return None
        return Bibliography(version, tuple(_entry(*numbered) for numbered in enumerate(record.references, start=1)))


def _entry(number: int, reference: Reference) -> Entry:
    return Entry(number, reference.key, reference.arxiv_id, title_words(reference.text))
