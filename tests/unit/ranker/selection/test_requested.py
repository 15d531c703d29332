"""Papers that somebody asked for: picked at once, beside the quota."""

from pathlib import Path

from tests.unit.ranker.world import DAY, World, paper_id


async def test_a_paper_asked_for_goes_out_at_once_beside_the_quota_and_once(world: World) -> None:
    world.add_papers(*range(1, 21))
    await world.deliver(*range(1, 16))
    quota = len(world.picked)
    event = await world.deliver(17, 18, force=True, run_id=None, day=None, last=False, run_size=None)
    requested = world.selected_events[quota:]
    assert [one.paper_ids for one in requested] == [(paper_id(17),), (paper_id(18),)]
    assert all(one.force and one.picks[0].slot == "requested" and one.caused_by for one in requested)
    assert [run for run in world.selections.runs(DAY) if run.startswith("requested-")]
    world.say("like", 18)
    world.start()
    await world.bus.deliver(event.model_copy(update={"event_id": event.event_id[:100]}))
    again = world.selected_events[quota + 2 :]
    assert [one.event_id for one in again] == [one.event_id for one in requested]


async def test_a_paper_asked_for_leaves_the_days_selection_to_come(world: World) -> None:
    world.add_papers(*range(1, 21))
    await world.deliver(1, force=True, run_id=None)
    assert world.picked == [paper_id(1)]
    await world.deliver(*range(1, 21))
    assert len(world.picked) == 1 + 3
    assert paper_id(1) not in {one.paper_id for one in world.selections.read(DAY, "run-1")}


async def test_a_paper_asked_for_that_has_no_vector_and_no_day_goes_out_too(tmp_path: Path) -> None:
    world = World(tmp_path)
    await world.deliver(1, force=True, run_id=None, day=None)
    (event,) = world.selected_events
    assert event.picks[0].score is None
