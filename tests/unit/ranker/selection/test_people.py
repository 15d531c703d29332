"""The day's selection for several people: their own picks, quotas and blind checks from the same papers."""

from datetime import timedelta

import pytest

from shared.contracts import EmbeddingsReady
from shared.errors import TemporaryFailure
from shared.store.people.users import UserStore
from tests.unit.ranker.world import DAY, World, paper_id

NEXT_DAY = DAY + timedelta(days=1)


def picks_of(world: World, user: str, day: object = None) -> list[str]:
    """In the order in which they were published."""
    return [event.paper_ids[0] for event in world.selected_events if event.user == user and event.day == (day or DAY)]


async def test_a_harvest_competes_for_everybody_by_their_own_ratings_and_quotas(world: World) -> None:
    UserStore(world.data).add("anna", per_day=5)
    UserStore(world.data).add("ben")
    world.add_papers(*range(1, 41))
    world.say("like", 101, 105)
    world.add_papers(101, 105, 102, 106)
    world.say("like", 102, 106, user="anna")
    await world.deliver(*range(1, 41))
    assert [len(picks_of(world, user)) for user in ("me", "anna", "ben")] == [3, 5, 3]
    assert [int(picks_of(world, user)[0][-2:]) % 4 for user in ("me", "anna")] == [1, 2]
    assert len({event.event_id for event in world.selected_events}) == 11
    assert {one.regime for one in world.selections.of("ben").day(DAY)} == {"typical"}
    await world.ranker.daily.advance()
    assert len(world.selected_events) == 11


async def test_seeds_of_the_settings_are_the_owners_alone(tmp_path_factory: pytest.TempPathFactory) -> None:
    world = World(tmp_path_factory.mktemp("seeds"), seeds=["the growth of galaxies"])
    UserStore(world.data).add("anna")
    world.add_papers(*range(1, 21))
    await world.ranker.seeds.complete_them()
    await world.deliver(*range(1, 21))
    regimes = {user: {one.regime for one in world.selections.of(user).day(DAY)} for user in ("me", "anna")}
    assert regimes == {"me": {"seeds"}, "anna": {"typical"}}


async def test_what_fails_for_one_person_holds_up_nobody_else(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("anna", "ben"):
        UserStore(world.data).add(name)
    world.add_papers(*range(1, 21))
    current = world.ranker.learner.current

    async def broken(user: str = "me") -> object:
        if user == "anna":
            raise ValueError("anna's model is damaged")
        return await current(user)

    monkeypatch.setattr(world.ranker.learner, "current", broken)
    await world.deliver(*range(1, 21))
    assert [len(picks_of(world, user)) for user in ("me", "anna", "ben")] == [3, 0, 3]
    assert all(run.closed for run in world.ranker.arrival_log.runs())


async def test_trouble_that_passes_is_waited_for_and_nobody_is_asked_twice(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    UserStore(world.data).add("anna")
    world.add_papers(*range(1, 21))
    current, failures = world.ranker.learner.current, [TemporaryFailure("the disk is full")]

    async def full(user: str = "me") -> object:
        if user == "anna" and failures:
            raise failures.pop()
        return await current(user)

    monkeypatch.setattr(world.ranker.learner, "current", full)
    with pytest.raises(TemporaryFailure):
        await world.deliver(*range(1, 21))
    await world.ranker.daily.advance()
    assert [len(picks_of(world, user)) for user in ("me", "anna")] == [3, 3]
    assert not any(run.waiting for run in world.ranker.arrival_log.runs())


async def test_who_is_added_in_the_afternoon_has_the_day_at_once_and_the_next_one_as_all_do(world: World) -> None:
    world.add_papers(*range(1, 41))
    await world.deliver(*range(1, 21))
    UserStore(world.data).add("anna")
    await world.ranker.daily.advance()
    await world.ranker.daily.advance()
    assert len(picks_of(world, "anna")) == 3
    assert world.selections.of("anna").runs(DAY) == world.selections.runs(DAY)
    await world.deliver(*range(21, 41), run_id="run-2", day=NEXT_DAY)
    later = {one.paper_id for one in world.selections.of("anna").day(NEXT_DAY)}
    assert later == {paper_id(number) for number in range(21, 41)}


async def test_the_owners_day_ranked_by_hand_leaves_late_papers_to_the_owners_next_one(world: World) -> None:
    UserStore(world.data).add("anna")
    world.add_papers(*range(1, 41))
    taste = await world.ranker.learner.current()
    by_hand = world.ranker.selector.select(taste, DAY, "rank-by-hand", [paper_id(n) for n in range(1, 11)])
    world.selections.write(DAY, "rank-by-hand", by_hand)
    world.selections.of("anna").write(DAY - timedelta(days=1), "earlier", [])
    await world.deliver(*range(1, 21))
    assert len(world.selections.of("anna").day(DAY)) == 20
    await world.deliver(*range(21, 41), run_id="run-2", day=NEXT_DAY)
    assert len(world.selections.day(NEXT_DAY)) == 30
    assert len(world.selections.of("anna").day(NEXT_DAY)) == 20


async def test_a_paper_that_one_person_asked_for_is_that_persons(world: World) -> None:
    UserStore(world.data).add("anna")
    world.add_papers(1)
    event = EmbeddingsReady(paper_ids=(paper_id(1),), model="test", force=True, user="anna", day=DAY)
    await world.ranker.daily.request(event)
    await world.ranker.daily.request(event)
    assert world.selections.days() == []
    assert [one.slot for one in world.selections.of("anna").day(DAY)] == ["requested"]


async def test_each_persons_week_has_a_blind_check_of_what_was_left_out_for_them(world: World) -> None:
    UserStore(world.data).add("anna")
    world.add_papers(*range(1, 61))
    world.say("dislike", 3, user="anna")
    await world.deliver(*range(1, 21))
    next_week = DAY + timedelta(days=7)
    await world.deliver(*range(21, 41), run_id="run-2", day=next_week)
    await world.deliver(*range(41, 61), run_id="run-3", day=next_week + timedelta(days=1))
    for user in ("me", "anna"):
        mine = world.selections.of(user)
        assert len([one for one in mine.day(next_week) if one.slot == "audit"]) == 2
        assert not [one for one in mine.day(next_week + timedelta(days=1)) if one.slot == "audit"]
        assert {one.user for one in mine.day(next_week)} == {user}
