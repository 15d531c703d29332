"""The map of a user: the last one at once, a new one drawn beside it, papers where they were."""

import asyncio
from pathlib import Path

import numpy as np
import pytest

from services.ranker.components import build_maps
from services.ranker.map.paper_maps import PaperMaps
from services.ranker.subscribers import register_maps
from shared.contracts import PaperMap, PaperMapReply
from shared.store.selections import Candidate
from tests.unit.ranker.world import DAY, MORNING, World, paper_id


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Twelve papers of four topics with vectors: two are liked, one is disliked, nine are of the day's selection."""
    world = World(tmp_path)
    world.add_papers(*range(1, 13))
    world.say("like", 1, 5)
    world.say("dislike", 2)
    select(world, range(3, 13))
    return world


def select(world: World, numbers: range) -> None:
    world.selections.write(
        DAY,
        f"run-{numbers.stop}",
        [
            Candidate(
                paper_id=paper_id(number), day=DAY, run_id="r", rank=number, outcome="below_quota", made_at=MORNING
            )
            for number in numbers
        ],
    )


def maps_of(world: World) -> PaperMaps:
    return build_maps(world.data, "test", world.ranker.interests)


async def drawn(maps: PaperMaps, user: str = "me") -> PaperMapReply:
    """The map once nothing is being drawn any more."""
    reply = await maps.current(PaperMap(user=user))
    for _ in range(1000):
        if not reply.is_drawing:
            return reply
        await asyncio.sleep(0.01)
        reply = await maps.current(PaperMap(user=user))
    raise AssertionError("the map is still being drawn")


async def test_the_first_answer_comes_at_once_and_the_map_follows(world: World) -> None:
    maps = maps_of(world)
    register_maps(world.bus, maps)
    first = await world.bus.responders[PaperMap](PaperMap())
    assert (first.papers, first.is_drawing) == ((), True)
    reply = await drawn(maps)
    kinds = {paper.paper_id: paper.kind for paper in reply.papers}
    assert (kinds[paper_id(1)], kinds[paper_id(2)], kinds[paper_id(3)]) == ("liked", "disliked", "new")
    assert len(kinds) == 12


async def test_a_rating_changes_a_papers_kind_and_moves_nothing(world: World) -> None:
    before = {paper.paper_id: (paper.x, paper.y) for paper in (await drawn(maps_of(world))).papers}
    world.say("like", 7)
    maps = maps_of(world)
    at_once = await maps.current(PaperMap())
    assert {paper.kind for paper in at_once.papers if paper.paper_id == paper_id(7)} == {"liked"}
    after = {paper.paper_id: (paper.x, paper.y) for paper in (await drawn(maps)).papers}
    assert after == before


async def test_new_papers_come_beside_those_that_were_there(world: World) -> None:
    before = {paper.paper_id: (paper.x, paper.y) for paper in (await drawn(maps_of(world))).papers}
    world.add_papers(13, 14)
    select(world, range(13, 15))
    after = {paper.paper_id: (paper.x, paper.y) for paper in (await drawn(maps_of(world))).papers}
    assert set(after) == {paper_id(number) for number in range(1, 15)}
    moved = [float(np.hypot(*np.subtract(after[name], before[name]))) for name in before]
    assert np.median(moved) < 0.2


async def test_a_map_of_nothing_says_why(tmp_path: Path) -> None:
    reply = await drawn(maps_of(World(tmp_path)))
    assert "picked, rated or saved" in reply.note


async def test_each_user_has_a_map_of_their_own(world: World) -> None:
    assert (await drawn(maps_of(world), "ann")).papers == ()


async def test_a_drawing_that_fails_is_not_tried_again_at_once(world: World) -> None:
    maps = maps_of(world)
    maps._interests = lambda user: (_ for _ in ()).throw(RuntimeError("broken"))
    assert (await drawn(maps)).papers == ()
    assert not (await maps.current(PaperMap())).is_drawing
