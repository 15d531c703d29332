"""A consistent copy of a data folder while the system writes to it, made of hard links where that is safe.

Every writer of papersys replaces files whole, so a link to the file of this moment never changes; files that grow at
their end are copied up to their last whole line. Vectors and chunks are taken by their manifest, which names what
belongs together, again if it was replaced meanwhile. The databases of SQLite, which change in place, are derived and
left out.
"""

import contextlib
import os
import shutil
import stat
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from deploy.backup.contents import in_order, is_appended, is_kept
from shared.errors import PapersysError, TemporaryFailure
from shared.store.files.data_folder import DataFolder
from shared.store.files.hard_links import link_or_copy
from shared.store.research.table_manifest import TablesManifest, read_tables_manifest
from shared.store.vectors.manifest import FILE_NAME as MANIFEST
from shared.store.vectors.manifest import Manifest, read_manifest

_ATTEMPTS = 50
_PAUSE_SECONDS = 0.05
_TAIL = 1024 * 1024
Place = Callable[[Path, Path], None]
_BY_MANIFEST: Mapping[str, Callable[[Path], Manifest | TablesManifest | None]] = {
    "embeddings": read_manifest,
    "chunks": read_tables_manifest,
}
"""Datasets whose files belong together as a manifest says, with what reads it."""


@dataclass
class Staged:
    """What was taken; `unreadable` names what could not be."""

    files: int = 0
    size: int = 0
    unreadable: list[str] = field(default_factory=list)

    @property
    def remark(self) -> str:
        """Empty where nothing is missing."""
        if not self.unreadable:
            return ""
        more = f" and {len(self.unreadable) - 1} more" if len(self.unreadable) > 1 else ""
        return f"{self.unreadable[0]}{more} could not be read"


class Staging:
    """Takes a data folder into another one on the same disk; `place` is how a file that never changes gets there."""

    def __init__(self, data: DataFolder, target: Path, *, documents: bool = True, place: Place | None = None) -> None:
        self._data = data
        self._target = target
        self._documents = documents
        self._place = place or _link_or_copy
        self._staged = Staged()

    def take(self) -> Staged:
        """Raises TemporaryFailure when the disk is full, PapersysError where the vectors never hold still."""
        self._data.check_space()
        self._target.mkdir(parents=True)
        for name in in_order(path.name for path in self._data.root.iterdir()):
            if is_kept(PurePosixPath(name), documents=self._documents):
                self._take(PurePosixPath(name), follow=True)
        return self._staged

    def _take(self, path: PurePosixPath, *, follow: bool = False) -> None:
        """A file, or a folder and all in it. A dataset may be a link to another disk; no other link is followed."""
        source = self._data.root / path
        if source.is_symlink() and not follow:
            self._target.joinpath(path).symlink_to(source.readlink())
        elif source.is_dir():
            self._take_folder(path, source)
        elif source.is_file():
            self._take_file(path, source)

    def _take_folder(self, path: PurePosixPath, source: Path) -> None:
        if path.parts[0] in _BY_MANIFEST and (source / MANIFEST).exists():
            self._take_set(path, source)
            self._take_folders_in(path, source)
            return
        self._target.joinpath(path).mkdir(exist_ok=True)
        try:
            names = sorted(inner.name for inner in source.iterdir())
        except OSError as error:
            self._note(path, error)
            return
        for inner in (path / name for name in names):
            if is_kept(inner, documents=self._documents):
                self._take(inner)
        with contextlib.suppress(OSError):
            shutil.copystat(source, self._target / path)

    def _take_file(self, path: PurePosixPath, source: Path) -> None:
        target = self._target / path
        try:
            if is_appended(path):
                self._data.check_space(source.stat().st_size)
                copy_whole_lines(source, target)
            else:
                self._place(source, target)
        except FileNotFoundError:
            return  # it was there a moment ago: its writer has removed it
        except OSError as error:
            self._note(path, error)
            return
        self._staged.files += 1
        self._staged.size += target.stat().st_size

    def _take_folders_in(self, path: PurePosixPath, source: Path) -> None:
        """Sets that lie within a set: the vectors of chunks."""
        for inner in sorted(inner.name for inner in source.iterdir() if inner.is_dir()):
            self._take(path / inner)

    def _take_set(self, path: PurePosixPath, source: Path) -> None:
        """The files that a manifest names, and that manifest, all of one moment."""
        target = self._target / path
        for _ in range(_ATTEMPTS):
            shutil.rmtree(target, ignore_errors=True)
            target.mkdir(parents=True)
            if self._is_taken_whole(path, source, target):
                self._staged.files += sum(1 for _ in target.iterdir())
                self._staged.size += sum(file.stat().st_size for file in target.iterdir())
                return
        raise TemporaryFailure(f"The files in {source} were rewritten all the time; the backup is tried again later.")

    def _is_taken_whole(self, path: PurePosixPath, source: Path, target: Path) -> bool:
        """Whether manifest and files belong together. Damage is noted, and does not keep the rest from being taken."""
        try:
            before = (source / MANIFEST).read_bytes()
            beside = [
                file.name for file in source.iterdir() if file.is_file() and file.suffix not in (".parquet", ".tmp")
            ]
            for name in dict.fromkeys([*_named(path, source), *beside]):
                self._place(source / name, target / name)
            return (source / MANIFEST).read_bytes() == before == (target / MANIFEST).read_bytes()
        except FileNotFoundError as error:
            if not source.exists():
                return True  # put aside under another name, where it is taken too
            return self._is_missing_for_good(path, source, error)
        except PapersysError as error:
            self._staged.unreadable.append(str(error))
            return True

    def _is_missing_for_good(self, path: PurePosixPath, source: Path, error: FileNotFoundError) -> bool:
        """A file that the manifest of this moment names, and that is not there: damage, not a compaction."""
        time.sleep(_PAUSE_SECONDS)
        named = _named(path, source)
        missing = [name for name in named if not (source / name).exists()]
        if not missing or named != _named(path, source):
            return False
        self._staged.unreadable.append(f"{path}/{missing[0]} (the manifest names it: {error.strerror})")
        return True

    def _note(self, path: PurePosixPath, error: OSError) -> None:
        self._staged.unreadable.append(f"{path} ({error.strerror})")


