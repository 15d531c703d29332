"""A backup as a folder again: written beside its place, looked through, and moved there whole or not at all."""

import contextlib
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import tomlkit
from tomlkit.exceptions import TOMLKitError

from deploy.backup.backups import SETTINGS_COPY
from deploy.backup.restic import Restic, Snapshot, newest
from deploy.backup.seed_files import with_restored_seeds
from deploy.backup.soundness import problems_of
from shared.errors import PapersysError
from shared.store.files.data_folder import DataFolder
from shared.store.keeping.folder_version import read_folder_version

_ROOM = 1.02
"""Of the files' sizes; their folders take some too."""


@dataclass(frozen=True)
class Restored:
    """What lies where now, and what of it is not as it should be."""

    snapshot: Snapshot
    data: Path
    settings_file: Path | None
    files: int
    problems: tuple[str, ...]


def chosen_snapshot(snapshots: Sequence[Snapshot], wanted: str, folder_id: str | None) -> Snapshot:
    """The backup that an id begins with, or with `latest` the last one of a data folder. Raises PapersysError."""
    if not snapshots:
        raise PapersysError("There is no backup in this repository yet; `papersys backup now` makes one.")
    if wanted != "latest":
        matching = [snapshot for snapshot in snapshots if snapshot.id.startswith(wanted)]
        if len(matching) == 1:
            return matching[0]
        problem = "Several backups begin" if matching else "No backup begins"
        raise PapersysError(f"{problem} with {wanted!r}; `papersys backup list` shows all.")
    own = [snapshot for snapshot in snapshots if snapshot.folder_id == folder_id]
    folders = {snapshot.folder_id for snapshot in snapshots}
    if not own and len(folders) > 1:
        raise PapersysError(
            f"This repository holds backups of {len(folders)} data folders; name one of `papersys backup list`."
        )
    last = newest(own or list(snapshots))
    assert last is not None  # noqa: S101 - there is one, as seen above
    return last


@dataclass(frozen=True)
class Restore:
    """Restores a backup into `folder` (as `folder/data` and `folder/papersys.toml`), or with `data` there alone."""

    restic: Restic
    snapshot: Snapshot
    folder: Path
    data: Path | None = None
    only: tuple[str, ...] = ()

    @property
    def target(self) -> Path:
        return self.data or self.folder

    def check_room(self) -> int:
        """Bytes that are needed. Raises PapersysError where the place is taken or too small."""
        if self.target.exists() and any(not path.name.startswith(".papersys-") for path in _inside(self.target)):
            raise PapersysError(
                f"{self.target} is not empty; nothing there was changed. Restore into a new folder with --to FOLDER, "
                "look at it, and take from it what you want."
            )
        size = self.restic.size_of(self.snapshot.id)
        above = next(path for path in (self.target, *self.target.parents) if path.exists())
        free = shutil.disk_usage(above).free
        if free < size * _ROOM:
            raise PapersysError(
                f"The backup takes {size / 1e6:,.0f} MB, and only {free / 1e6:,.0f} MB are free in {above}; "
                "restore to another disk with --to FOLDER."
            )
        return size

    def run(self) -> Restored:
        """Raises PapersysError; then nothing lies at the target."""
        self.check_room()
        draft = self.target.with_name(f".papersys-restoring-{self.target.name}")
        _remove(draft)
        try:
            self.restic.restore(self.snapshot.id, draft, tuple(f"/data/{name.strip('/')}" for name in self.only))
            if not (draft / "data").is_dir():
                raise PapersysError(f"The backup {self.snapshot.short_id} holds nothing of {', '.join(self.only)}.")
            problems = tuple(problems_of(DataFolder(draft / "data"), whole=not self.only))
            files = sum(len(names) for _, _, names in os.walk(draft / "data"))
            return self._in_place(draft, problems, files)
        except OSError as error:
            raise PapersysError(f"{self.target} cannot be written: {error.strerror}.") from error
        finally:
            _remove(draft)

    def _in_place(self, draft: Path, problems: tuple[str, ...], files: int) -> Restored:
        self.target.parent.mkdir(parents=True, exist_ok=True)
        source = draft / "data" if self.data else draft
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            shutil.rmtree(self.target)  # empty, as seen above
        settings_file = None
        if self.data is None and (draft / SETTINGS_COPY).exists():
            settings_file = self.target / SETTINGS_COPY
            text = with_data_beside((draft / SETTINGS_COPY).read_text("utf-8-sig"))
            (draft / SETTINGS_COPY).write_text(with_restored_seeds(text, draft), "utf-8")
        source.rename(self.target)
        data = self.data or self.target / "data"
        return Restored(self.snapshot, data, settings_file, files, problems)


def with_data_beside(text: str) -> str:
    """A settings file for the restored folder: its data lie beside it, wherever they lay before."""
    try:
        document = tomlkit.parse(text)
        if "data" not in document:
            document["data"] = tomlkit.table()
        document["data"]["path"] = "data"
        return tomlkit.dumps(document)
    except (TOMLKitError, TypeError) as error:
        raise PapersysError(f"The settings file in the backup cannot be read: {error}") from error


def folder_id_at(root: Path) -> str | None:
    """The id of a data folder that is there; None of one that is lost or cannot be read."""
    with contextlib.suppress(PapersysError):
        version = read_folder_version(root)
        return version.folder_id if version else None
    return None


def _inside(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        yield folder
    else:
        yield from folder.iterdir()


def _remove(folder: Path) -> None:
    """What a killed restore left; a backup may hold folders that nobody may write to."""
    shutil.rmtree(folder, ignore_errors=True)
