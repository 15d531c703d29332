"""When it is evaluated again, without being asked, whether signals help."""

import asyncio
from datetime import timedelta

import pytest

from services.ranker.evaluation.signal_watch import SignalWatch, is_due
from services.ranker.features.signal_use import SignalEvaluation, SignalEvaluations
from services.ranker.settings import RankerSettings
from shared.store.people.signals import Signal, SignalStore
from tests.unit.ranker.world import MORNING, World, paper_id


@pytest.mark.parametrize(
    ("last", "ratings", "days", "due"),
    [(None, 19, 0, False), (None, 20, 0, True), (40, 43, 9, False), (40, 44, 9, True), (40, 80, 0.9, False)],
)
def test_the_first_needs_some_ratings_and_the_next_a_tenth_more_and_a_day(
    last: int | None, ratings: int, days: float, due: bool
) -> None:
    evaluation = None if last is None else SignalEvaluation(evaluated_at=MORNING, all_ratings=last)
    assert is_due(evaluation, ratings, MORNING + timedelta(days=days)) == due


async def test_those_with_ratings_and_signals_are_evaluated_by_and_by(world: World) -> None:
    world.say("like", *range(100, 124))
    world.say("like", *range(100, 124), user="ada")
    SignalStore(world.data).append([Signal("s", "me", paper_id(130), "save", "reader", MORNING)])
    slept = list[float]()

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 2:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await SignalWatch(world.settings, world.data, world.clock, sleep).run()
    kept = SignalEvaluations(world.data)
    assert kept.get("me") is not None
    assert kept.get("ada") is None
    assert slept == [600, 3600]


def test_nobody_is_evaluated_where_the_settings_decide(world: World) -> None:
    world.say("like", *range(100, 124))
    SignalStore(world.data).append([Signal("s", "me", paper_id(130), "save", "reader", MORNING)])
    assert SignalWatch(world.settings, world.data, world.clock).due() == ["me"]
    off = world.settings.model_copy(update={"ranker": RankerSettings(use_signals="off")})
    assert SignalWatch(off, world.data, world.clock).due() == []
