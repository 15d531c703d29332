"""Records that arXiv sends and that cannot be read: each is asked for once more, and again only when it has changed."""

import json
from collections.abc import Iterable

from services.fetcher.arxiv.oai import UnreadableRecord
from shared.store.files.data_folder import DataFolder

_MOST_KEPT = 10_000


class UnreadableRecords:
    """`state/fetcher/unreadable.json`: those that a second question did not help."""

    def __init__(self, data: DataFolder) -> None:
        self._data = data
        self._path = data.path("state", "fetcher", "unreadable.json")

    def all(self) -> dict[str, UnreadableRecord]:
        try:
            content = json.loads(self._path.read_text("utf-8"))
            return {paper_id: UnreadableRecord(paper_id, **fields) for paper_id, fields in content.items()}
        except (FileNotFoundError, ValueError, TypeError, AttributeError):
            return {}

    def note(self, records: Iterable[UnreadableRecord], readable: Iterable[str] = ()) -> None:
        """Remember these, and forget those that were read after all."""
        before = self.all()
        after = {**before, **{record.paper_id: record for record in records if record.paper_id}}
        for paper_id in after.keys() & set(readable):
            del after[paper_id]
        if after != before:
            kept = dict(list(after.items())[-_MOST_KEPT:])
            content = {
                name: {"datestamp": record.datestamp, "problem": record.problem} for name, record in kept.items()
            }
            self._data.write_text(self._path, json.dumps(content, indent=1, sort_keys=True) + "\n")

    def has(self, paper_id: str, datestamp: str) -> bool:
        """Whether this record, unchanged since that day, was asked for twice already."""
        before = self.all().get(paper_id)
        return before is not None and before.datestamp >= datestamp