def _named(path: PurePosixPath, source: Path) -> list[str]:
    """The files that the manifest of a set names. Raises PapersysError where it cannot be read."""
    manifest = _BY_MANIFEST[path.parts[0]](source / MANIFEST)
    return [file.name for file in manifest.files] if manifest else []


def copy_whole_lines(source: Path, target: Path) -> None:
    """Copy a file as long as it is now, without a last line that is not ended; times, rights and checksum stay."""
    _copy(source, target, _end_of_lines)


def _copied(source: int, target: int, count: int) -> int:
    """Let the file system share the blocks where it can. Raises OSError."""
    try:
        return os.copy_file_range(source, target, count)
    except (AttributeError, OSError):
        return os.write(target, os.read(source, min(count, _TAIL)))


def _end_of_lines(descriptor: int) -> int:
    position = os.fstat(descriptor).st_size
    while position > 0:
        start = max(0, position - _TAIL)
        newline = os.pread(descriptor, position - start, start).rfind(b"\n")
        if newline >= 0:
            return start + newline + 1
        position = start
    return 0


def _link_or_copy(source: Path, target: Path) -> None:
    link_or_copy(source, target, copy_file)


def copy_file(source: Path, target: Path) -> None:
    """A copy of its own, with times, rights and checksum."""
    _copy(source, target, lambda descriptor: os.fstat(descriptor).st_size)


def _copy(source: Path, target: Path, end_of: Callable[[int], int]) -> None:
    """Copy the beginning of a file, and what is known of that very file: by now another may bear its name.

    What is noted of its beginning is read before the content, which may grow meanwhile; when it was written, after.
    """
    with source.open("rb") as reading, target.open("wb") as writing:
        attributes = _attributes_of(reading.fileno())
        left = end_of(reading.fileno())
        while left > 0 and (moved := _copied(reading.fileno(), writing.fileno(), left)):
            left -= moved
        facts = os.fstat(reading.fileno())
        with contextlib.suppress(OSError):
            for name, value in attributes.items():
                os.setxattr(writing.fileno(), name, value)
    os.utime(target, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    target.chmod(stat.S_IMODE(facts.st_mode))


def _attributes_of(descriptor: int) -> dict[str, bytes]:
    """The extended attributes; none where the disk or the system has none."""
    try:
        return {name: os.getxattr(descriptor, name) for name in os.listxattr(descriptor)}
    except (OSError, AttributeError):
        return {}


@contextlib.contextmanager
def staged_folder(data: DataFolder, *, documents: bool = True) -> Iterator[tuple[Path, Staged]]:
    """A folder with the copy as `data` in it, gone afterwards; what a killed run left is removed first."""
    folder = data.path("state", "backup", "staging")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder, Staging(data, folder / "data", documents=documents).take()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
