"""A whole migration: tables, then keywords, summaries and ratings; after each file the manifest says how far it is.

Killed at any moment it goes on where it was: a file that is done is not read again, one that was interrupted is read
anew, and what it had stored is not stored twice.
"""

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from deploy.migrating.column_map import ColumnMap
from deploy.migrating.disk_space import Estimate, check_space
from deploy.migrating.file_forms import form_of, odd_encoding
from deploy.migrating.lent import Lent
from deploy.migrating.manifest import FileEntry, ManifestFile, MigrationManifest, TagCounts, VectorEntry, sha256_of
from deploy.migrating.personal_data import PersonalData
from deploy.migrating.sources import Item, Source
from deploy.migrating.tables.seen_ids import SeenIds
from deploy.migrating.tables.table_schema import TableSchema, read_schema
from deploy.migrating.tables.taking import TakenTable, Terms, take_table
from deploy.migrating.vector_targets import VectorTargets
from shared.errors import PapersysError, TemporaryFailure
from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore
from shared.store.vectors.writer import VectorWriter

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Options:
    """`made_by` names models of the settings that made the vectors of columns."""

    columns: ColumnMap = field(default_factory=ColumnMap)
    made_by: Mapping[str, str] = field(default_factory=dict)
    user: str = "me"
    dry_run: bool = False

    @property
    def texts(self) -> dict[str, str]:
        """What they say, for the manifest."""
        return {**self.columns.given, **{f"{column} made by": alias for column, alias in self.made_by.items()}}


def migrate(
    data: DataFolder, source: Source, options: Options, lent: Lent, at: datetime, progress: Progress
) -> MigrationManifest:
    """Take a source over, or with `dry_run` find out what would be taken. Raises PapersysError.

    One bad file or row is named in the manifest and stops nothing beside it.
    """
    migration = _Migration(data, source, options, lent, at, progress)
    if options.dry_run:
        return migration.run()
    data.prepare()
    with ExitStack() as alone:
        try:
            alone.enter_context(data.lock("migration", wait_seconds=0.0))
        except TemporaryFailure as error:
            text = f"Another migration into {data.root} is under way; let it end, then run this one again."
            raise TemporaryFailure(text) from error
        return migration.run()


