"""The work behind the reading lists, from the files alone: whatever is not ready is made ready, also after a kill."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial

from services.summarizer.research.library.list_changes import failed, ready, waiting, with_newer_versions, with_saved
from services.summarizer.research.library.preparation import PassageIndex, Preparation
from services.summarizer.research.library.work_order import Key, is_unfinished, key_of, next_papers
from shared.contracts import ListedPaper
from shared.errors import PapersysError, PermanentFailure, TemporaryFailure, reason
from shared.paper_ids import is_local
from shared.store.papers.documents import DocumentStore
from shared.store.papers.metadata import MetadataStore
from shared.store.people.signals import SignalStore
from shared.store.people.users import UserStore
from shared.store.research.reading_list import Papers, ReadingListStore

log = logging.getLogger(__name__)

PLACES = 3
_LOOK_SECONDS = 2.0
_VERSIONS_EVERY = timedelta(minutes=1)
_WAITS_SECONDS = (5.0, 15.0, 60.0, 300.0, 900.0)


class NotWanted(Exception):
    """The paper was taken off the list, or asked for anew, while it was being made ready."""


class ReadingListWorker:
    """Looks at the lists every few seconds and at once when woken; several papers are under way at a time."""

    def __init__(
        self,
        store: ReadingListStore,
        preparation: Preparation,
        passages: PassageIndex,
        metadata: MetadataStore,
        documents: DocumentStore,
        signals: SignalStore,
        users: UserStore,
        now: Callable[[], datetime],
        *,
        saved_is_listed: bool,
    ) -> None:
        self._store = store
        self._preparation = preparation
        self._passages = passages
        self._metadata = metadata
        self._documents = documents
        self._signals = signals
        self._users = users
        self._now = now
        self._saved_is_listed = saved_is_listed
        self._woken = asyncio.Event()
        self._under_way: dict[Key, asyncio.Task[None]] = {}
        self._failures: dict[Key, int] = {}
        self._not_before: dict[Key, datetime] = {}
        self._seen_saved = ""
        self._seen_papers = ""
        self._next_versions = now()

    def wake(self) -> None:
        """Something was asked for."""
        self._woken.set()

    def is_busy(self) -> bool:
        """Whether papers are being made ready now."""
        return bool(self._under_way)

    async def run(self) -> None:
        """Work until cancelled. Raises what stores raise; whoever runs this begins again."""
        try:
            await asyncio.to_thread(self.recheck)
            while True:
                self._woken.clear()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), await self._stepped())
        finally:
            for task in self._under_way.values():
                task.cancel()
            await asyncio.gather(*self._under_way.values(), return_exceptions=True)

    async def _stepped(self) -> float:
        """As `step`; how long to wait before the next. A full disk ends no work that is under way."""
        try:
            await self.step()
        except (PapersysError, OSError) as error:
            text = "The reading lists cannot be looked at now: %s"
            log.warning(text, reason(error), extra={"action": "reading_list_failed"})
            return _WAITS_SECONDS[1]
        return _LOOK_SECONDS

    async def step(self) -> None:
        """Look once at what changed, and begin with as many papers as there are places."""
        await asyncio.to_thread(self._look)
        papers = await asyncio.to_thread(self._workable)
        for paper in next_papers(papers, self._under_way, self._not_before, self._now(), PLACES):
            key = key_of(paper)
            self._under_way[key] = asyncio.create_task(self._work(paper))

    async def finish(self) -> None:
        """Wait for the papers that are under way."""
        await asyncio.gather(*self._under_way.values())

    def recheck(self) -> None:
        """Papers whose text is gone, or that were cut or embedded otherwise than today, are made ready again.

        They are asked as they are until then.
        """
        for user in self._store.users():
            self._store.change(user, self._rechecked)

    def _rechecked(self, papers: Papers) -> Papers:
        return {paper_id: self._checked(paper) for paper_id, paper in papers.items()}

    def _checked(self, paper: ListedPaper) -> ListedPaper:
        if paper.is_removed or paper.state != "ready" or paper.version is None:
            return paper
        is_as_today = (paper.chunker, paper.embedding_model) == (self._passages.chunker, self._passages.embedding_model)
        if is_as_today and self._documents.stamp(paper.paper_id, paper.version):
            return paper
        return waiting(paper, paper.version, self._now())

    def _look(self) -> None:
        """Bring the lists up to what was saved, and to the versions that harvests tell of."""
        if (saved := self._saved_fingerprint()) != self._seen_saved:
            self._take_saved()
            self._seen_saved = saved
        if self._now() >= self._next_versions and (papers := self._metadata.fingerprint()) != self._seen_papers:
            self._note_newer_versions()
            self._seen_papers, self._next_versions = papers, self._now() + _VERSIONS_EVERY

    def _take_saved(self) -> None:
        """Where saved papers are not listed any more, those that were go."""
        for user in sorted((self._signals.users() | {*self._store.users()}) & self._people()):
            kept = self._signals.current("save", user) if self._saved_is_listed else {}
            saved = {paper_id: signal.occurred_at for paper_id, signal in kept.items()}
            self._store.change(user, partial(with_saved, saved=saved, user=user, at=self._now()))

    def _note_newer_versions(self) -> None:
        listed = {paper.paper_id for paper in self._store.everybody()}
        ids = [paper_id for paper_id in listed if not is_local(paper_id)]
        newest = {paper_id: paper.version for paper_id, paper in self._metadata.get(ids).items()}
        for user in self._store.users():
            self._store.change(user, partial(with_newer_versions, newest=newest, at=self._now()))

    def _workable(self) -> list[ListedPaper]:
        """Papers of people who may still come in."""
        people = self._people()
        return [paper for paper in self._store.everybody() if paper.user in people and is_unfinished(paper)]

    def _people(self) -> set[str]:
        return set(self._users.names())

    def _saved_fingerprint(self) -> str:
        users = sorted(self._signals.users()) if self._saved_is_listed else ["nobody"]
        return ";".join(f"{user}={self._signals.fingerprint(user)}" for user in users)

    async def _work(self, paper: ListedPaper) -> None:
        """Never raises but when cancelled: what goes wrong with one paper is said at it, and tried again."""
        key = key_of(paper)
        try:
            await self._prepared(paper)
            self._failures.pop(key, None)
        except NotWanted:
            log.info("%s is not wanted any more.", paper.paper_id, extra=_facts("listed_dropped", paper))
        except PermanentFailure as failure:
            await self._give_up(paper, str(failure))
        except Exception as error:
            await self._try_later(paper, error)
        finally:
            del self._under_way[key]
            self.wake()

    async def _prepared(self, paper: ListedPaper) -> None:
        states: list[str] = [paper.state]

        async def note(facts: Mapping[str, object]) -> None:
            await self._replace(paper, lambda current: current.model_copy(update=dict(facts)), states[-1])
            states.append(str(facts["state"]))

        version, facts = await self._preparation.prepare(paper, note)
        await self._replace(paper, lambda current: ready(current, version, facts, self._now()), states[-1])
        log.info("%s can be asked in version %d.", paper.paper_id, version, extra=_facts("listed_ready", paper))

    async def _give_up(self, paper: ListedPaper, problem: str) -> None:
        log.warning("%s cannot be asked: %s", paper.paper_id, problem, extra=_facts("listed_failed", paper))
        with contextlib.suppress(NotWanted):
            await self._replace_or_wait(paper, lambda current: failed(current, problem, self._now()))

    async def _try_later(self, paper: ListedPaper, error: Exception) -> None:
        """Say what is in the way; after longer and longer waits it is tried again, for as long as it takes."""
        key = key_of(paper)
        self._failures[key] = count = self._failures.get(key, 0) + 1
        asked = error.retry_in_seconds if isinstance(error, TemporaryFailure) else None
        wait = max(_WAITS_SECONDS[min(count, len(_WAITS_SECONDS)) - 1], min(asked or 0.0, _WAITS_SECONDS[-1]))
        self._not_before[key] = self._now() + timedelta(seconds=wait)
        problem = f"{reason(error)} It is tried again."
        unforeseen = None if isinstance(error, PapersysError) else error
        text = "%s is not ready yet: %s"
        log.warning(text, paper.paper_id, problem, extra=_facts("listed_later", paper), exc_info=unforeseen)
        facts = {"state": "waiting", "problem": problem, "changed_at": self._now()}
        with contextlib.suppress(NotWanted):
            await self._replace_or_wait(paper, lambda current: current.model_copy(update=facts))

    async def _replace_or_wait(self, paper: ListedPaper, change: Callable[[ListedPaper], ListedPaper]) -> None:
        """Where not even this can be written, the paper stays as it is, and is tried again all the same."""
        try:
            await self._replace(paper, change)
        except (PapersysError, OSError) as error:
            self._not_before[key_of(paper)] = self._now() + timedelta(seconds=_WAITS_SECONDS[1])
            text = "What became of %s could not be written: %s"
            log.warning(text, paper.paper_id, reason(error), extra=_facts("listed_unwritten", paper))

    async def _replace(
        self, paper: ListedPaper, change: Callable[[ListedPaper], ListedPaper], state: str | None = None
    ) -> None:
        """Write what became of a paper. Raises NotWanted where the list says something else by now."""

        def changed(papers: Papers) -> Papers:
            current = papers.get(paper.paper_id)
            if current is None or current.is_removed or not _is_same_wish(current, paper, state):
                raise NotWanted(paper.paper_id)
            return {**papers, paper.paper_id: change(current)}

        await asyncio.to_thread(self._store.change, paper.user, changed)


def _is_same_wish(current: ListedPaper, begun: ListedPaper, state: str | None) -> bool:
    """Whether the list still wants what was begun with; `state` is how far the work has come."""
    wish = (current.added_at, current.wanted_version, current.version)
    is_same = wish == (begun.added_at, begun.wanted_version, begun.version)
    return is_same and state in (None, current.state) and is_unfinished(current)


def _facts(action: str, paper: ListedPaper) -> dict[str, str]:
    return {"action": action, "paper_id": paper.paper_id, "user": paper.user}
