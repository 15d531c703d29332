"""Summarised papers behind the lists, and what nobody chose any more."""

from pathlib import Path

from services.summarizer.research.library.summarised_papers import SummarisedPapers
from shared.contracts import AddPapers, RemovePapers
from shared.store.papers.documents import DocumentRecord, Section
from shared.store.papers.summaries import SummaryStore
from tests.support.papers.reading_lists import NOON, ListWorld
from tests.support.papers.written_summary import written_summary


def summarised(world: ListWorld, *, are_indexed: bool = True) -> SummarisedPapers:
    return SummarisedPapers(
        world.data, world.preparation, world.index, world.index, lambda: False, are_indexed=are_indexed
    )


def summarise(world: ListWorld, paper_id: str, *, with_text: bool = True) -> None:
    summary = written_summary()
    made_by = summary.made_by.model_copy(update={"document_version": 1})
    SummaryStore(world.data).put(summary.model_copy(update={"paper_id": paper_id, "made_by": made_by}))
    if with_text:
        record = DocumentRecord(paper_id=paper_id, version=1, status="converted", made_at=NOON)
        world.documents.put(record, "Text.\n", [Section(title="", level=1, text="Text.")])


async def test_summarised_papers_with_a_text_are_indexed_once_the_newest_first(tmp_path: Path) -> None:
    world = ListWorld(tmp_path)
    for paper_id in ("2609.00001", "2611.00001"):
        summarise(world, paper_id)
    summarise(world, "2610.00001", with_text=False)
    papers = summarised(world)
    await papers.index_new()
    await papers.index_new()
    assert world.index.indexed == [("2611.00001", 1), ("2609.00001", 1)]
    await summarised(world, are_indexed=False).index_new()
    assert len(world.index.indexed) == 2


async def test_they_wait_while_somebody_asks_and_nothing_is_looked_at_twice(tmp_path: Path) -> None:
    world, busy = ListWorld(tmp_path), [True]
    summarise(world, "2611.00001")
    papers = SummarisedPapers(world.data, world.preparation, world.index, world.index, lambda: busy[0])
    await papers.step()
    assert world.index.indexed == []
    busy[0] = False
    await papers.step()
    assert world.index.indexed == [("2611.00001", 1)]
    world.index.indexed.append(("2611.00009", 1))
    await papers.step()
    assert world.index.forgotten == []
    summarise(world, "2611.00002")
    await papers.step()
    assert world.index.indexed[-1] == ("2611.00002", 1)
    assert world.index.forgotten == ["2611.00009"]


async def test_what_is_on_no_list_and_has_no_summary_is_forgotten(tmp_path: Path) -> None:
    world = ListWorld(tmp_path)
    world.newest = {"2611.00002": 1, "2611.00003": 1}
    summarise(world, "2611.00001")
    world.listing.add(AddPapers(paper_ids=("2611.00002", "2611.00003")))
    await world.work()
    papers = summarised(world)
    await papers.index_new()
    world.listing.remove(RemovePapers(paper_ids=("2611.00003",)))
    await papers.forget_unlisted()
    assert world.index.forgotten == ["2611.00003"]
