"""The only ways to change a data file: replace it whole, or append to it, durably and by one writer at a time."""

import contextlib
import errno
import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from filelock import FileLock, Timeout

from shared.errors import PapersysError, TemporaryFailure

_LOCK_SECONDS = 60.0
_LOCKED_SECONDS = 10.0
_FULL_SECONDS = 60.0
_OF_THE_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EMFILE, errno.ENFILE}
"""Errors that are about no file in particular: whoever wanted to write waits, and nobody is to blame."""


class DataFolder:
    """The root of the data, and room left on its disk."""

    def __init__(self, root: Path, min_free_mb: int = 200) -> None:
        self.root = root
        self._min_free_bytes = min_free_mb * 1024 * 1024

    def path(self, *parts: str) -> Path:
        return self.root.joinpath(*parts)

    def prepare(self) -> None:
        """Make the folder and try to write in it. Raises PapersysError that says what to do."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            probe = self.root / f".probe-{uuid.uuid4().hex}"
            probe.write_bytes(b"papersys")
            probe.unlink()
        except OSError as error:
            raise PapersysError(
                f"The data folder {self.root} cannot be written ({error.strerror}); "
                "free space, change its owner, or set data.path to another folder."
            ) from error
        self.check_space()

    def check_space(self, size: int = 0) -> None:
        """Raises TemporaryFailure when the disk is nearly full, or would be after writing `size` bytes."""
        free, needed = shutil.disk_usage(self._existing()).free, self._min_free_bytes + size
        if free < needed:
            raise TemporaryFailure(
                f"Only {free // 1024**2} MB are free for the data folder {self.root}, "
                f"{needed // 1024**2} MB are needed (data.min_free_mb); free some space.",
                retry_in_seconds=_FULL_SECONDS,
            )

    @contextlib.contextmanager
    def lock(self, dataset: str, wait_seconds: float = _LOCK_SECONDS) -> Iterator[None]:
        """Be the one writer of a dataset; the lock goes with the process, however it ends. Raises TemporaryFailure."""
        folder = self.path("state", "locks")
        folder.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(folder / f"{dataset}.lock", timeout=wait_seconds):
                yield
        except Timeout as error:
            raise TemporaryFailure(
                f"Another process has been writing {dataset} in {self.root} for over {wait_seconds:g} s.",
                retry_in_seconds=_LOCKED_SECONDS,
            ) from error

    @contextlib.contextmanager
    def replacing(self, path: Path) -> Iterator[Path]:
        """A temporary path beside `path` that takes its place, durably, when the block ends well.

        Readers see the old file or the new one, never a part. Raises TemporaryFailure when the disk is full.
        """
        self.check_space()
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.tmp")
        try:
            yield draft
            with draft.open("rb") as written:
                os.fsync(written.fileno())
            draft.replace(path)
            _sync_folder(path.parent)
        except OSError as error:
            text = f"{path} could not be written: {error.strerror}; the old state stands."
            raise TemporaryFailure(text, retry_in_seconds=_wait_after(error)) from error
        finally:
            draft.unlink(missing_ok=True)

    def write_bytes(self, path: Path, content: bytes) -> bool:
        """Replace a file; False (and no write) where it has this content already."""
        if path.exists() and path.read_bytes() == content:
            return False
        with self.replacing(path) as draft:
            draft.write_bytes(content)
        return True

    def write_text(self, path: Path, content: str) -> bool:
        """As `write_bytes`, in UTF-8 with the newlines as given; a lone surrogate becomes a question mark."""
        return self.write_bytes(path, content.encode("utf-8", "replace"))

    def append_lines(self, path: Path, lines: str) -> None:
        """Append whole lines, durably; a torn last line of an earlier, killed write is cut off first.

        The caller holds the dataset's lock. Raises TemporaryFailure when the disk is full, leaving the file as it was.
        """
        self.check_space()
        path.parent.mkdir(parents=True, exist_ok=True)
        existed = path.exists()
        with path.open("ab+") as file:
            end = _end_of_last_line(file)
            file.truncate(end)
            try:
                file.write(lines.encode("utf-8", "replace"))
                file.flush()
                os.fsync(file.fileno())
            except OSError as error:
                with contextlib.suppress(OSError):
                    file.truncate(end)
                text = f"{path} could not be appended to: {error.strerror}."
                raise TemporaryFailure(text, retry_in_seconds=_wait_after(error)) from error
        if not existed:
            _sync_folder(path.parent)

    def append_at(self, path: Path, size: int, content: bytes) -> None:
        """Append durably to the first `size` bytes of a file; what lies behind them, of a killed write, is cut off.

        Raises TemporaryFailure when the disk is full; the first `size` bytes stand.
        """
        self.check_space()
        path.parent.mkdir(parents=True, exist_ok=True)
        existed = path.exists()
        try:
            with path.open("ab") as file:
                file.truncate(size)
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            text = f"{path} could not be appended to: {error.strerror}."
            raise TemporaryFailure(text, retry_in_seconds=_wait_after(error)) from error
        if not existed:
            _sync_folder(path.parent)

    def _existing(self) -> Path:
        folder = self.root
        while not folder.exists() and folder != folder.parent:
            folder = folder.parent
        return folder


def _wait_after(error: OSError) -> float | None:
    return _FULL_SECONDS if error.errno in _OF_THE_DISK else None


def whole_lines(path: Path) -> str:
    """The text of a file that is appended to, without a torn last line; empty where there is no file.

    Bytes that are no UTF-8 become replacement characters, so that they spoil their own line at most.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return ""
    return content[: content.rfind(b"\n") + 1].decode("utf-8", "replace")


def _end_of_last_line(file: IO[bytes]) -> int:
    size = file.seek(0, os.SEEK_END)
    position = size
    while position > 0:
        start = max(0, position - 65_536)
        file.seek(start)
        newline = file.read(position - start).rfind(b"\n")
        if newline >= 0:
            return start + newline + 1
        position = start
    return 0


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
