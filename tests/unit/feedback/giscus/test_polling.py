"""The loop goes on after every failure, and says why nothing is read."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from services.feedback.giscus.polling import ReactionPolling
from tests.support.checks.waiting import eventually
from tests.unit.feedback.giscus.world import NOON, PAPER, World, after, world


class Pace:
    """Sleeps that end when the test says; `asked` holds how long they were to be."""

    def __init__(self) -> None:
        self.asked: list[float] = []
        self.turn = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        self.asked.append(seconds)
        await self.turn.wait()
        self.turn.clear()


async def test_a_refused_token_is_noted_until_there_is_one_that_works(tmp_path: Path) -> None:
    with world(tmp_path, poll_minutes=7) as here:
        here.server.react(here.server.discuss(PAPER, NOON), "ada", "HEART", after(1))
        here.server.faults.token_expired = True
        pace = Pace()
        polling = ReactionPolling(here.settings, here.data, here.ratings, here.publish, pace.sleep)
        task = asyncio.create_task(polling.run())
        await eventually(lambda: pace.asked == [420])
        assert "GitHub refuses the token (401)" in str(polling.note())
        here.server.faults.token_expired = False
        pace.turn.set()
        await eventually(lambda: len(pace.asked) == 2)
        task.cancel()
    assert polling.note() is None
    assert here.label() == "like"


async def test_an_account_that_github_does_not_know_is_noted(tmp_path: Path) -> None:
    with world(tmp_path, accounts=("adda",)) as here:
        pace = Pace()
        polling = ReactionPolling(here.settings, here.data, here.ratings, here.publish, pace.sleep)
        task = asyncio.create_task(polling.run())
        await eventually(lambda: pace.asked)
        task.cancel()
    assert "adda" in str(polling.note())


@pytest.mark.parametrize("content", ["", "{", "[]", '{"next_sweep_at": "soon"}', '{"repo": "ada/elsewhere"}'])
def test_a_state_that_cannot_be_used_is_begun_anew(tmp_path: Path, content: str) -> None:
    class Nowhere:
        url = "http://127.0.0.1:1/graphql"

    nowhere: Any = Nowhere()
    here = World(nowhere, tmp_path)
    path = here.data.path("state", "giscus.json")
    path.parent.mkdir(parents=True)
    path.write_text(content)
    state = here.state_file.load()
    assert (state.repo, state.next_sweep_at) == (here.settings.repo, None)
