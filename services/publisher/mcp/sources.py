"""What the tools read and ask: the records, the stores of answers and lists, and the running system."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from starlette.requests import Request

from services.publisher.reading.fulltext.reading_copies import ReadingCopies
from services.publisher.records.ratings import Ratings
from services.publisher.records.records import Records
from shared.bus.questions.requests import ReplyT
from shared.contracts import Event
from shared.contracts import Request as BusRequest
from shared.paper_ids import is_arxiv, is_local
from shared.paper_labels import page_address
from shared.preprints import preprint_doi
from shared.store.files.data_folder import DataFolder
from shared.store.research.reading_list import ReadingListStore
from shared.store.research.traces import TraceStore


class RunningSystem(Protocol):
    """Asks the services and tells them."""

    async def ask(self, request: BusRequest[ReplyT]) -> ReplyT:
        """The reply to a request. Raises RequestFailed."""

    async def send(self, event: Event) -> str | None:
        """Publish an event; the reason where that failed, None where it went well."""


@dataclass(frozen=True)
class Sources:
    """One person's view of everything; `arxiv` is where papers' originals are."""

    records: Records
    ratings: Ratings
    traces: TraceStore
    reading_list: ReadingListStore
    copies: ReadingCopies
    system: RunningSystem
    arxiv: str

    @classmethod
    def open(cls, data: DataFolder, records: Records, ratings: Ratings, system: RunningSystem, arxiv: str) -> "Sources":
        return cls(records, ratings, TraceStore(data), ReadingListStore(data), ReadingCopies(), system, arxiv)

    @property
    def user(self) -> str:
        return self.records.user

    def of_user(self, user: str) -> "Sources":
        """The same with the picks, ratings, answers and list of a user."""
        if user == self.user:
            return self
        return replace(self, records=self.records.of(user), ratings=self.ratings.of(user))

    def address(self, paper_id: str, version: int | None = None) -> str:
        """Where the original is; empty for a person's own file."""
        if is_arxiv(paper_id) or preprint_doi(paper_id):
            return page_address(paper_id, self.arxiv, version)
        paper = self.records.papers([paper_id]).get(paper_id) if not is_local(paper_id) else None
        return page_address(paper_id, self.arxiv, version, paper.source) if paper else ""


OpenSources = Callable[[Request | None], Sources]
"""The sources of whoever sent an HTTP request; None where it came by other ways."""


def of_request(sources: Sources) -> OpenSources:
    """Everybody's own, as the access middleware knows them."""

    def open_sources(request: Request | None) -> Sources:
        if request is None:
            raise PermissionError("a call without a person")
        return sources.of_user(request.state.user)

    return open_sources


def of_user(sources: Sources) -> OpenSources:
    """One person's, whoever asks: who starts a program is that person."""
    return lambda _request: sources