class _Migration:
    def __init__(
        self, data: DataFolder, source: Source, options: Options, lent: Lent, at: datetime, progress: Progress
    ) -> None:
        self._data, self._source, self._options, self._lent = data, source, options, lent
        self._file = ManifestFile(data, source.place)
        self._manifest = self._begun(at)
        self._metadata = MetadataStore(data)
        self._targets = VectorTargets(data, source.origin, options.columns, options.made_by, lent.recipe_and_hash)
        self._progress = progress
        self._done_bytes = 0
        self._seen: set[str] = set()
        self._seen_ids = SeenIds()

    def run(self) -> MigrationManifest:
        with ExitStack() as closing:
            closing.callback(self._source.close)
            items = self._source.items()
            tables = [item for item in items if item.is_table]
            others = [item for item in items if not item.is_table]
            total = sum(item.size for item in items)
            personal = self._personal_data(others, closing)
            self._prepare(tables, personal)
            wanted = personal.paper_ids() if self._options.dry_run else frozenset[str]()
            for item in tables:
                self._take(item, wanted, total)
            self._sort()
            self._take_personal(personal)
            self._progress(total, total)
        return self._finished(items)

    def _begun(self, at: datetime) -> MigrationManifest:
        """The manifest of an earlier run, to go on with, or a new one."""
        options, before = self._options, self._file.read()
        facts = {"options": options.texts, "user": options.user, "revision": self._source.revision}
        if before is None:
            return MigrationManifest.model_validate({"source": self._source.place, "started_at": at, **facts})
        if before.options != options.texts or before.user != options.user:
            before.files = []  # another reading of the same files: each is looked at anew
        return before.model_copy(update=facts)

    def _personal_data(self, items: Sequence[Item], closing: ExitStack) -> PersonalData:
        files = []
        for item in items:
            path = closing.enter_context(self._source.opened(item))
            form, why_not = form_of(path)
            sha256 = item.sha256 or ("" if form == "not taken" else sha256_of(path))
            facts = {"bytes": item.size, "modified_ns": item.modified_ns, "sha256": sha256, "why_not": why_not}
            entry = FileEntry.model_validate({"name": item.name, "form": form, **facts})
            if form != "not taken" and (remark := odd_encoding(path)):
                entry.note(remark)
            files.append((entry, path))
        return PersonalData(
            self._data, self._metadata, self._options.columns, self._lent, self._manifest.started_at, files
        )

    def _prepare(self, tables: Sequence[Item], personal: PersonalData) -> None:
        """Look at what can be looked at before anything is done. Raises PapersysError."""
        estimate, columns = Estimate(), set(personal.columns())
        for item in tables:
            if self._is_done(item):
                continue
            if self._source.revision:  # not here yet: the size there has to do
                estimate = estimate.with_file(item.size)
                continue
            with self._source.opened(item) as path:
                schema = read_schema(path, self._options.columns)
            columns |= {*schema.papers.values(), *schema.not_taken, *(each.column for each in schema.vectors)}
            self._targets.of([each for each in schema.vectors if each.dimension])
            estimate = estimate.with_table(schema, is_begun=item.name == self._manifest.begun)
        self._check_map(columns, [] if self._source.revision else tables)
        if not self._options.dry_run:
            check_space(self._data, estimate.with_file(personal.bytes))

    def _check_map(self, columns: set[str], tables: Sequence[Item]) -> None:
        named = {*self._options.columns.given, *self._options.made_by}
        unknown = sorted(named - columns)
        if unknown and not any(map(self._is_done, tables)) and (tables or not self._source.revision):
            there = f"there are {', '.join(sorted(columns))}" if columns else "no file has columns"
            raise PapersysError(f"No file has a column {', '.join(unknown)}; {there}.")

    def _is_done(self, item: Item) -> bool:
        entry = self._manifest.entry(item.name)
        if entry is None or entry.why_not or not entry.sha256 or self._options.dry_run:
            return False
        return entry.sha256 == item.sha256 if item.sha256 else entry.is_of(item.size, item.modified_ns)

    def _take(self, item: Item, wanted: frozenset[str], total: int) -> None:
        if not self._is_done(item):
            is_resumed = self._manifest.begun == item.name
            self._manifest.begun, self._manifest.finished_at = item.name, None
            self._write()
            with self._source.opened(item) as path:
                entry = self._taken(item, path, wanted, total, is_resumed)
            self._manifest.put(entry)
            self._manifest.begun = ""
            self._write()
        self._done_bytes += item.size
        self._progress(self._done_bytes, total)

    def _taken(self, item: Item, path: Path, wanted: frozenset[str], total: int, is_resumed: bool) -> FileEntry:
        entry = FileEntry(name=item.name, form="table", bytes=item.size, modified_ns=item.modified_ns)
        schema = read_schema(path, self._options.columns)
        if schema.problem:
            entry.why_not = schema.problem
            return entry
        targets, problems = self._targets.of(schema.vectors)
        entry.columns = _columns_of(schema)
        entry.not_taken = {**schema.not_taken, **problems}
        drafts = None if self._options.dry_run else self._file.drafts
        terms = Terms(
            self._data,
            self._metadata,
            self._manifest.started_at,
            drafts,
            targets,
            wanted,
            is_resumed,
            is_again=self._manifest.entry(item.name) is not None,
            seen=self._seen_ids if self._options.dry_run else None,
        )
        with self._hashing(item, path) as digest:
            rows = 0

            def on_rows(more: int) -> None:
                nonlocal rows
                rows += more
                self._progress(self._done_bytes + item.size * rows // max(schema.rows, rows), total)

            try:
                taken = take_table(path, schema, entry, terms, on_rows)
            except (pa.ArrowException, OSError) as error:
                return _broken(entry, error)
            except TemporaryFailure as error:
                text = f"{error} Once that is mended, run the same command again: it goes on with {entry.name}."
                raise TemporaryFailure(text) from error
            entry.sha256 = digest.result() if digest is not None else item.sha256
        _check_unchanged(item, path, entry)
        self._note_unsorted(taken)
        for column in schema.vectors:
            if column.column in problems and not column.dimension:
                empty = {"alias": column.alias, "dimension": 0, "rows": entry.rows, "null": entry.rows}
                entry.vectors[column.column] = VectorEntry.model_validate(empty)
        return entry

    @contextlib.contextmanager
    def _hashing(self, item: Item, path: Path) -> Iterator[Future[str] | None]:
        """The checksum of a file, taken beside the reading of it; none where it is known, or in a dry run."""
        if item.sha256 or self._options.dry_run:
            yield None
            return
        with ThreadPoolExecutor(1) as pool:
            yield pool.submit(sha256_of, path)

    def _note_unsorted(self, taken: TakenTable) -> None:
        self._seen |= taken.seen
        for alias, years in taken.unsorted.items():
            if years:
                known = self._manifest.unsorted.get(alias, [])
                self._manifest.unsorted[alias] = sorted({*known, *years})

    def _sort(self) -> None:
        """Put vectors that came in another order into that of their ids."""
        for alias, years in list(self._manifest.unsorted.items()):
            writer = VectorWriter.of_stored(self._data, alias)
            if writer is not None:
                try:
                    writer.sort(years)
                except TemporaryFailure as error:
                    text = f"{error} Once that is mended, run the same command again: it goes on by sorting {alias}."
                    raise TemporaryFailure(text) from error
            del self._manifest.unsorted[alias]
            self._write()

    def _take_personal(self, personal: PersonalData) -> None:
        before = [self._manifest.entry(entry.name) for entry in personal.entries]
        is_same = [
            old is not None and old.sha256 == new.sha256 for old, new in zip(before, personal.entries, strict=True)
        ]
        if self._manifest.finished_at is not None and all(is_same) and not self._options.dry_run:
            return
        self._manifest.finished_at = None
        dry_run = self._options.dry_run
        self._manifest.tags = personal.take_keywords(dry_run=dry_run) or TagCounts()
        personal.take_summaries(dry_run=dry_run)
        self._manifest.ratings = personal.take_ratings(self._options.user, self._seen, dry_run=dry_run)
        self._manifest.put(*personal.entries)

    def _finished(self, items: Sequence[Item]) -> MigrationManifest:
        names = {item.name for item in items}
        self._manifest.files = [entry for entry in self._manifest.files if entry.name in names or entry.kept]
        if self._manifest.finished_at is None:
            from shared.contracts import now

            self._manifest.finished_at = now()
        self._write()
        return self._manifest

    def _write(self) -> None:
        if not self._options.dry_run:
            self._file.write(self._manifest)


def _columns_of(schema: TableSchema) -> dict[str, str]:
    """What each column was read as."""
    papers = {column: meaning for meaning, column in schema.papers.items()}
    sizes = {each.column: f"{each.dimension}, " if each.dimension else "" for each in schema.vectors}
    return papers | {
        each.column: f"vectors of {each.alias} ({sizes[each.column]}{each.type})" for each in schema.vectors
    }


def _broken(entry: FileEntry, error: Exception) -> FileEntry:
    """The entry of a table that could not be read to its end. Raises TemporaryFailure where the disk is to blame."""
    if isinstance(error, OSError) and error.errno is not None and not isinstance(error, pa.ArrowException):
        raise TemporaryFailure(
            f"{entry.name}: {error.strerror}; free some space or mend the disk, then run the same command again: "
            "it goes on with this file."
        ) from error
    text = f"it is damaged after row {entry.rows:,} ({str(error).splitlines()[0]}); nothing of it is taken"
    return FileEntry(name=entry.name, form="table", bytes=entry.bytes, modified_ns=entry.modified_ns, why_not=text)


def _check_unchanged(item: Item, path: Path, entry: FileEntry) -> None:
    """Whoever writes to a file while it is read gets what he wrote only with the next run."""
    facts = path.stat()
    if item.modified_ns and (facts.st_size, facts.st_mtime_ns) != (item.size, item.modified_ns):
        entry.modified_ns = 0
        entry.note("the file was changed while it was read; run the same command again to take what is new")
