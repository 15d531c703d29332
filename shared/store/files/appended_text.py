"""A file that grows at its end, read on from where the last reading ended."""

from pathlib import Path

from shared.store.files.file_stamps import stamp_of

_KEPT_BYTES = 200
"""How much of what was read last is compared, to tell a file that grew from one that was written anew."""


class AppendedText:
    """What was appended since the last reading; `lines` were read so far."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._end = 0
        self._inode = 0
        self._last = b""
        self.lines = 0

    def was_replaced(self) -> bool:
        """Whether what was read stands no longer there: then everything is to be read again, by another reader."""
        stamp = stamp_of(self._path, absent=OSError)
        if stamp is None or (self._end and stamp.inode != self._inode) or stamp.size < self._end:
            return True
        if not self._last:
            return False
        with self._path.open("rb") as file:
            file.seek(self._end - len(self._last))
            return file.read(len(self._last)) != self._last

    def read_on(self) -> str:
        """The whole lines that were appended; a torn last one waits. Bytes that are no UTF-8 spoil their line only."""
        stamp = stamp_of(self._path, absent=OSError)
        if stamp is None or stamp.size == self._end:
            return ""
        with self._path.open("rb") as file:
            file.seek(self._end)
            content = file.read()
        content = content[: content.rfind(b"\n") + 1]
        self._end += len(content)
        self._inode = stamp.inode
        self._last = (self._last + content)[-_KEPT_BYTES:]
        self.lines += content.count(b"\n")
        return content.decode("utf-8", "replace")
