"""The watch over revisions: which papers are looked at, how often arXiv is asked, and what is noted."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from shared.contracts import Document, DocumentStatus, ListedPaper, PapersSelected
from shared.errors import RequestFailed
from shared.store.people.signals import Signal, SignalStore
from shared.store.research.reading_list import ReadingListStore
from tests.support.papers.followed_papers import NOON, FollowedPapers


@pytest.fixture
def world(tmp_path: Path) -> FollowedPapers:
    return FollowedPapers(tmp_path)


async def test_a_revised_paper_that_was_liked_is_compared_and_its_quotes_are_looked_up(world: FollowedPapers) -> None:
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


async def test_a_summary_that_lost_several_quotes_is_asked_for_again_once(world: FollowedPapers) -> None:
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
    world = FollowedPapers(tmp_path, gone=3)
    world.harvest("2610.00001", 2)
    world.keep("2610.00001", 1)
    world.summarise("2610.00001")
    world.like("2610.00001")
    await world.watch.look()
    assert len(world.record().gone) == 2
    assert world.bus.published == []


async def test_papers_that_nobody_knows_cost_nothing(world: FollowedPapers) -> None:
    for number in range(1, 30):
        world.harvest(f"2610.{number:05}", 2)
    world.summarise("2610.00001")
    await world.watch.look()
    assert world.documents_asked == []
    assert world.store.count() == 0


async def test_no_more_documents_are_asked_for_than_a_day_may_cost(tmp_path: Path) -> None:
    world = FollowedPapers(tmp_path, per_day=3)
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
    world = FollowedPapers(tmp_path, per_day=1)
    for name in ("2610.00001", "2610.00002"):
        world.harvest(name, 2)
        world.keep(name, 1)
    SignalStore(world.data).append([Signal("s", "me", "2610.00001", "open", "test", NOON)])
    listed = ListedPaper(paper_id="2610.00002", version=1, state="ready", added_at=NOON, changed_at=NOON)
    ReadingListStore(world.data).put([listed])
    await world.watch.look()
    assert [request.paper_id for request in world.documents_asked if isinstance(request, Document)] == ["2610.00002"]


async def test_a_text_that_is_not_stored_any_more_costs_a_document_too(world: FollowedPapers) -> None:
    world.harvest("2610.00001", 1)
    world.like("2610.00001")
    await world.watch.look()
    world.harvest("2610.00001", 2)
    await world.watch.look()
    assert [request.version for request in world.documents_asked if isinstance(request, Document)] == [None, 1]
    assert json.loads(world.data.path("state", "revision-documents.json").read_text())["documents"] == 2
    assert world.record().sections


async def test_a_fetcher_that_is_away_costs_two_tries_and_nothing_is_lost(world: FollowedPapers) -> None:
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


async def test_a_withdrawal_is_noted_without_a_document_and_so_is_its_end(world: FollowedPapers) -> None:
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


async def test_a_withdrawal_that_only_the_file_tells_stays_noted(world: FollowedPapers) -> None:
    world.harvest("2610.00001", 2)
    world.keep("2610.00001", 1)
    world.like("2610.00001")
    world.status = "withdrawn"
    await world.watch.look()
    await world.opened().look()
    assert (world.record().withdrawn_at, world.record().text_withdrawn) == (NOON, True)
    assert len(world.documents_asked) == 1


@pytest.mark.parametrize("status", ["missing", "hostile", "unreadable"])
async def test_a_version_without_a_text_is_said_and_not_asked_for_again(
    world: FollowedPapers, status: DocumentStatus
) -> None:
    world.harvest("2610.00001", 2)
    world.keep("2610.00001", 1)
    world.like("2610.00001")
    world.status = status
    await world.watch.look()
    await world.opened().look()
    assert "version 2" in world.record().problem
    assert len(world.documents_asked) == 1


async def test_a_source_and_a_pdf_are_not_compared_line_by_line(world: FollowedPapers) -> None:
    world.harvest("2610.00001", 2)
    world.keep("2610.00001", 1, route="pdf")
    world.summarise("2610.00001")
    world.like("2610.00001")
    await world.watch.look()
    record = world.record()
    assert (record.sections, len(record.quotes)) == ((), 3)
    assert "PDF" in record.problem


async def test_a_paper_that_was_summarised_again_first_is_compared_with_what_was_known(world: FollowedPapers) -> None:
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


async def test_a_paper_that_was_withdrawn_before_anybody_knew_it_is_no_news(world: FollowedPapers) -> None:
    world.harvest("2610.00001", 2, withdrawn=True)
    world.like("2610.00001")
    await world.watch.look()
    assert (world.record().withdrawn_at, world.record().found_at) == (NOON, None)
