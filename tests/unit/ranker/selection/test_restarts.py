"""A crash between any two steps of a selection: at restart the same picks, published once more at most."""

import asyncio

import pytest

from shared.contracts import Event
from shared.errors import TemporaryFailure
from tests.support.bus.in_memory import FakeBus
from tests.unit.ranker.world import DAY, World, ready_event


class DyingBus(FakeBus):
    """Publishes some events and then fails, as a killed process or a lost server would."""

    def __init__(self, lives: int, error: type[BaseException]) -> None:
        super().__init__()
        self.lives, self.error = lives, error

    async def publish(self, event: Event) -> None:
        if self.lives == 0:
            raise self.error("gone")
        self.lives -= 1
        await super().publish(event)


@pytest.mark.parametrize("lives", [0, 1, 2])
@pytest.mark.parametrize("error", [TemporaryFailure, asyncio.CancelledError])
async def test_a_crash_between_writing_and_publishing_publishes_the_same_picks_at_restart(
    world: World, lives: int, error: type[BaseException]
) -> None:
    world.add_papers(*range(1, 21))
    whole = world.bus
    world.bus = DyingBus(lives, error)
    world.start()
    with pytest.raises(error):
        await world.deliver(*range(1, 21))
    first, written = list(world.bus.published), world.selections.day(DAY)
    assert len(written) == 20
    world.say("dislike", *range(100, 139, 4))
    world.bus = whole
    world.start()
    await world.ranker.daily.advance()
    assert world.selections.day(DAY) == written
    assert len(world.bus.published) == 3
    assert [one.event_id for one in world.bus.published[:lives]] == [one.event_id for one in first]
    await world.ranker.daily.advance()
    assert len(world.bus.published) == 3


async def test_a_crash_before_the_selection_is_written_selects_at_restart(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.add_papers(*range(1, 21))

    def die(*ignored: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("shared.store.selections.SelectionStore.write", die)
        with pytest.raises(KeyboardInterrupt):
            await world.ranker.daily._select(
                world.ranker.arrival_log.note(ready_event(range(1, 21)), world.clock()), DAY
            )
    world.start()
    await world.ranker.daily.advance()
    assert len(world.picked) == 3
