"""Summaries of older systems into the data folder, with their papers and the tags that their keywords mean."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from deploy.migrating.column_map import ColumnMap
from deploy.migrating.manifest import FileEntry
from deploy.migrating.records.record_files import read_records
from deploy.migrating.records.summary_records import ReadSummary, fields_of, is_migrated, is_summary, read_summary
from shared.errors import PapersysError
from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore
from shared.store.papers.rows import encode_row
from shared.store.papers.summaries import Summary, SummaryStore
from shared.store.tagging.tags import TagStore

_BATCH = 500
_Placed = tuple[FileEntry, str, ReadSummary]


@dataclass
class SummaryFiles:
    """Summaries of several files; they are read twice, so that few need be kept."""

    data: DataFolder
    metadata: MetadataStore
    columns: ColumnMap
    at: datetime
    files: Sequence[tuple[FileEntry, Path]] = field(default_factory=tuple)
    _taken: dict[str, Summary] = field(default_factory=dict)

    def read(self) -> Iterator[tuple[FileEntry, str, ReadSummary]]:
        """Every summary that can be read, with its file and place; nothing is counted."""
        for entry, path in self.files:
            for place, record in read_records(path):
                read = self._read(record)
                if isinstance(read, ReadSummary):
                    yield entry, place, read

    def store(self, *, dry_run: bool = False) -> None:
        """Store what is new, and count in the entries what became of each. Raises TemporaryFailure."""
        summaries = self._counted()
        while batch := list(islice(summaries, _BATCH)):
            self._store_papers(batch, dry_run=dry_run)
            self._store_batch(batch, dry_run=dry_run)

    def _read(self, record: Any) -> ReadSummary | str:
        if isinstance(record, PapersysError):
            return str(record)
        if not is_summary(record):
            return "it is no summary"
        try:
            return read_summary(record, self.columns, self.at)
        except ValueError as error:
            return str(error)

    def _counted(self) -> Iterator[_Placed]:
        for entry, path in self.files:
            for place, record in read_records(path):
                entry.rows += 1
                read = self._read(record)
                if isinstance(read, str):
                    entry.refused += 1
                    entry.note(f"{place}: {read}; refused")
                    continue
                taken, left = fields_of(record, self.columns)
                entry.columns |= taken
                entry.not_taken |= left
                _note_odd(entry, place, read)
                yield entry, place, read

    def _store_papers(self, batch: Iterable[_Placed], *, dry_run: bool) -> None:
        papers = {read.paper.paper_id: read.paper for _, _, read in batch if read.paper is not None}
        fresh = set(papers) - self.metadata.has(papers)
        if fresh and not dry_run:
            self.metadata.put_rows({paper_id: encode_row(papers[paper_id]) for paper_id in fresh})

    def _store_batch(self, batch: Sequence[_Placed], *, dry_run: bool) -> None:
        store, index = SummaryStore(self.data), TagStore(self.data).index()
        stored = store.get_many([read.summary.paper_id for _, _, read in batch])
        fresh: dict[str, Summary] = {}
        for entry, _, read in batch:
            summary = read.summary.model_copy(update={"tags": index.canonical_of(read.keywords)})
            before = self._taken.get(summary.paper_id)
            rival = before or stored.get(summary.paper_id)
            outcome = outcome_of(summary, rival, is_of_this_run=before is not None)
            setattr(entry, outcome, getattr(entry, outcome) + 1)
            if outcome == "kept":
                self._taken[summary.paper_id] = fresh[summary.paper_id] = summary
        if fresh and not dry_run:
            store.put_many(fresh.values())


def outcome_of(summary: Summary, stored: Summary | None, *, is_of_this_run: bool = False) -> str:
    """What becomes of a summary beside a stored one: one that was made here stays, of migrated ones the newest counts.

    The same again is doubled where this run brought it before, and kept where an earlier, interrupted one did.
    """
    if stored is None:
        return "kept"
    if stored.made_by.event_id == summary.made_by.event_id:
        return "doubled" if is_of_this_run else "kept"
    if not is_migrated(stored):
        return "known"
    return "kept" if stored.made_at < summary.made_at else "doubled"


def _note_odd(entry: FileEntry, place: str, read: ReadSummary) -> None:
    if read.read_id.damaged:
        entry.repaired += 1
        entry.note(f"{place}: {read.read_id.damaged} is {read.summary.paper_id}, which lost zeros as a number")
    for remark in read.remarks:
        entry.note(f"{place}: {read.summary.paper_id}: {remark}")
