"""Reading lists: `reading_list/<user>.jsonl`, one line a paper in the order of adding, and `reading_list/files/`, the
PDF and TeX files that people added themselves. Written by the summarizer, and by the command line while that is down.

A file is replaced whole at each change, so that a list is always one that somebody wanted. Lines that cannot be read
are kept in `reading_list/unreadable/`. What was read is kept until the file changes.
"""

import hashlib
import json
import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from pydantic import ValidationError

from shared.contracts import DEFAULT_USER, MAX_LOCAL_BYTES, ListedPaper
from shared.errors import PermanentFailure
from shared.paper_ids import folder_name, is_local, local_id
from shared.store.files.data_folder import DataFolder, whole_lines
from shared.store.files.file_names import file_name
from shared.store.files.file_stamps import FileStamp, stamp_of
from shared.store.files.jsonlines import set_aside

log = logging.getLogger(__name__)

DATASET = "reading_list"
MOST_LISTED = 20_000
FILE_SUFFIXES = (".pdf", ".tex", ".gz", ".tar")
_LOCK = "reading-list"
_FIELDS = frozenset(ListedPaper.model_fields)

Papers = dict[str, ListedPaper]
Change = Callable[[Papers], Papers]


@dataclass
class _List:
    """What a user's file held when it had this stamp; `lines` are those of the papers, without their ends."""

    stamp: FileStamp | None = None
    papers: Papers = field(default_factory=dict)
    lines: dict[str, str] = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)


