"""Texts that were opened lately, so that turning a page or jumping to a quote reads nothing twice."""

import threading
from collections import OrderedDict

from services.publisher.reading.fulltext.full_text import FullText, open_text
from services.publisher.records.records import Records

_MOST_CHARS = 8_000_000
_Key = tuple[str, int]


class ReadingCopies:
    """Opened texts by paper and version, until their files change; the least recently used are forgotten."""

    def __init__(self, most_chars: int = _MOST_CHARS) -> None:
        self._most_chars = most_chars
        self._turn = threading.Lock()
        self._kept: OrderedDict[_Key, tuple[str, FullText]] = OrderedDict()

    def get(self, records: Records, paper_id: str, version: int) -> FullText | None:
        """The text of a version; None where it is not stored, or cannot be read."""
        stamp = records.documents.stamp(paper_id, version)
        kept = self._remembered((paper_id, version), stamp)
        if kept is not None:
            return kept
        markdown = records.documents.markdown(paper_id, version)
        if markdown is None:
            return None
        text = open_text(markdown, records.documents.record(paper_id, version), f"/paper/{paper_id}/text")
        self._keep((paper_id, version), stamp, text)
        return text

    def _remembered(self, key: _Key, stamp: str) -> FullText | None:
        with self._turn:
            kept = self._kept.get(key)
            if kept is None or kept[0] != stamp or not stamp:
                return None
            self._kept.move_to_end(key)
            return kept[1]

    def _keep(self, key: _Key, stamp: str, text: FullText) -> None:
        with self._turn:
            self._kept[key] = (stamp, text)
            self._kept.move_to_end(key)
            while len(self._kept) > 1 and sum(len(text.markdown) for _, text in self._kept.values()) > self._most_chars:
                self._kept.popitem(last=False)
