"""Notes on papers: `notes/<user>/<id>.md`, plain Markdown that any editor opens. Written by feedback.

A person may edit or add files by hand; what is no note of a paper is passed over.
"""

import contextlib
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from shared.paper_ids import folder_name, named_by_folder, parse_any_paper_id
from shared.store.files.data_folder import DataFolder
from shared.store.files.file_names import file_name
from shared.store.people.own_texts import fingerprint_of, replace_text

_MOST_BYTES = 400_000
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True)
class Note:
    """A user's note on a paper; an empty text where there is none. `changed_at` is aware and UTC."""

    paper_id: str
    text: str = ""
    changed_at: datetime | None = None

    @property
    def fingerprint(self) -> str:
        """Changes with the text; empty without one."""
        return fingerprint_of(self.text)


class NoteStore:
    """The notes of all users."""

    def __init__(self, data: DataFolder) -> None:
        self._data = data

    def get(self, user: str, paper_id: str) -> Note:
        return _read(self._path(user, paper_id), paper_id)

    def get_many(self, user: str, paper_ids: Iterable[str]) -> dict[str, Note]:
        """The notes that there are, by paper."""
        notes = {paper_id: self.get(user, paper_id) for paper_id in paper_ids}
        return {paper_id: note for paper_id, note in notes.items() if note.text}

    def all(self, user: str) -> list[Note]:
        """A user's notes, the last changed first."""
        notes = (_read(path, paper_id) for path, paper_id in self._newest_first(user))
        return [note for note in notes if note.text]

    def page(self, user: str, start: int, count: int) -> tuple[list[Note], int]:
        """So many notes from a place on, the last changed first, and how many there are; reads no other file."""
        files = self._newest_first(user)
        notes = (_read(path, paper_id) for path, paper_id in files[start : start + count])
        return [note for note in notes if note.text], len(files)

    def is_longer(self, path: Path) -> bool:
        """Whether a file holds more than is read of it."""
        return path.stat().st_size > _MOST_BYTES

    def put(self, user: str, paper_id: str, text: str, based_on: str | None = None) -> tuple[bool, Note]:
        """Store a note, or remove it where `text` is empty: whether that was done, and what stands now.

        Not done where `based_on` is not the fingerprint of what stands, unless that is the same text already.
        """
        path, standing = self._path(user, paper_id), partial(self.get, user, paper_id)
        is_done = replace_text(self._data, "notes", path, standing, clean_text(text), based_on)
        return is_done, standing()

    def set_changed_at(self, user: str, note: Note) -> None:
        """Let a note count as last changed when it was changed elsewhere."""
        if note.changed_at is not None:
            moment = note.changed_at.timestamp()
            with contextlib.suppress(OSError):
                os.utime(self._path(user, note.paper_id), (moment, moment))

    def _newest_first(self, user: str) -> list[tuple[Path, str]]:
        files = [(path, paper_id) for path in self._folder(user).glob("*.md") if (paper_id := paper_id_in(path))]
        return sorted(files, key=lambda file: _changed_at(file[0]), reverse=True)

    def _path(self, user: str, paper_id: str) -> Path:
        return self._folder(user) / f"{folder_name(parse_any_paper_id(paper_id))}.md"

    def _folder(self, user: str) -> Path:
        return self._data.path("notes", file_name(user))


def clean_text(text: str) -> str:
    """A note as it is stored: lines ended by a newline, no control characters, no space around it."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _read(path: Path, paper_id: str) -> Note:
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES)
            changed_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except (OSError, OverflowError):
        return Note(paper_id)
    return Note(paper_id, clean_text(content.decode("utf-8-sig", "replace")), changed_at)


def paper_id_in(path: Path) -> str | None:
    """The paper that a file is about: `hep-th_9901001.md` is about hep-th/9901001."""
    try:
        return named_by_folder(path.stem)
    except ValueError:
        return None


def _changed_at(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
