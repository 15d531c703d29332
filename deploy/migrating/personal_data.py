"""Keywords, summaries and ratings of a source: small files, of which each run looks at all."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from deploy.migrating.column_map import ColumnMap
from deploy.migrating.lent import Lent
from deploy.migrating.manifest import FileEntry, TagCounts
from deploy.migrating.records.keyword_tree import Keyword, keywords_of, odd_leaves
from deploy.migrating.records.rating_rows import SummaryRatings, with_times
from deploy.migrating.records.record_files import first_records, read_json
from deploy.migrating.summaries import SummaryFiles
from shared.contracts.people.importing import ImportReport
from shared.errors import PapersysError
from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore
from shared.text.rating_files.paper_mentions import other_readings, undamaged
from shared.text.rating_files.rated_rows import RatingFile
from shared.text.rating_files.reading import read_rating_text, text_of
from shared.text.references.bibliography import content_of

_SHOWN_ODD = 5


@dataclass(frozen=True)
class PersonalData:
    """The files with their entries; `at` is when the migration began."""

    data: DataFolder
    metadata: MetadataStore
    column_map: ColumnMap
    lent: Lent
    at: datetime
    files: Sequence[tuple[FileEntry, Path]]

    @property
    def entries(self) -> list[FileEntry]:
        return [entry for entry, _ in self.files]

    @property
    def bytes(self) -> int:
        """How much may be stored of them."""
        return sum(entry.bytes for entry in self.entries if entry.form in ("summaries", "ratings", "keywords"))

    def columns(self) -> set[str]:
        """Names of fields that summaries have, by the first ones of each file."""
        records = (record for _, path in self._of("summaries") for record in first_records(path))
        return {name for record in records if isinstance(record, dict) for name in record}

    def paper_ids(self) -> frozenset[str]:
        """Every paper that ratings may be about."""
        rows = [row for file in self._rating_files() for row in file.rows]
        damaged = [row.damaged_id for row in rows if row.damaged_id]
        others = {other for each in damaged for other in (undamaged(each), *other_readings(each))}
        return frozenset({row.paper_id for row in rows} | others) - {""}

    def take_keywords(self, *, dry_run: bool) -> TagCounts | None:
        """The tree of keywords, then those of papers; None where there is neither."""
        tree = self._tree()
        keywords: dict[str, tuple[str, ...]] = {}
        for _, _, read in self._summaries().read():
            keywords[read.summary.paper_id] = read.keywords
        if not tree and not any(keywords.values()):
            return None
        pairs = [(each.name, each.parent) for each in tree]
        left_out, counting = self.lent.take_keywords(
            self.data, pairs, keywords, self.lent.encode, self.at, dry_run=dry_run
        )
        for entry, _ in self._of("keywords"):
            self._note_left_out(entry, left_out)
        phrases = {phrase for each in keywords.values() for phrase in each}
        tags = sum(counting.values())
        return TagCounts(
            phrases=len(phrases),
            matched=tags,
            waiting=len(counting) - tags,
            left_out=len(phrases) - len(counting),
            tree=len(dict(pairs)) - len(left_out),
        )

    def take_summaries(self, *, dry_run: bool) -> None:
        """Store summaries; the entries say what became of them."""
        self._summaries().store(dry_run=dry_run)

    def take_ratings(self, user: str, also_stored: set[str], *, dry_run: bool) -> ImportReport | None:
        """Store ratings of files and of summaries; None where there are none."""
        in_summaries = SummaryRatings("preferences in summaries", [])
        for number, (_, _, read) in enumerate(self._summaries().read(), start=1):
            in_summaries.add(number, read)
        files = with_times(self._rating_files(counted=True), self.at)
        if in_summaries.rows:
            files.append(in_summaries.file)
        if not files:
            return None
        return self.lent.store_ratings(self.data, files, user, self.at, also_stored=also_stored, dry_run=dry_run)

    def _note_left_out(self, entry: FileEntry, names: Sequence[str]) -> None:
        if names:
            entry.note(f"no tags, because they fit any paper, name a category or were rejected: {', '.join(names)}")

    def _summaries(self) -> SummaryFiles:
        return SummaryFiles(self.data, self.metadata, self.column_map, self.at, self._of("summaries"))

    def _tree(self) -> list[Keyword]:
        tree: list[Keyword] = []
        for entry, path in self._of("keywords"):
            value = read_json(path)
            keywords, odd = keywords_of(value), odd_leaves(value)
            entry.rows, entry.kept, entry.refused = len(keywords) + len(odd), len(keywords), len(odd)
            if odd:
                entry.note(f"no keywords, left out: {', '.join(odd[:_SHOWN_ODD])}{' ...' if odd[_SHOWN_ODD:] else ''}")
            tree += keywords
        return tree

    def _rating_files(self, *, counted: bool = False) -> list[RatingFile]:
        return list(self._read_ratings(counted))

    def _read_ratings(self, counted: bool) -> Iterator[RatingFile]:
        for entry, path in self._of("ratings"):
            try:
                file = read_rating_text(text_of(content_of(path), entry.name), entry.name)
            except PapersysError as error:
                entry.why_not = str(error)
                continue
            if counted:
                entry.rows, entry.kept = len(file.rows), len(file.rows)
                entry.columns = {"form": file.form}
                for problem in file.problems:
                    entry.refused += 1
                    entry.note(str(problem))
            yield file

    def _of(self, form: str) -> list[tuple[FileEntry, Path]]:
        return [(entry, path) for entry, path in self.files if entry.form == form and not entry.why_not]
