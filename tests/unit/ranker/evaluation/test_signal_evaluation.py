"""Of simulated people, those whose saves and skips tell what they will like have them used, the others do not."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from services.ranker.evaluation.signal_evaluation import evaluate_signals
from services.ranker.learning.taste import Taste
from services.ranker.settings import RankerSettings
from shared.store.people.signals import SignalStore
from tests.support.people.simulated_people import START, simulate
from tests.unit.ranker.world import World

DAYS = 40


def settled(folder: Path, *, saves_tell: bool) -> World:
    """A person's data folder, on the day after."""
    person = simulate(1, saves_tell=saves_tell, days=DAYS, papers=700, dimension=24, a_day=2)
    world = World(folder, dimension=24, per_day=10, audit=0)
    world.clock.at = START + timedelta(days=DAYS)
    world.add_papers(*range(700), vectors=person.vectors.matrix)
    world.ratings.append(person.ratings)
    SignalStore(world.data).append(person.signals)
    return world


async def picks_with(world: World, use_signals: str) -> tuple[Taste, list[str]]:
    """What a ranker started anew with this setting learns, and what it picks of the papers that nobody touched."""
    ranker = world.settings.ranker.model_copy(update={"use_signals": use_signals})
    world.settings = world.settings.model_copy(update={"ranker": RankerSettings.model_validate(ranker.model_dump())})
    taste = await world.start().learner.current()
    candidates = world.ranker.selector.select(
        taste, world.clock.at.date(), "run", [f"2611.{number:05}" for number in range(700)]
    )
    return taste, [candidate.paper_id for candidate in candidates if candidate.outcome == "picked"]


@pytest.mark.proof
async def test_saves_that_tell_are_used_and_change_the_picks(tmp_path: Path) -> None:
    world = settled(tmp_path, saves_tell=True)
    before, picked_before = await picks_with(world, "auto")
    assert before.signals is None
    evaluation = evaluate_signals(world.settings, clock=world.clock)
    assert evaluation.helps
    assert evaluation.low is not None
    assert 0 < evaluation.low < (evaluation.gain or 0)
    taste, picked = await picks_with(world, "auto")
    assert taste.signals is not None
    assert taste.signals.weights[0] > 0
    assert picked != picked_before
    assert (await picks_with(world, "off"))[1] == picked_before


@pytest.mark.proof
async def test_saves_at_random_are_not_used_and_change_no_pick(tmp_path: Path) -> None:
    world = settled(tmp_path, saves_tell=False)
    evaluation = evaluate_signals(world.settings, clock=world.clock)
    assert not evaluation.helps
    assert evaluation.ratings > 50
    taste, picked = await picks_with(world, "auto")
    assert taste.signals is None
    assert picked == (await picks_with(world, "off"))[1]
    again = evaluate_signals(world.settings, clock=lambda: world.clock.at + timedelta(days=1))
    assert again == evaluation  # nothing has changed, so nothing is computed again


def test_off_writes_nothing_and_without_signals_there_is_nothing_to_tell(world: World) -> None:
    world.say("like", 112, 116)
    off = world.settings.model_copy(update={"ranker": RankerSettings(use_signals="off")})
    assert evaluate_signals(off).gain is None
    kept = world.data.path("state", "ranker", "me", "signals.json")
    assert not kept.exists()
    assert evaluate_signals(world.settings).helps is False
    assert json.loads(kept.read_text())["ratings"] == 0
