"""A fence before the files of a dataset: who lost the right to write while it was paused cannot write any more.

A lease ends by time, and its holder may be stopped just then, between any two of its instructions; asking the clock
before a write proves nothing. So each holder has a folder of its own, named for its epoch, and whoever comes next takes
that folder away before doing anything else. A draft lies in it until it is renamed to its place: the rename of an
earlier holder finds no draft. An append is announced in it, and the announcement renamed when the file is open: that
fails for an earlier holder too, and the next one copies each file whose append was announced, so that what is still
written goes into a file that nobody reads. All of it is decided by renames, which a file server does one by one; see
Martin Kleppmann, "How to do distributed locking" (2016), on why a lease needs a fence.
"""

import contextlib
import logging
import os
import shutil
import uuid
from collections.abc import Iterator
from contextvars import ContextVar
from pathlib import Path

from shared.errors import TemporaryFailure

log = logging.getLogger(__name__)

_ENDED = ".ended-"
_APPEND = ".append"
_LOST_SECONDS = 1.0


class LeaseLost(TemporaryFailure):
    """Another process has become the writer of a dataset; what was to be written has to be tried again."""


class Fence:
    """One holder's folder below `<root>/state/locks/<dataset>.lease`."""

    def __init__(self, root: Path, dataset: str, epoch: str) -> None:
        """Epochs are compared as text: that of a later holder is greater."""
        self._root = root
        self._dataset = dataset
        self._place = root / "state" / "locks" / f"{dataset}.lease"
        self.folder = self._place / epoch

    def put_up(self) -> None:
        """Shut out every earlier holder. Raises LeaseLost where a later one has done so with this one."""
        self.folder.mkdir(parents=True)
        others = [folder for folder in self._place.iterdir() if folder != self.folder]
        if any(other.name > self.folder.name for other in others if not other.name.startswith(_ENDED)):
            self.take_down()
            raise self._lost()
        for other in others:
            self._shut_out(other)

    def take_down(self) -> None:
        """The holder is done."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def check(self) -> None:
        """Raises LeaseLost where somebody else writes by now."""
        with self._standing():
            mark = self.folder / uuid.uuid4().hex
            mark.touch()
            mark.unlink(missing_ok=True)

    def remove(self, path: Path) -> None:
        """Remove a file, if it is there: it goes into the folder first, which fails where that is gone."""
        try:
            path.rename(self.folder / uuid.uuid4().hex)
        except FileNotFoundError:
            self.check()

    def draft_of(self, path: Path) -> Path | None:
        """Where to write what will be renamed to `path`; None where that lies on another disk."""
        return self.folder / f".{path.name}.{uuid.uuid4().hex[:8]}.tmp" if self.is_near(path) else None

    def is_near(self, path: Path) -> bool:
        """Whether a file can be renamed between here and there."""
        with self._standing():
            return path.parent.stat().st_dev == self.folder.stat().st_dev

    @contextlib.contextmanager
    def appending(self, path: Path) -> Iterator["Append"]:
        """Around opening and appending to a file; `begin` is called between the two.

        Raises LeaseLost, also where all was written but perhaps into a file that nobody reads any more: then whoever
        wanted it written has to try again.
        """
        append = Append(self, self.folder / f"{uuid.uuid4().hex}{_APPEND}")
        with self._standing():
            append.mark.write_text(os.path.relpath(path, self._root))
        try:
            yield append
            self.check()
        finally:
            append.forget()

    @contextlib.contextmanager
    def _standing(self) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError:
            raise self._lost() from None

    def _lost(self) -> LeaseLost:
        return LeaseLost(
            f"The lease on {self._dataset} ended while this was being written, and another process has it now.",
            retry_in_seconds=_LOST_SECONDS,
        )

    def _shut_out(self, earlier: Path) -> None:
        ended = earlier
        if not earlier.name.startswith(_ENDED):
            ended = earlier.with_name(f"{_ENDED}{uuid.uuid4().hex}")
            try:
                earlier.rename(ended)
            except FileNotFoundError:  # its holder was done just now
                return
            facts = {"action": "lease_taken_over", "dataset": self._dataset}
            log.warning("The last writer of %s did not finish; it is shut out.", self._dataset, extra=facts)
        for mark in ended.glob(f"*{_APPEND}*"):
            self._make_anew(mark.read_text())
        shutil.rmtree(ended, ignore_errors=True)

    def _make_anew(self, name: str) -> None:
        """The file as it is now, under its name; who had it open writes into another."""
        path = self._root / name
        if not name or not path.exists():
            return
        draft = self.folder / f"{uuid.uuid4().hex}.tmp"
        with self._standing():
            shutil.copy2(path, draft)  # its checksum, an attribute, comes along
            with draft.open("rb") as written:
                os.fsync(written.fileno())
            draft.replace(path)


class Append:
    """An append that was announced; only what has begun is written."""

    def __init__(self, fence: Fence, mark: Path) -> None:
        self._fence = fence
        self.mark = mark

    def begin(self) -> None:
        """The file is open: from here on a later holder knows of it. Raises LeaseLost."""
        begun = self.mark.with_name(f"{self.mark.name}.begun")
        with self._fence._standing():
            self.mark.rename(begun)
        self.mark = begun

    def forget(self) -> None:
        with contextlib.suppress(OSError):
            self.mark.unlink()


_fences: ContextVar[tuple[Fence, ...]] = ContextVar("fences", default=())


def fences_here() -> tuple[Fence, ...]:
    """The fences of the datasets that are being written here, the innermost last."""
    return _fences.get()


@contextlib.contextmanager
def writing_behind(fence: Fence | None) -> Iterator[None]:
    """What is written within goes through this fence too."""
    if fence is None:
        yield
        return
    token = _fences.set((*_fences.get(), fence))
    try:
        yield
    finally:
        _fences.reset(token)
