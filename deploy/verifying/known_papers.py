"""The ids of all papers in the metadata, to look up what other datasets name: some 10 bytes a paper.

A month's file is read again when it changed, so that a paper that is harvested during the look is known too.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from shared.errors import PapersysError
from shared.paper_ids import month_of, parse_paper_id
from shared.store.files.data_folder import DataFolder
from shared.store.files.file_stamps import FileStamp, stamp_of
from shared.store.papers.month_rows import read_rows
from shared.store.papers.rows import EARLIER_HEADER, HEADER

_ROW = re.compile(rb"\r\n((?:[0-9]{4}\.[0-9]{4,5}|[a-z][a-zA-Z.-]*/[0-9]{7}|[a-z][a-z0-9]*:[A-Za-z0-9._~-]+)),[0-9]+,")

Ids = NDArray[np.bytes_]


class KnownPapers:
    """Whether papers are in the metadata."""

    def __init__(self, data: DataFolder) -> None:
        self._folder = data.path("metadata")
        self._months: dict[str, tuple[FileStamp | None, Ids]] = {}

    def missing(self, paper_ids: Iterable[str]) -> list[str]:
        """Those of these ids that the metadata do not have, sorted; what is no id is missing too."""
        by_month: dict[str, set[str]] = defaultdict(set)
        for paper_id in paper_ids:
            by_month[month_of(paper_id) if is_paper_id(paper_id) else ""].add(paper_id)
        return sorted(paper_id for month, ids in by_month.items() for paper_id in self._missing(month, ids))

    def _missing(self, month: str, paper_ids: set[str]) -> list[str]:
        listed = list(paper_ids)
        if not month:
            return listed
        there = np.isin(np.array([paper_id.encode() for paper_id in listed]), self._ids(month))
        return [paper_id for paper_id, is_there in zip(listed, there, strict=True) if not is_there]

    def _ids(self, month: str) -> Ids:
        path = self._folder / f"{month}.csv"
        stamp = stamp_of(path)
        known = self._months.get(month)
        if known is None or known[0] != stamp:
            known = self._months[month] = (stamp, np.array(ids_in(path) if stamp else [], dtype=np.bytes_))
        return known[1]


def ids_in(path: Path) -> list[bytes]:
    """The id of each row of a month, in the order of the file; empty where it cannot be read."""
    try:
        content = path.read_bytes()
        if content.startswith((HEADER, EARLIER_HEADER)):
            return _ROW.findall(content)
        return [paper_id.encode() for paper_id in read_rows(path).rows]
    except (OSError, PapersysError):
        return []


def is_paper_id(text: str) -> bool:
    """Whether a text is an arXiv id as it is stored: without version, no digit lost."""
    try:
        return parse_paper_id(text) == text
    except ValueError:
        return False
