"""How the reading lists are put together."""

from dataclasses import replace
from pathlib import Path

from services.summarizer.research.library.opening import NamedIndex, embedding_name, open_library
from services.summarizer.research.subscribers import register_library
from services.summarizer.settings import SummarizerSettings
from shared.contracts import AddPapers, RemovePapers, UpdatePapers
from shared.store.vectors.manifest import Recipe
from tests.support.papers.reading_lists import ListWorld

RECIPE = Recipe("all-MiniLM-L6-v2", "1110a243", 384, 256)


def test_another_way_of_making_vectors_has_another_name() -> None:
    others = [replace(RECIPE, revision="2"), replace(RECIPE, max_length=64), replace(RECIPE, text="text")]
    assert len({embedding_name(recipe) for recipe in (RECIPE, *others)}) == 4
    assert embedding_name(RECIPE).startswith("all-MiniLM-L6-v2 (")


async def test_requests_are_answered_and_the_work_begins(tmp_path: Path) -> None:
    world = ListWorld(tmp_path)
    world.newest = {"2611.00001": 1}
    index = NamedIndex(world.index, "sections-1", embedding_name(RECIPE))
    library = open_library(SummarizerSettings(), world.data, world.bus, index, world.index)
    register_library(world.bus, library.listing, library.worker.wake)
    (added,) = (await world.bus.responders[AddPapers](AddPapers(paper_ids=("2611.00001",)))).papers
    assert added.state == "waiting"
    await library.worker.step()
    await library.worker.finish()
    assert world.listed("2611.00001").embedding_model == embedding_name(RECIPE)
    (updated,) = (await world.bus.responders[UpdatePapers](UpdatePapers(paper_ids=("2611.00001",)))).papers
    assert (updated.state, updated.version) == ("waiting", 1)
    await world.bus.responders[RemovePapers](RemovePapers(paper_ids=("2611.00001",)))
    assert world.store.of_user("me") == []
    assert list(library.loops()) == ["reading lists", "passages of summarised papers"]
