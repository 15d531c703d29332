"""Where data is taken from: a folder, a single file, or (in `hub`) a Hugging Face dataset."""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from shared.errors import PapersysError
from shared.text.safe.encodings import decoded

_LFS_POINTER = b"version https://git-lfs.github.com/spec/"
NOT_FETCHED = "it is a pointer of Git LFS, its content is not here; fetch it with `git lfs pull`"


@dataclass(frozen=True)
class Item:
    """A file of a source by its name there. `sha256` is empty where nobody said it before the file is read."""

    name: str
    size: int
    modified_ns: int = 0
    sha256: str = ""

    @property
    def is_table(self) -> bool:
        return self.name.casefold().endswith(".parquet")


class Source(Protocol):
    """Files that are only ever read."""

    @property
    def place(self) -> str:
        """What tells this source from others: a path, or the name of a dataset."""

    @property
    def origin(self) -> str:
        """Its short name."""

    @property
    def revision(self) -> str:
        """Which state of it; empty for a folder."""

    def items(self) -> list[Item]:
        """Every file, by name. Raises PapersysError."""

    def opened(self, item: Item) -> contextlib.AbstractContextManager[Path]:
        """The file on this machine's disk while the block runs. Raises PapersysError."""

    def close(self) -> None:
        """Remove what was fetched."""


class FolderSource:
    """The files below a folder, hidden ones left out (a copy of a dataset has caches); or one file."""

    revision = ""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            raise PapersysError(
                f"There is no {path}. SOURCE is a folder, a file, or a Hugging Face dataset written hf:OWNER/NAME."
            )
        self._path = path.resolve()
        self._root = self._path if self._path.is_dir() else self._path.parent
        self._paths: dict[str, Path] = {}

    @property
    def place(self) -> str:
        return str(self._path)

    @property
    def origin(self) -> str:
        return self._path.name

    def items(self) -> list[Item]:
        paths = sorted(_files_below(self._path)) if self._path.is_dir() else [self._path]
        if not paths:
            raise PapersysError(f"{self._path} has no files.")
        self._paths = {self._name(path): path for path in paths}
        return [_item(name, path) for name, path in self._paths.items()]

    @contextlib.contextmanager
    def opened(self, item: Item) -> Iterator[Path]:
        yield self._paths.get(item.name, self._root / item.name)

    def _name(self, path: Path) -> str:
        """Its name below the folder, as text also where it was given in an older encoding."""
        return decoded(os.fsencode(path.relative_to(self._root)))

    def close(self) -> None:
        """Nothing was fetched."""


def check_apart(source: Path, data: Path) -> None:
    """Raises PapersysError where a source and the data folder lie within each other: originals are never written to."""
    inner, outer = source.resolve(), data.resolve()
    if inner == outer or outer in inner.parents or inner in outer.parents:
        raise PapersysError(
            f"{source} and the data folder {data} lie within each other; copy what is to be migrated elsewhere, "
            "or set data.path to another folder."
        )


def is_lfs_pointer(path: Path) -> bool:
    """Whether a file of a git repository only names its content, which was never fetched. Raises OSError."""
    with path.open("rb") as file:
        return file.read(len(_LFS_POINTER)) == _LFS_POINTER


def _item(name: str, path: Path) -> Item:
    try:
        facts = path.stat()
    except OSError:  # a link to nowhere: whoever opens it says so
        return Item(name, 0)
    return Item(name, facts.st_size, facts.st_mtime_ns)


def _files_below(folder: Path) -> Iterator[Path]:
    """Files, and links to nowhere; links to folders are followed, each folder is read once."""
    seen: set[Path] = set()
    for name, folders, files in os.walk(folder, followlinks=True):
        here = Path(name)
        if (place := here.resolve()) in seen:
            folders.clear()
            continue
        seen.add(place)
        folders[:] = sorted(each for each in folders if not each.startswith("."))
        for path in (here / each for each in files if not each.startswith(".")):
            if path.is_file() or (path.is_symlink() and not path.exists()):
                yield path
