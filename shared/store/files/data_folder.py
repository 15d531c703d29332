"""The only ways to change a data file: replace it whole, or append to it, durably and by one writer at a time."""

import contextlib
import errno
import os
import shutil
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from shared.errors import PapersysError, TemporaryFailure
from shared.store.files.checksums import note_appended, note_whole
from shared.store.files.exclusion import exclusion_for
from shared.store.files.fence import Fence, fences_here, writing_behind

_LOCK_SECONDS = 60.0
_FULL_SECONDS = 60.0
_OF_THE_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EMFILE, errno.ENFILE}
"""Errors that are about no file in particular: whoever wanted to write waits, and nobody is to blame."""


class DataFolder:
    """The root of the data, and room left on its disk."""

    def __init__(self, root: Path, min_free_mb: int = 200) -> None:
        self.root = root
        self.min_free_bytes = min_free_mb * 1024 * 1024

    def path(self, *parts: str) -> Path:
        return self.root.joinpath(*parts)

    def within(self, *parts: str) -> "DataFolder":
        """A folder in this one as a data folder of its own, with its own locks."""
        return DataFolder(self.path(*parts), self.min_free_bytes // (1024 * 1024))

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
        free, needed = shutil.disk_usage(self._existing()).free, self.min_free_bytes + size
        if free < needed:
            raise TemporaryFailure(
                f"Only {free // 1024**2} MB are free for the data folder {self.root}, "
                f"{needed // 1024**2} MB are needed (data.min_free_mb); free some space.",
                retry_in_seconds=_FULL_SECONDS,
            )

    @contextlib.contextmanager
    def lock(self, dataset: str, wait_seconds: float = _LOCK_SECONDS) -> Iterator[None]:
        """Be the one writer of a dataset; the lock goes with the process, however it ends.

        Where machines share the folder it is a lease, and what its holder writes after its end is refused. Raises
        TemporaryFailure.
        """
        with exclusion_for(self.root).hold(self.root, dataset, wait_seconds) as fence, writing_behind(fence):
            yield

    @contextlib.contextmanager
    def replacing(self, path: Path) -> Iterator[Path]:
        """A temporary path beside `path` that takes its place, durably, when the block ends well.

        Readers see the old file or the new one, never a part. Raises TemporaryFailure when the disk is full, or when
        the right to write was lost.
        """
        self.check_space()
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = _draft_of(path)
        try:
            yield draft
            note_whole(draft)
            with draft.open("rb") as written:
                os.fsync(written.fileno())
            _check_fences(fences_here()[:-1])
            draft.replace(path)
            _sync_folder(path.parent)
        except OSError as error:
            _check_fences(fences_here())
            text = f"{path} could not be written: {error.strerror}; the old state stands."
            raise TemporaryFailure(text, retry_in_seconds=_wait_after(error)) from error
        finally:
            draft.unlink(missing_ok=True)

    def remove(self, path: Path) -> None:
        """Remove a file of a dataset, if it is there. Raises TemporaryFailure where the right to write was lost."""
        fences = fences_here()
        _check_fences(fences[:-1])
        if fences and fences[-1].is_near(path):
            fences[-1].remove(path)
        else:
            path.unlink(missing_ok=True)

    def move_folder(self, folder: Path, place: Path) -> None:
        """Give a folder of a dataset another name; an empty folder may be there. Raises TemporaryFailure.

        A writer that is stopped between the look at its fence and the renaming finds the place taken when it goes on:
        whoever came next has moved the same folder there.
        """
        _check_fences(fences_here())
        try:
            folder.replace(place)
        except OSError as error:
            text = f"{folder} could not be renamed to {place.name}: {error.strerror}; it stands as it was."
            raise TemporaryFailure(text, retry_in_seconds=_wait_after(error)) from error
        _sync_folder(place.parent)

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
        with _open_to_append(path) as file:
            end = _end_of_last_line(file)
            file.truncate(end)
            try:
                file.write(content := lines.encode("utf-8", "replace"))
                file.flush()
                os.fsync(file.fileno())
            except OSError as error:
                with contextlib.suppress(OSError):
                    file.truncate(end)
                text = f"{path} could not be appended to: {error.strerror}."
                raise TemporaryFailure(text, retry_in_seconds=_wait_after(error)) from error
            note_appended(file, end, content)
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
            with _open_to_append(path) as file:
                file.truncate(size)
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
                note_appended(file, size, content)
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


def _draft_of(path: Path) -> Path:
    """Where to write what will take the place of `path`: beside it, or behind the fence of whoever writes."""
    fences = fences_here()
    behind = fences[-1].draft_of(path) if fences else None
    return behind or path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.tmp")


def _check_fences(fences: Iterable[Fence]) -> None:
    for fence in fences:
        fence.check()


@contextlib.contextmanager
def _open_to_append(path: Path) -> Iterator[IO[bytes]]:
    fences = fences_here()
    with contextlib.ExitStack() as stack:
        append = stack.enter_context(fences[-1].appending(path)) if fences else None
        file = stack.enter_context(path.open("ab+"))
        _check_fences(fences[:-1])
        if append is not None:
            append.begin()
        yield file


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
