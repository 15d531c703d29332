"""Copies a site into a folder of this machine, such as the root of a web server.

Files are laid ready beside their places first, so that a full disk changes nothing; then each is renamed into its
place, pages after what they load, and all is put back where that fails. The folder itself stays, because web servers
and containers hold on to it.
"""

import contextlib
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePosixPath

from services.publisher.site.deploying.deployer import Deployed
from services.publisher.site.deploying.manifest import (
    LISTING,
    Changes,
    Manifest,
    SiteFile,
    changes_between,
    dump_listing,
    manifest_of,
    read_listing,
    site_file,
)
from shared.errors import PermanentFailure, TemporaryFailure

INCOMING = ".papersys-incoming"
_FOR_A_PERSON = (PermissionError, NotADirectoryError, FileExistsError, IsADirectoryError)
"""What is wrong with the place itself, and stays so until somebody mends it."""
_SPARE_BYTES = 16 * 1024 * 1024
_FILE_MODE, _FOLDER_MODE = 0o644, 0o755
"""A web server runs under another account, and has to read what papersys would write for its own alone."""


class FolderDeployer:
    """`own` are folders that no site may be copied into, nor around: the data folder."""

    def __init__(
        self,
        folder: Path,
        address: str = "",
        own: Iterable[Path] = (),
        read: Callable[[Path], SiteFile] = site_file,
    ) -> None:
        self._target = folder.expanduser().absolute()
        self._incoming = self._target / INCOMING
        self._address = address
        self._own = [path.resolve() for path in own]
        self._read = read

    @property
    def where(self) -> str:
        return f"the folder {self._target}"

    def plan(self, site: Path) -> Changes:
        return self._compare(manifest_of(site, self._read))[0]

    def deploy(self, site: Path) -> Deployed:
        wanted = manifest_of(site, self._read)
        with self._explained():
            changes, ours = self._compare(wanted)
            shutil.rmtree(self._incoming, ignore_errors=True)
            if changes or ours != wanted.keys():
                self._put(site, wanted, changes, ours)
        return Deployed(self.where, self._address, changes)

    def _compare(self, wanted: Manifest) -> tuple[Changes, frozenset[str]]:
        """What is to do, and which files in the folder are ours."""
        self._refuse_own()
        ours = self._listed()
        self._refuse_links(wanted)
        self._refuse_strangers(wanted.keys() - ours)
        there = {path: self._read(self._target / path) for path in ours | wanted.keys() if self._is_there(path)}
        return changes_between(there, wanted), ours

    def _refuse_own(self) -> None:
        target = self._target.resolve()
        for own in self._own:
            if target.is_relative_to(own) or own.is_relative_to(target):
                raise PermanentFailure(
                    f"publisher.deploy.folder {self._target} overlaps the data folder {own}; name another folder."
                )

    def _listed(self) -> frozenset[str]:
        listing = self._target / LISTING
        if not listing.exists():
            others = [path.name for path in self._target.iterdir()] if self._target.exists() else []
            if strangers := [name for name in others if name != INCOMING]:
                raise PermanentFailure(
                    f"{self._target} holds {min(strangers)!r} and more that papersys did not put there; set "
                    "publisher.deploy.folder to a folder that is empty or not there yet."
                )
            return frozenset()
        try:
            return read_listing(listing.read_text("utf-8"))
        except ValueError as error:
            raise PermanentFailure(
                f"{listing} cannot be read ({error}), so nobody knows which files there are papersys's; empty "
                f"{self._target} and deploy again."
            ) from error

    def _refuse_links(self, paths: Iterable[str]) -> None:
        """What lies behind one is another place."""
        folders = {parent for path in paths for parent in PurePosixPath(path).parents}
        for name in (*paths, *map(str, folders - {PurePosixPath(".")})):
            if (self._target / name).is_symlink():
                raise PermanentFailure(f"{self._target / name} is a link, and would lead files elsewhere; remove it.")

    def _refuse_strangers(self, paths: Iterable[str]) -> None:
        for place in (self._target / path for path in paths):
            if place.exists():
                raise PermanentFailure(f"{place} was not put there by papersys and is in the way; move it elsewhere.")

    def _is_there(self, path: str) -> bool:
        place = self._target / path
        return place.is_file() and not place.is_symlink()

    def _put(self, site: Path, wanted: Manifest, changes: Changes, ours: frozenset[str]) -> None:
        """The listing names old and new files before any is touched: whoever is killed leaves nothing unnamed."""
        self._check_space(changes.size)
        staged = [*changes.new, *changes.changed]
        try:
            for path in staged:
                _copy(site / path, self._incoming / "new" / path)
        except OSError:
            shutil.rmtree(self._incoming, ignore_errors=True)
            raise
        self._write_listing(ours | wanted.keys())
        self._place(sorted(staged, key=_order), changes.removed)
        self._write_listing(wanted)
        shutil.rmtree(self._incoming, ignore_errors=True)

    def _place(self, staged: list[str], removed: Iterable[str]) -> None:
        placed: list[str] = []
        try:
            for path in staged:
                self._keep_old(path)
                placed.append(path)
                _make_folder((self._target / path).parent, self._target)
                (self._incoming / "new" / path).replace(self._target / path)
            for path in removed:
                self._keep_old(path)
                placed.append(path)
                (self._target / path).unlink(missing_ok=True)
                self._remove_empty(path)
        except OSError:
            self._put_back(placed)
            raise

    def _keep_old(self, path: str) -> None:
        if self._is_there(path):
            old = self._incoming / "old" / path
            _make_folder(old.parent, self._target)
            _set_aside(self._target / path, old)

    def _put_back(self, placed: Iterable[str]) -> None:
        for path in placed:
            old, place = self._incoming / "old" / path, self._target / path
            with contextlib.suppress(OSError):
                if old.exists():
                    _make_folder(place.parent, self._target)
                    old.replace(place)
                else:
                    place.unlink(missing_ok=True)

    def _remove_empty(self, path: str) -> None:
        """Folders that hold nothing any more; what others put there keeps them."""
        with contextlib.suppress(OSError):
            for folder in (self._target / path).parents:
                if folder == self._target:
                    break
                folder.rmdir()

    def _write_listing(self, paths: Iterable[str]) -> None:
        draft = self._incoming / LISTING
        _make_folder(draft.parent, self._target.parent)
        draft.write_text(dump_listing(paths), "utf-8")
        draft.chmod(_FILE_MODE)
        draft.replace(self._target / LISTING)

    def _check_space(self, size: int) -> None:
        _make_folder(self._target, self._target.parent)
        free = shutil.disk_usage(self._target).free
        if free < size + _SPARE_BYTES:
            raise TemporaryFailure(f"{self._target} has {free // 10**6} MB left, {size // 10**6} MB go up; free some.")

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            failure = PermanentFailure if isinstance(error, _FOR_A_PERSON) else TemporaryFailure
            raise failure(
                f"The site could not be copied to {self._target}: {error.strerror} ({error.filename}); "
                "what is published there is as it was."
            ) from error


def _order(path: str) -> tuple[int, str]:
    """What pages load comes before the pages, the front page last."""
    return (2 if path == "index.html" else 1 if path.endswith((".html", ".xml")) else 0), path


def _copy(source: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, place)
    place.chmod(_FILE_MODE)


def _set_aside(path: Path, old: Path) -> None:
    """A file system without hard links has no file there for a moment."""
    try:
        os.link(path, old)
    except OSError:
        path.rename(old)


def _make_folder(folder: Path, above: Path) -> None:
    """A folder that others can enter, with those up to the one above."""
    missing = [at for at in (folder, *folder.parents) if at.is_relative_to(above) and not at.exists()]
    for at in reversed(missing):
        at.mkdir(exist_ok=True)
        at.chmod(_FOLDER_MODE)
