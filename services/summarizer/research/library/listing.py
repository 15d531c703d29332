"""Requests about a reading list: what was asked becomes the list's new state, and the work is done behind it."""

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

from services.summarizer.research.library.list_changes import with_added, with_updates, without
from services.summarizer.research.library.own_files import plain_file_name, read_own_file
from shared.contracts import AddPapers, ListedPaper, ReadingListReply, RemovePapers, UpdatePapers
from shared.errors import PermanentFailure
from shared.paper_ids import is_local
from shared.store.people.signals import SignalStore
from shared.store.research.reading_list import ReadingListStore


class Listing:
    """Answers from the files alone, so that the command line can do the same while no service runs.

    With `saved_is_listed`, a saved paper that is taken off stays off.
    """

    def __init__(
        self, store: ReadingListStore, signals: SignalStore, now: Callable[[], datetime], *, saved_is_listed: bool
    ) -> None:
        self._store = store
        self._signals = signals
        self._now = now
        self._saved_is_listed = saved_is_listed

    def add(self, request: AddPapers) -> ReadingListReply:
        """Raises TemporaryFailure where the list cannot be written, PermanentFailure where it is too long."""
        refused: dict[str, str] = {}
        paper_ids = [paper_id for paper_id in request.paper_ids if not is_local(paper_id)]
        for paper_id in filter(is_local, request.paper_ids):
            if not self._is_theirs(paper_id, request.user):
                refused[paper_id] = f"The file of {paper_id} is not here; add the file itself."
            else:
                paper_ids.append(paper_id)
        papers = self._added(request, paper_ids)
        if request.local_path:
            try:
                papers.append(self._own_file(request))
            except PermanentFailure as failure:
                refused[request.local_path] = str(failure)
        return ReadingListReply(papers=tuple(papers), refused=refused)

    def update(self, request: UpdatePapers) -> ReadingListReply:
        """Raises TemporaryFailure where the list cannot be written."""
        refused = self._unlisted(request.paper_ids, request.user)
        for paper_id in filter(is_local, request.paper_ids):
            refused.setdefault(paper_id, f"{paper_id} is a file of your own; add the new file instead.")
        wanted = [paper_id for paper_id in request.paper_ids if paper_id not in refused]
        papers = self._store.change(request.user, lambda current: with_updates(current, wanted, self._now()))
        return ReadingListReply(papers=tuple(papers[paper_id] for paper_id in wanted), refused=refused)

    def remove(self, request: RemovePapers) -> ReadingListReply:
        """The papers as they were. Raises TemporaryFailure where the list cannot be written."""
        refused = self._unlisted(request.paper_ids, request.user)
        listed = (self._store.get(request.user, paper_id) for paper_id in dict.fromkeys(request.paper_ids))
        papers = [paper for paper in listed if paper is not None]
        ids = [paper.paper_id for paper in papers]
        saved = self._signals.current("save", request.user) if self._saved_is_listed else {}
        self._store.change(request.user, lambda current: without(current, ids, saved, self._now()))
        for paper_id in filter(is_local, ids):
            self._store.drop_file(paper_id)
        return ReadingListReply(papers=tuple(papers), refused=refused)

    def _added(self, request: AddPapers, paper_ids: list[str]) -> list[ListedPaper]:
        if not paper_ids:
            return []
        facts = request.user, self._now(), request.versions
        papers = self._store.change(request.user, lambda current: with_added(current, paper_ids, *facts))
        return [papers[paper_id] for paper_id in dict.fromkeys(paper_ids)]

    def _own_file(self, request: AddPapers) -> ListedPaper:
        path = Path(request.local_path)
        if not path.is_absolute():
            raise PermanentFailure(f"{path} must be named by its whole path.")
        paper_id = self._store.keep_file(*read_own_file(path))
        named = {"file_name": plain_file_name(path), **({"title": request.title} if request.title else {})}
        papers = self._store.change(
            request.user,
            lambda current: _renamed(with_added(current, [paper_id], request.user, self._now()), paper_id, named),
        )
        return papers[paper_id]

    def _is_theirs(self, paper_id: str, user: str) -> bool:
        """Whether a file is this person's own. Of somebody else's the answer is that of a file that is not here."""
        had = any(paper.paper_id == paper_id for paper in self._store.records(user))
        return had and self._store.file_of(paper_id) is not None

    def _unlisted(self, paper_ids: Iterable[str], user: str) -> dict[str, str]:
        return {
            paper_id: f"{paper_id} is not on the list."
            for paper_id in paper_ids
            if self._store.get(user, paper_id) is None
        }


def _renamed(papers: dict[str, ListedPaper], paper_id: str, names: dict[str, str]) -> dict[str, ListedPaper]:
    return {**papers, paper_id: papers[paper_id].model_copy(update=names)}
