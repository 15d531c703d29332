"""Runs the migrations that a data folder lacks: each once, in order, after a backup; while nothing else runs."""

import logging
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from deploy.backup.backups import Backups
from deploy.backup.staging import Staging, copy_file
from deploy.data_versions.migrations import MIGRATIONS, Migration
from shared.contracts import now
from shared.errors import PapersysError
from shared.settings.sections.backup import BackupSettings
from shared.store.files.data_folder import DataFolder
from shared.store.keeping.folder_version import (
    FolderVersion,
    MigrationRecord,
    read_folder_version,
    stamped,
    write_folder_version,
)
from shared.version import papersys_version

log = logging.getLogger(__name__)

Say = Callable[[str], None]
_FIRST_WRITTEN = ("metadata", "preferences", "notes", "follows", "users")
"""A folder with none of these holds nothing yet."""


@dataclass(frozen=True)
class FolderMigration:
    """Opens a data folder with this papersys; the caller is the only one who does."""

    data: DataFolder
    backup: BackupSettings
    say: Say
    settings_file: Path | None = None
    migrations: Sequence[Migration] = MIGRATIONS
    clock: Callable[[], datetime] = now

    def run(self) -> FolderVersion:
        """Raises PapersysError for a folder of a later papersys, and where the backup before a migration fails."""
        version = read_folder_version(self.data.root)
        if version is None:
            version = FolderVersion(layout=self._layout_of_an_unmarked_folder(), written_by=papersys_version())
        pending = [migration for migration in self.migrations if migration.layout > version.layout]
        copy = self._copied_before(pending, version) if any(migration.rewrites for migration in pending) else ""
        for migration in pending:
            version = self._migrated(migration, version, copy)
        version = stamped(version)
        write_folder_version(self.data, version)
        return version

    def _layout_of_an_unmarked_folder(self) -> int:
        """Of a new folder there is nothing to migrate."""
        is_new = not any(self.data.path(name).exists() for name in _FIRST_WRITTEN)
        return self.migrations[-1].layout if is_new and self.migrations else 0

    def _migrated(self, migration: Migration, version: FolderVersion, copy: str) -> FolderVersion:
        """One step, noted when it is done: killed before that, it is run again."""
        if migration.rewrites:
            self.say(f"Migrating the data folder to layout {migration.layout}: {migration.name}.")
        try:
            migration.run(self.data)
        except OSError as error:
            raise PapersysError(
                f"The data folder could not be migrated to layout {migration.layout}: {error}. What was there before "
                f"lies in {copy}; the next start tries again."
            ) from error
        record = MigrationRecord(
            layout=migration.layout,
            name=migration.name,
            at=self.clock(),
            copy_before=copy if migration.rewrites else "",
        )
        version = version.model_copy(update={"layout": migration.layout, "migrations": (*version.migrations, record)})
        write_folder_version(self.data, version)
        return version

    def _copied_before(self, pending: Sequence[Migration], version: FolderVersion) -> str:
        """Where the copy lies that is made before the first step; the one that a killed migration made is taken."""
        before = Path(f"{self.data.root}-before-layout-{pending[-1].layout}")
        if before.exists():
            return str(before)
        write_folder_version(self.data, version)
        self.say("The data folder needs a migration; making a backup first.")
        if self.backup.repository is not None:
            record = Backups(self.data, self.backup, self.settings_file).make("migration")
            return f"backup {record.snapshot}"
        self._copy_plainly(before)
        self.say(f"A copy of the data folder as it was lies in {before}; delete it when all is well.")
        return str(before)

    def _copy_plainly(self, target: Path) -> None:
        """All that a backup would hold, as plain files beside the data folder. Raises PapersysError without room."""
        size = sum(path.stat().st_size for path in self.data.root.rglob("*") if path.is_file())
        free = shutil.disk_usage(self.data.root.parent).free
        if free < size:
            raise PapersysError(
                f"Before a migration the data folder is copied: that takes up to {size / 1e6:,.0f} MB, and only "
                f"{free / 1e6:,.0f} MB are free. Free some space, or set up backups (`papersys backup init`)."
            )
        draft = target.with_name(f".{target.name}.tmp")
        shutil.rmtree(draft, ignore_errors=True)
        try:
            staged = Staging(self.data, draft, place=copy_file).take()
            if staged.remark:
                raise PapersysError(f"The data folder could not be copied before its migration: {staged.remark}.")
            draft.rename(target)
        except OSError as error:
            raise PapersysError(f"The data folder could not be copied to {target}: {error.strerror}.") from error
        finally:
            shutil.rmtree(draft, ignore_errors=True)
