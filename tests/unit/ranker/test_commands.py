"""The command line's side: no running system."""

import asyncio
from datetime import date, timedelta
from pathlib import Path

import pytest

from services.ranker.commands import rank, search, why
from services.ranker.settings import Settings
from shared.contracts import PapersSelected, Search
from shared.errors import PapersysError
from shared.settings.settings import BusSettings
from shared.store.harvests.runs import HarvestRun, RunStore
from tests.support.bus.ports import free_port
from tests.unit.ranker.world import DAY, MORNING, World, paper_id


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path)
    made.add_papers(*range(1, 41))
    made.say("like", 100, 104)
    made.add_papers(100, 104)
    return made


@pytest.fixture
def settings(world: World) -> Settings:
    return world.settings.model_copy(update={"bus": BusSettings(port=free_port())})


def files(folder: Path) -> set[str]:
    """All that lasts; locks and the derived index of search do not."""
    derived = {"locks", "search"}
    return {
        str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() and not derived & {*path.parts}
    }


async def test_what_waits_is_ranked_and_published_by_the_next_system_that_runs(
    world: World, settings: Settings
) -> None:
    await world.deliver(*range(1, 11), last=False, run_size=None)
    ranked = await asyncio.to_thread(rank, settings)
    assert (ranked.day, ranked.written, len(ranked.candidates)) == (DAY, True, 10)
    assert ranked.message == "Picked 3 of 10 papers for 2026-11-02."
    assert world.picked == []
    world.start()
    await world.ranker.daily.advance()
    assert world.picked == [one.paper_id for one in ranked.candidates if one.outcome == "picked"]
    await world.deliver(*range(1, 11))
    assert len(world.bus.published) == 3
    assert all(isinstance(event, PapersSelected) for event in world.bus.published)


def announce(world: World, day: date, *numbers: int, **facts: object) -> None:
    """A harvest that saw these papers announced as new."""
    ids = tuple(map(paper_id, numbers))
    run = {"run_id": f"h{numbers[0]}", "started_at": MORNING, "state": "done", "day": day, "new_ids": ids, **facts}
    RunStore(world.data).put(HarvestRun.model_validate(run))


def test_a_day_is_of_the_papers_announced_then_whenever_they_were_submitted_or_harvested(
    world: World, settings: Settings
) -> None:
    """Papers 7 and 14 were submitted on that day; one harvest brought papers of three days."""
    before, after = DAY - timedelta(days=1), DAY + timedelta(days=1)
    days = {before: 2, DAY: 3, after: 4}
    announce(world, after, *range(1, 10), days=days)
    announce(world, before, 20, 21)
    for day, numbers in ((DAY, (3, 4, 5)), (after, (6, 7, 8, 9)), (before, (1, 2, 20, 21))):
        ranked = rank(settings, day.isoformat(), dry_run=True)
        assert {one.paper_id for one in ranked.candidates} == set(map(paper_id, numbers))
    assert rank(settings, (DAY - timedelta(days=3)).isoformat()).candidates == []


def test_a_day_is_ranked_once_unless_forced(world: World, settings: Settings) -> None:
    announce(world, DAY, *range(1, 6))
    first = rank(settings, "2026-11-02")
    assert {one.paper_id for one in first.candidates} == {paper_id(n) for n in range(1, 6)}
    again = rank(settings, "2026-11-02")
    assert not again.written
    assert again.message.startswith("No papers announced on 2026-11-02 wait for a selection.")
    world.add_papers(42)
    announce(world, DAY, 42)
    with pytest.raises(PapersysError, match="has its selection already; --force makes another one"):
        rank(settings, "2026-11-02")
    forced = rank(settings, "2026-11-02", force=True)
    assert len(forced.candidates) == len(first.candidates) + 1
    assert len(world.selections.runs(DAY)) == 2


def test_a_month_is_ranked_under_its_newest_day(world: World, settings: Settings) -> None:
    ranked = rank(settings, "2026-11")
    assert ranked.day == DAY
    assert len(ranked.candidates) == 42
    assert rank(settings, "2026-10").message == "No papers of 2026-10 wait for a selection."


@pytest.mark.parametrize("day", ["2026-11-99", "yesterday", "2026-13", "../../x"])
def test_what_is_no_day_is_refused_in_words(settings: Settings, day: str) -> None:
    with pytest.raises(PapersysError, match="is not a valid date; write 2026-11-02"):
        rank(settings, day)


def test_a_dry_run_and_questions_write_nothing(world: World, settings: Settings) -> None:
    before = files(world.data.root)
    assert rank(settings, "2026-11", dry_run=True).message == "Would pick 3 of 42 papers for 2026-11-02."
    assert why(settings, paper_id(4)).influences[0].paper_id in {paper_id(100), paper_id(104)}
    assert search(settings, Search(query="galaxies")).hits
    assert files(world.data.root) == before


def test_search_without_a_running_system_goes_by_words_and_says_so(world: World, settings: Settings) -> None:
    found = search(settings, Search(query="kind 17"))
    assert found.hits[0].paper_id == paper_id(17)
    assert found.note.startswith("Searched by keywords alone: papersys is not running")
    assert "papersys up" in found.note


def test_ranking_in_an_empty_house_says_that_nothing_waits(tmp_path: Path) -> None:
    empty = World(tmp_path / "empty")
    ranked = rank(empty.settings.model_copy(update={"bus": BusSettings(port=free_port())}))
    assert (ranked.written, ranked.message) == (False, "No papers wait for a selection.")
    assert ranked.day is None


def test_why_of_an_unknown_paper_says_that_it_was_never_harvested(settings: Settings) -> None:
    assert why(settings, "2101.00001").outcomes == ("was never harvested",)


def test_a_selection_made_by_hand_takes_the_days_turn(world: World, settings: Settings) -> None:
    announce(world, DAY, 1, 2, 3)
    rank(settings, "2026-11-02")
    assert world.ranker.daily.is_selected(date(2026, 11, 2), "me")
