"""A reading list in a temporary folder: real stores, a fetcher that answers from memory, an index that only counts."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from services.summarizer.research.library.listing import Listing
from services.summarizer.research.library.preparation import Preparation
from services.summarizer.research.library.worker import ReadingListWorker
from shared.contracts import Document, DocumentReply, DocumentStatus, ListedPaper, Lookup, LookupReply
from shared.paper_ids import is_local
from shared.store.files.data_folder import DataFolder
from shared.store.papers.documents import DocumentRecord, DocumentStore, Section
from shared.store.papers.metadata import MetadataStore
from shared.store.people.signals import SignalStore
from shared.store.people.users import UserStore
from shared.store.research.reading_list import ReadingListStore
from tests.support.bus.in_memory import FakeBus
from tests.support.papers.summarizer import paper

NOON = datetime(2026, 11, 6, 12, tzinfo=UTC)


class CountingIndex:
    """Remembers what was indexed; an error in `problems` is raised instead."""

    chunker = "sections-1"
    embedding_model = "tiny:title"

    def __init__(self) -> None:
        self.indexed: list[tuple[str, int]] = []
        self.forgotten: list[str] = []
        self.problems: dict[str, Exception] = {}

    async def index(self, paper_id: str, version: int) -> int:
        if paper_id in self.problems:
            raise self.problems[paper_id]
        self.indexed.append((paper_id, version))
        return 7

    async def forget(self, paper_id: str) -> None:
        self.forgotten.append(paper_id)

    def papers(self) -> Mapping[str, tuple[int, ...]]:
        return {paper_id: (version,) for paper_id, version in self.indexed if paper_id not in self.forgotten}


class ListWorld:
    """`newest` is what arXiv has; papers of which it has nothing are unknown. The clock stands until it is moved."""

    def __init__(self, folder: Path, *, saved_is_listed: bool = True) -> None:
        self.data = DataFolder(folder, min_free_mb=0)
        self.bus = FakeBus()
        self.store = ReadingListStore(self.data)
        self.metadata, self.documents = MetadataStore(self.data), DocumentStore(self.data)
        self.signals, self.users = SignalStore(self.data), UserStore(self.data)
        self.index = CountingIndex()
        self.newest: dict[str, int] = {}
        self.statuses: dict[str, DocumentStatus] = {}
        self.at = NOON
        self.bus.answers |= {Lookup: self._lookup, Document: self._document}
        self.preparation = Preparation(self.bus, self.metadata, self.documents, self.index)
        self.listing = Listing(self.store, self.signals, lambda: self.at, saved_is_listed=saved_is_listed)
        self.saved_is_listed = saved_is_listed
        self.worker = self.restarted()

    def restarted(self) -> ReadingListWorker:
        """The worker of a new process."""
        self.worker = ReadingListWorker(
            ReadingListStore(self.data), self.preparation, self.index, self.metadata, self.documents, self.signals,
            self.users, lambda: self.at, saved_is_listed=self.saved_is_listed,
        )  # fmt: skip
        self.worker.recheck()
        return self.worker

    async def work(self) -> None:
        """Until nothing is under way and nothing is due."""
        for _ in range(50):
            await self.worker.step()
            if not self.worker.is_busy():
                return
            await self.worker.finish()
        raise AssertionError("the work does not end")

    def later(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)

    def listed(self, paper_id: str, user: str = "me") -> ListedPaper:
        found = self.store.get(user, paper_id)
        assert found is not None
        return found

    def _lookup(self, request: Lookup) -> LookupReply:
        found = tuple(paper_id for paper_id in request.paper_ids if paper_id in self.newest)
        self.metadata.put([paper(paper_id, version=self.newest[paper_id]) for paper_id in found])
        missing = {
            paper_id: f"arXiv has no paper {paper_id}" for paper_id in request.paper_ids if paper_id not in found
        }
        return LookupReply(found=found, missing=missing)

    def _document(self, request: Document) -> DocumentReply:
        paper_id = request.paper_id
        version = request.version or (1 if is_local(paper_id) else self.newest[paper_id])
        status = self.statuses.get(paper_id, "converted")
        if request.version is not None and not is_local(paper_id) and request.version > self.newest[paper_id]:
            status = "missing"
        record = DocumentRecord(paper_id=paper_id, version=version, status=status, made_at=NOON)
        if status == "converted":
            sections = [Section(title="Introduction", level=1, text="Sorting is old.")]
            self.documents.put(record, f"# Text of {paper_id}\n\nSorting is old.\n", sections)
        return self.documents.reply(record)
