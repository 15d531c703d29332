"""Which papers answers cite, read from their traces: each trace once, because an answer never changes."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from shared.store.files.data_folder import DataFolder
from shared.store.files.file_stamps import FileStamp, stamp_of
from shared.store.research.traces import TraceStore


@dataclass(frozen=True)
class CitingAnswer:
    """An answer, who asked for it, and the papers that it cites, each with its version."""

    trace_id: str
    user: str
    papers: tuple[tuple[str, int], ...]


class CitedPapers:
    """Answers that cite something. Safe to use from several threads."""

    def __init__(self, data: DataFolder) -> None:
        self._folder, self._traces = data.path("traces"), TraceStore(data)
        self._turn = threading.Lock()
        self._read: dict[Path, tuple[FileStamp | None, CitingAnswer | None]] = {}

    def answers(self) -> list[CitingAnswer]:
        """Every answer that cites a paper; other researchers' citations are not among them."""
        with self._turn:
            return list(self._answers())

    def of_user(self, user: str) -> list[CitingAnswer]:
        return [answer for answer in self.answers() if answer.user == user]

    def _answers(self) -> Iterator[CitingAnswer]:
        paths = sorted(self._folder.glob("????-??/*.jsonl"))
        for gone in self._read.keys() - set(paths):
            del self._read[gone]
        for path in paths:
            stamp = stamp_of(path)
            if path not in self._read or self._read[path][0] != stamp:
                self._read[path] = (stamp, self._answer(path.stem))
            answer = self._read[path][1]
            if answer is not None:
                yield answer

    def _answer(self, trace_id: str) -> CitingAnswer | None:
        result = self._traces.result(trace_id)
        if result is None:
            return None
        papers = {(cited.paper_id, cited.version) for cited in result.citations if not cited.researcher}
        return CitingAnswer(trace_id, result.user, tuple(sorted(papers))) if papers else None
