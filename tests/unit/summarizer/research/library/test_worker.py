"""The work behind the lists: what comes of each paper, and what a kill, an absence or a full disk leaves."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from shared.contracts import AddPapers, Document, RemovePapers, UpdatePapers
from shared.errors import RequestFailed, TemporaryFailure
from shared.store.people.signals import Signal
from tests.support.papers.reading_lists import NOON, ListWorld


@pytest.fixture
def world(tmp_path: Path) -> ListWorld:
    world = ListWorld(tmp_path)
    world.newest = {"2611.00001": 2, "2611.00002": 1, "2611.00003": 1}
    return world


async def test_a_batch_goes_on_after_one_fails_and_each_says_what_came_of_it(world: ListWorld) -> None:
    world.statuses = {"2611.00002": "withdrawn"}
    world.listing.add(AddPapers(paper_ids=("2611.00001", "2611.00002", "2611.77777", "2611.00003")))
    await world.work()
    papers = {paper.paper_id: paper for paper in world.store.of_user("me")}
    assert [paper.state for paper in papers.values()] == ["ready", "failed", "failed", "ready"]
    first = papers["2611.00001"]
    assert (first.version, first.chunks, first.sections, first.chunker) == (2, 7, 1, "sections-1")
    assert first.embedding_model == "tiny:title"
    assert first.title
    assert papers["2611.00002"].problem == "It was withdrawn."
    assert "arXiv has no paper 2611.77777" in papers["2611.77777"].problem


async def test_a_pinned_version_is_fetched_and_the_newer_one_is_named(world: ListWorld) -> None:
    world.listing.add(AddPapers(paper_ids=("2611.00001", "2611.00002"), versions={"2611.00001": 1, "2611.00002": 5}))
    await world.work()
    assert (world.listed("2611.00001").version, world.listed("2611.00001").newer_version) == (1, 2)
    assert "version 5" in world.listed("2611.00002").problem


async def test_an_update_asks_arxiv_and_keeps_the_version_before(world: ListWorld) -> None:
    world.listing.add(AddPapers(paper_ids=("2611.00001",)))
    await world.work()
    world.newest["2611.00001"] = 4
    world.listing.update(UpdatePapers(paper_ids=("2611.00001",)))
    await world.work()
    paper = world.listed("2611.00001")
    assert (paper.version, paper.earlier_versions, paper.state) == (4, (2,), "ready")
    assert world.store.pinned() == {("2611.00001", "v2"), ("2611.00001", "v4")}


async def test_what_is_away_is_tried_again_for_as_long_as_it_takes(world: ListWorld) -> None:
    fetcher = world.bus.answers[Document]
    world.bus.answers[Document] = RequestFailed("Nobody answers fetcher.document now.", code="bus", retryable=True)
    world.listing.add(AddPapers(paper_ids=("2611.00001",)))
    await world.work()
    paper = world.listed("2611.00001")
    assert (paper.state, paper.problem) == ("waiting", "Nobody answers fetcher.document now. It is tried again.")
    world.bus.answers[Document] = fetcher
    await world.work()
    assert world.listed("2611.00001").state == "waiting"
    world.later(6)
    await world.work()
    assert (world.listed("2611.00001").state, world.listed("2611.00001").problem) == ("ready", "")


async def test_a_worker_that_was_killed_goes_on_at_the_next_start(world: ListWorld) -> None:
    world.listing.add(AddPapers(paper_ids=("2611.00001",)))
    await world.worker.step()
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()
    await asyncio.gather(*asyncio.all_tasks() - {asyncio.current_task()}, return_exceptions=True)
    assert world.listed("2611.00001").version is None
    world.restarted()
    await world.work()
    assert world.listed("2611.00001").state == "ready"


async def test_what_was_removed_meanwhile_does_not_come_back(world: ListWorld) -> None:
    world.listing.add(AddPapers(paper_ids=("2611.00001",)))
    await world.worker.step()
    world.listing.remove(RemovePapers(paper_ids=("2611.00001",)))
    await world.worker.finish()
    assert world.store.records("me") == []


async def test_a_full_disk_is_waited_for(world: ListWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    world.index.problems["2611.00001"] = TemporaryFailure("Only 3 MB are free.", retry_in_seconds=60.0)
    world.listing.add(AddPapers(paper_ids=("2611.00001", "2611.00002")))
    await world.work()
    assert [paper.state for paper in world.store.of_user("me")] == ["waiting", "ready"]
    world.index.problems.clear()
    world.later(59)
    await world.work()
    assert world.listed("2611.00001").state == "waiting"
    world.later(2)
    await world.work()
    assert world.listed("2611.00001").state == "ready"


async def test_another_model_or_a_lost_text_makes_papers_ready_again_while_they_are_asked(world: ListWorld) -> None:
    world.listing.add(AddPapers(paper_ids=("2611.00001", "2611.00002"), versions={"2611.00001": 1}))
    await world.work()
    (world.documents.folder("2611.00001", 1) / "report.json").unlink()
    world.restarted()
    assert [(paper.state, paper.version) for paper in world.store.of_user("me")] == [("waiting", 1), ("ready", 1)]
    await world.work()
    assert world.documents.versions("2611.00001") == [1]
    world.index.embedding_model = "large:title"
    world.restarted()
    await world.work()
    assert {paper.embedding_model for paper in world.store.of_user("me")} == {"large:title"}
    assert world.listed("2611.00001").version == 1


async def test_saved_papers_are_listed_after_those_that_were_added(world: ListWorld) -> None:
    world.signals.append([Signal("e1", "me", "2611.00002", "save", "reader", NOON - timedelta(hours=1))])
    await world.work()
    assert (world.listed("2611.00002").origin, world.listed("2611.00002").state) == ("saved", "ready")
    world.signals.append([Signal("e2", "me", "2611.00002", "unsave", "reader", NOON)])
    await world.work()
    assert world.store.of_user("me") == []


async def test_saved_papers_are_not_listed_where_the_settings_say_so(tmp_path: Path) -> None:
    world = ListWorld(tmp_path, saved_is_listed=False)
    world.signals.append([Signal("e1", "me", "2611.00002", "save", "reader", NOON)])
    await world.work()
    assert world.store.of_user("me") == []
    listed = ListWorld(tmp_path / "before")
    listed.newest = {"2611.00002": 1}
    listed.signals.append([Signal("e1", "me", "2611.00002", "save", "reader", NOON)])
    await listed.work()
    assert len(listed.store.of_user("me")) == 1
    listed.saved_is_listed = False
    listed.restarted()
    await listed.work()
    assert listed.store.of_user("me") == []


async def test_a_person_who_was_removed_waits_and_others_do_not(world: ListWorld) -> None:
    world.listing.add(AddPapers(paper_ids=("2611.00001",), user="gone"))
    world.listing.add(AddPapers(paper_ids=("2611.00001",)))
    await world.work()
    assert (world.listed("2611.00001").state, world.listed("2611.00001", "gone").state) == ("ready", "waiting")
