"""Papers that somebody knows, with a newer version: what the watch over revisions looks at."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from services.summarizer.revisions.watch import RevisionWatch
from shared.contracts import Document, DocumentReply, DocumentStatus, Request
from shared.contracts import Reply as AnyReply
from shared.store.files.data_folder import DataFolder
from shared.store.papers.documents import DocumentRecord, DocumentStore, Section
from shared.store.papers.metadata import MetadataStore
from shared.store.papers.revisions import Revision, RevisionStore
from shared.store.papers.summaries import Claim, FieldValue, MadeBy, Quote, Summary, SummaryStore
from shared.store.people.preferences import Rating, RatingStore
from tests.support.bus.in_memory import FakeBus
from tests.support.papers.summarizer import paper

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
KEPT = "The tree is rebuilt whenever a run ends, as is usual."
FIRST = "We reach an accuracy of 93.2 on all of the disks."
SECOND = "It was never slower than the usual external sorting."
TEXTS = {
    1: f"# Trees\n\n## Results\n\n{KEPT} {FIRST} {SECOND}\n",
    2: f"# Trees\n\n## Results\n\n{KEPT} We reach an accuracy of 91.8 on all of the disks. It was often slower.\n",
}


class FollowedPapers:
    """A data folder, a fetcher that has every version of every paper, and a clock."""

    def __init__(self, folder: Path, per_day: int = 9, gone: int = 2) -> None:
        self.data, self.bus, self.now = DataFolder(folder, 0), FakeBus(), NOON
        self.metadata, self.documents = MetadataStore(self.data), DocumentStore(self.data)
        self.store = RevisionStore(self.data)
        self.status: DocumentStatus = "converted"
        self.per_day, self.gone = per_day, gone
        self.bus.answers[Document] = self.fetch
        self.watch = self.opened()

    def opened(self) -> RevisionWatch:
        return RevisionWatch(self.data, self.bus, lambda: self.now, self.per_day, self.gone)

    def harvest(self, paper_id: str, version: int, *, withdrawn: bool = False) -> None:
        when = NOON + timedelta(hours=version)
        self.metadata.put([replace(paper(paper_id, version=version), updated_at=when, withdrawn=withdrawn)])

    def fetch(self, request: Document) -> DocumentReply:
        version = request.version or self.metadata.get([request.paper_id])[request.paper_id].version
        if self.status == "converted":
            self.keep(request.paper_id, version)
        return DocumentReply(paper_id=request.paper_id, version=version, status=self.status)

    def keep(self, paper_id: str, version: int, route: str = "latex") -> None:
        text = TEXTS.get(version, TEXTS[2])
        record = DocumentRecord(
            paper_id=paper_id, version=version, status="converted", route=route, asked_version=version, made_at=self.now
        )
        self.documents.put(record, text, [Section(title="Results", level=2, text=text.partition("Results\n\n")[2])])

    def like(self, paper_id: str) -> None:
        RatingStore(self.data).append([Rating(f"e-{paper_id}", paper_id, "me", "like", "test", "me", 1.0, self.now)])

    def summarise(self, paper_id: str, version: int = 1) -> None:
        claims = tuple(
            Claim(text=text, quotes=(Quote(text=text, section="Results"),)) for text in (KEPT, FIRST, SECOND)
        )
        made_by = MadeBy(event_id="e", model="extractive", document_version=version)
        fields = (FieldValue(name="result", claims=claims),)
        SummaryStore(self.data).put(
            Summary(
                paper_id=paper_id, version=version, mode="extractive", fields=fields, made_at=self.now, made_by=made_by
            )
        )

    def record(self, paper_id: str = "2610.00001") -> Revision:
        record = self.store.get(paper_id)
        assert record is not None
        return record

    @property
    def documents_asked(self) -> list[Request[AnyReply]]:
        return [request for request in self.bus.asked if isinstance(request, Document)]

    def follow_as_they_are(self) -> None:
        """Note every known paper in the version that is here, as a first look does."""
        asyncio.run(self.watch.look())