class ReadingListStore:
    """The lists of all users. Safe to use from several threads."""

    def __init__(self, data: DataFolder) -> None:
        self._data = data
        self._turn = threading.RLock()
        self._lists: dict[Path, _List] = {}

    def of_user(self, user: str = DEFAULT_USER) -> list[ListedPaper]:
        """A user's papers in the order in which they were added, without those that were taken off."""
        return [paper for paper in self.records(user) if not paper.is_removed]

    def get(self, user: str, paper_id: str) -> ListedPaper | None:
        """A paper of a user's list; None where it is not on it."""
        paper = self._read(self._path(user)).papers.get(paper_id)
        return None if paper is None or paper.is_removed else paper

    def records(self, user: str) -> list[ListedPaper]:
        """As `of_user`, with the papers that were taken off although they are saved."""
        return list(self._read(self._path(user)).papers.values())

    def users(self) -> list[str]:
        """Who has a list with any paper."""
        paths = sorted(self._data.path(DATASET).glob("*.jsonl"))
        return sorted({paper.user for path in paths for paper in self._read(path).papers.values()})

    def everybody(self) -> list[ListedPaper]:
        """The papers of all lists."""
        return [paper for user in self.users() for paper in self.of_user(user)]

    def lists(self, paper_id: str) -> list[ListedPaper]:
        """A paper on each list that has it."""
        listed = (self.get(user, paper_id) for user in self.users())
        return [paper for paper in listed if paper is not None]

    def change(self, user: str, change: Change) -> Papers:
        """Replace a user's list by what `change` makes of it, as its only writer; the list as it is now.

        Raises TemporaryFailure where the disk is full (the old list stands), PermanentFailure for too long a list.
        """
        with self._data.lock(_LOCK), self._turn:
            current = self._read(self._path(user))
            papers = dict(sorted(change(dict(current.papers)).items(), key=lambda item: item[1].added_at))
            if papers == current.papers:
                return papers
            if len(papers) > MOST_LISTED and len(papers) > len(current.papers):
                raise PermanentFailure(f"A reading list holds {MOST_LISTED} papers at most; remove some first.")
            self._write(user, current, papers)
            return papers

    def put(self, papers: Iterable[ListedPaper]) -> None:
        """Store papers in place of what their users' lists say of them."""
        by_user: dict[str, Papers] = {}
        for paper in papers:
            by_user.setdefault(paper.user, {})[paper.paper_id] = paper
        for user, given in by_user.items():
            self.change(user, partial(_with, given=given))

    def fingerprint(self) -> str:
        """Changes whenever a list does; costs only a look at the folder."""
        paths = sorted(self._data.path(DATASET).glob("*.jsonl"))
        return ";".join(f"{path.stem}:{stamp_of(path)}" for path in paths)

    def pinned(self) -> set[tuple[str, str]]:
        """The folders of documents, as paper and version, that lists name: those asked now and those asked before."""
        return {
            (folder_name(paper.paper_id), f"v{version}") for paper in self.everybody() for version in versions_of(paper)
        }

    def keep_file(self, content: bytes, suffix: str) -> str:
        """Keep a person's own file; the id that it has. The same bytes are the same paper. Raises PermanentFailure."""
        if len(content) > MAX_LOCAL_BYTES:
            raise PermanentFailure(f"The file is larger than {MAX_LOCAL_BYTES // 10**6} MB.")
        paper_id = local_id(hashlib.sha256(content).hexdigest())
        with self._data.lock(_LOCK):
            self._data.write_bytes(self._data.path(DATASET, "files", f"{folder_name(paper_id)}{suffix}"), content)
        return paper_id

    def file_of(self, paper_id: str) -> Path | None:
        """Where a person's own file lies; None where it does not."""
        folder = self._data.path(DATASET, "files")
        paths = (folder / f"{folder_name(paper_id)}{suffix}" for suffix in FILE_SUFFIXES if is_local(paper_id))
        return next((path for path in paths if path.is_file()), None)

    def drop_file(self, paper_id: str) -> None:
        """Remove a person's own file, where no list names it any more."""
        with self._data.lock(_LOCK):
            path = None if self.lists(paper_id) else self.file_of(paper_id)
            if path is not None:
                self._data.remove(path)

    def forget_files(self, user: str) -> None:
        """Take a person's own files off their list, and away where nobody else has the same."""
        own = [paper.paper_id for paper in self.records(user) if is_local(paper.paper_id)]
        self.change(user, lambda papers: {name: paper for name, paper in papers.items() if name not in own})
        for paper_id in own:
            self.drop_file(paper_id)

    def _write(self, user: str, current: _List, papers: Papers) -> None:
        path = self._path(user)
        lines = {
            paper_id: current.lines[paper_id] if current.papers.get(paper_id) is paper else paper.model_dump_json()
            for paper_id, paper in papers.items()
        }
        set_aside(self._data, path, current.unreadable)
        self._data.write_text(path, "".join(f"{line}\n" for line in lines.values()))
        self._lists[path] = _List(stamp_of(path), papers, lines)

    def _read(self, path: Path) -> _List:
        with self._turn:
            stamp, kept = stamp_of(path), self._lists.get(path)
            if kept is None or kept.stamp != stamp:
                kept = self._lists[path] = _read_list(path, stamp)
            return kept

    def _path(self, user: str) -> Path:
        return self._data.path(DATASET, f"{file_name(user)}.jsonl")


def _with(current: Papers, given: Papers) -> Papers:
    return {**current, **given}


def versions_of(paper: ListedPaper) -> set[int]:
    """The versions of a listed paper that answers may cite, or soon will."""
    return {*paper.earlier_versions, *filter(None, (paper.version, paper.wanted_version))}


def parse_line(line: str) -> ListedPaper:
    """A line of a list; fields that this version does not know are passed over. Raises ValueError."""
    content = json.loads(line)
    if not isinstance(content, Mapping):
        raise ValueError("is no record")
    return ListedPaper.model_validate({name: value for name, value in content.items() if name in _FIELDS})


def _read_list(path: Path, stamp: FileStamp | None) -> _List:
    """Of several lines about a paper the last one counts. Raises OSError."""
    read = _List(stamp)
    for number, line in enumerate(whole_lines(path).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            paper = parse_line(line)
            if file_name(paper.user) != path.stem:
                raise ValueError(f"is of {paper.user!r}, whose list is another file")
        except (ValueError, RecursionError) as error:
            read.unreadable.append(line)
            text = "%s, line %d, cannot be read and is left out: %s"
            log.error(text, path, number, _in_short(error), extra={"action": "listed_unreadable"})
        else:
            read.papers[paper.paper_id], read.lines[paper.paper_id] = paper, line
    return read


def _in_short(error: Exception) -> str:
    return error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)[:200]
