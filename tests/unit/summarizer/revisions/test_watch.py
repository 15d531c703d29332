"""The watch over revisions: which papers are looked at, how often arXiv is asked, and what is noted."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.summarizer.revisions.watch import RevisionWatch
from shared.contracts import Document, DocumentReply, DocumentStatus, ListedPaper, PapersSelected, Request
from shared.contracts import Reply as AnyReply
from shared.errors import RequestFailed
from shared.store.files.data_folder import DataFolder
from shared.store.papers.documents import DocumentRecord, DocumentStore, Section
from shared.store.papers.metadata import MetadataStore
from shared.store.papers.revisions import Revision, RevisionStore
from shared.store.people.preferences import Rating, RatingStore
from shared.store.people.signals import Signal, SignalStore
from shared.store.research.reading_list import ReadingListStore
from shared.store.summaries import Claim, FieldValue, MadeBy, Quote, Summary, SummaryStore
from tests.support.bus import FakeBus
from tests.support.summarizer import paper

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
KEPT = "The tree is rebuilt whenever a run ends, as is usual."
FIRST = "We reach an accuracy of 93.2 on all of the disks."
SECOND = "It was never slower than the usual external sorting."
TEXTS = {
    1: f"# Trees\n\n## Results\n\n{KEPT} {FIRST} {SECOND}\n",
    2: f"# Trees\n\n## Results\n\n{KEPT} We reach an accuracy of 91.8 on all of the disks. It was often slower.\n",
}


class World:
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


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


async def test_a_revised_paper_that_was_liked_is_compared_and_its_quotes_are_looked_up(world: World) -> None:
    world.harvest("2610.00001", 1)
    world.keep("2610.00001", 1)
    world.summarise("2610.00001")
    world.like("2610.00001")
    await world.watch.look()
    assert (world.record().seen_version, world.documents_asked) == (1, [])
    world.harvest("2610.00001", 2)
    await world.watch.look()
    record = world.record()
    assert (record.from_version, record.to_version, record.known_version) == (1, 2, 2)
    assert [quote.fate for quote in record.quotes] == ["same", "gone", "gone"]
    (section,) = record.sections
    assert [(number.before, number.after) for number in section.changes[0].numbers] == [("93.2", "91.8")]
    assert record.counts["number"] == 1
    await world.watch.look()
    assert len(world.documents_asked) == 1


async def test_a_summary_that_lost_several_quotes_is_asked_for_again_once(world: World) -> None:
    world.harvest("2610.00001", 2)
    world.keep("2610.00001", 1)
    world.summarise("2610.00001")
    world.like("2610.00001")
    await world.watch.look()
    await world.opened().look()
    (event,) = world.bus.published
    assert isinstance(event, PapersSelected)
    assert (event.paper_ids, event.event_id, event.force) == (("2610.00001",), "revised-2610.00001-v2", False)


async def test_a_summary_stays_where_less_is_gone_than_the_settings_ask_for(tmp_path: Path) -> None:
    world = World(tmp_path, gone=3)
    world.harvest("2610.00001", 2)
    world.keep("2610.00001", 1)
    world.summarise("2610.00001")
    world.like("2610.00001")
    await world.watch.look()
    assert len(world.record().gone) == 2
    assert world.bus.published == []


async def test_papers_that_nobody_knows_cost_nothing(world: World) -> None:
    for number in range(1, 30):
        world.harvest(f"2610.{number:05}", 2)
    world.summarise("2610.00001")
    await world.watch.look()
    assert world.documents_asked == []
    assert world.store.count() == 0


async def test_no_more_documents_are_asked_for_than_a_day_may_cost(tmp_path: Path) -> None:
    world = World(tmp_path, per_day=3)
    for number in range(1, 6):
        world.harvest(f"2610.{number:05}", 1)
        world.keep(f"2610.{number:05}", 1)
        world.like(f"2610.{number:05}")
    await world.watch.look()
    for number in range(1, 6):
        world.harvest(f"2610.{number:05}", 2)
    await world.watch.look()
    await world.opened().look()
    assert len(world.documents_asked) == 3
    world.now += timedelta(days=1)
    await world.opened().look()
    assert len(world.documents_asked) == 5
    assert all(record.to_version == 2 for record in world.store.all())


async def test_what_is_listed_comes_before_what_was_only_opened(tmp_path: Path) -> None:
    world = World(tmp_path, per_day=1)
    for name in ("2610.00001", "2610.00002"):
        world.harvest(name, 2)
        world.keep(name, 1)
    SignalStore(world.data).append([Signal("s", "me", "2610.00001", "open", "test", NOON)])
    listed = ListedPaper(paper_id="2610.00002", version=1, state="ready", added_at=NOON, changed_at=NOON)
    ReadingListStore(world.data).put([listed])
    await world.watch.look()
    assert [request.paper_id for request in world.documents_asked if isinstance(request, Document)] == ["2610.00002"]


async def test_a_text_that_is_not_stored_any_more_costs_a_document_too(world: World) -> None:
    world.harvest("2610.00001", 1)
    world.like("2610.00001")
    await world.watch.look()
    world.harvest("2610.00001", 2)
    await world.watch.look()
    assert [request.version for request in world.documents_asked if isinstance(request, Document)] == [None, 1]
    assert json.loads(world.data.path("state", "revision-documents.json").read_text())["documents"] == 2
    assert world.record().sections


async def test_a_fetcher_that_is_away_costs_two_tries_and_nothing_is_lost(world: World) -> None:
    for number in range(1, 6):
        world.harvest(f"2610.{number:05}", 2)
        world.keep(f"2610.{number:05}", 1)
        world.like(f"2610.{number:05}")
    world.bus.answers[Document] = RequestFailed("Nobody answers.", code="unavailable", retryable=True)
    await world.watch.look()
    await world.watch.look()
    assert len(world.documents_asked) == 4
    world.bus.answers[Document] = world.fetch
    world.now += timedelta(hours=1)
    await world.watch.look()
    assert all(record.to_version == 2 for record in world.store.all())


async def test_a_withdrawal_is_noted_without_a_document_and_so_is_its_end(world: World) -> None:
    world.harvest("2610.00001", 1)
    world.keep("2610.00001", 1)
    world.like("2610.00001")
    await world.watch.look()
    world.harvest("2610.00001", 2, withdrawn=True)
    await world.watch.look()
    assert (world.record().withdrawn_at, world.record().found_at, world.documents_asked) == (NOON, NOON, [])
    world.harvest("2610.00001", 3)
    await world.watch.look()
    assert world.record().withdrawn_at is None
    assert (world.record().from_version, world.record().to_version) == (1, 3)


async def test_a_withdrawal_that_only_the_file_tells_stays_noted(world: World) -> None:
    world.harvest("2610.00001", 2)
    world.keep("2610.00001", 1)
    world.like("2610.00001")
    world.status = "withdrawn"
    await world.watch.look()
    await world.opened().look()
    assert (world.record().withdrawn_at, world.record().text_withdrawn) == (NOON, True)
    assert len(world.documents_asked) == 1


@pytest.mark.parametrize("status", ["missing", "hostile", "unreadable"])
async def test_a_version_without_a_text_is_said_and_not_asked_for_again(world: World, status: DocumentStatus) -> None:
    world.harvest("2610.00001", 2)
    world.keep("2610.00001", 1)
    world.like("2610.00001")
    world.status = status
    await world.watch.look()
    await world.opened().look()
    assert "version 2" in world.record().problem
    assert len(world.documents_asked) == 1


async def test_a_source_and_a_pdf_are_not_compared_line_by_line(world: World) -> None:
    world.harvest("2610.00001", 2)
    world.keep("2610.00001", 1, route="pdf")
    world.summarise("2610.00001")
    world.like("2610.00001")
    await world.watch.look()
    record = world.record()
    assert (record.sections, len(record.quotes)) == ((), 3)
    assert "PDF" in record.problem


async def test_a_paper_that_was_summarised_again_first_is_compared_with_what_was_known(world: World) -> None:
    world.harvest("2610.00001", 1)
    world.keep("2610.00001", 1)
    world.summarise("2610.00001")
    world.like("2610.00001")
    await world.watch.look()
    world.harvest("2610.00001", 2)
    world.keep("2610.00001", 2)
    world.summarise("2610.00001", 2)
    await world.watch.look()
    record = world.record()
    assert (record.from_version, record.to_version, record.quotes) == (1, 2, ())
    assert record.counts["number"] == 1
    assert not world.data.path("state", "revision-documents.json").exists()


async def test_a_paper_that_was_withdrawn_before_anybody_knew_it_is_no_news(world: World) -> None:
    world.harvest("2610.00001", 2, withdrawn=True)
    world.like("2610.00001")
    await world.watch.look()
    assert (world.record().withdrawn_at, world.record().found_at) == (NOON, None)
