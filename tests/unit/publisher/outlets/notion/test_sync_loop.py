"""The service passes when something has changed, waits when Notion is away, and loses nothing."""

from datetime import UTC, datetime, timedelta

import pytest

from services.publisher.outlets.notion.sync_loop import SyncLoop
from shared.notion.row_files import LOCK
from tests.support.folders.seed import GRAPHS
from tests.support.notion.beside import Desk
from tests.support.notion.server import TOKEN, Fault


class Loop:
    def __init__(self, desk: Desk) -> None:
        self.desk, self.now, self.state = desk, datetime(2026, 11, 6, 15, tzinfo=UTC), "a"
        self.loop = SyncLoop(desk.settings, desk.data, desk.sync(), lambda: self.state, desk.notion, lambda: self.now)

    async def requests(self) -> int:
        """How many one round sends."""
        before = len(self.desk.server.asked)
        await self.loop.round()
        return len(self.desk.server.asked) - before


@pytest.fixture
def looped(desk: Desk) -> Loop:
    return Loop(desk)


async def test_a_round_without_changes_only_looks_at_rows_that_changed_but_once_a_day(looped: Loop) -> None:
    assert await looped.requests() > 4
    look = await looped.requests()
    assert look == 3
    looped.state = "b"
    assert await looped.requests() > look
    looped.now += timedelta(days=1)
    assert await looped.requests() > look


async def test_a_row_duplicated_by_hand_is_a_note_until_one_is_removed_and_holds_nothing_up(looped: Loop) -> None:
    await looped.requests()
    workspace = looped.desk.server.workspace
    original = workspace.row(GRAPHS)
    copy = workspace.duplicate(original)
    looks = [await looped.requests(), await looped.requests()]
    assert looks == [4, 4]
    said = looped.loop.problem() or ""
    assert GRAPHS in said
    assert workspace.shown(original)["url"] in said
    assert workspace.shown(copy)["url"] in said
    workspace.trash(copy)
    await looped.loop.round()
    assert looped.loop.problem() is None


async def test_an_expired_token_is_a_problem_until_it_is_renewed(looped: Loop) -> None:
    looped.desk.server.token = "another"
    assert await looped.loop.round() == 300
    assert "token" in (looped.loop.problem() or "")
    looped.desk.server.token = TOKEN
    await looped.loop.round()
    assert looped.loop.problem() is None
    assert len(looped.desk.server.workspace.rows()) == 4


async def test_rows_that_could_not_be_written_are_named_and_tried_again(looped: Loop) -> None:
    looped.desk.server.fault = lambda asked: Fault(400, code="validation_error") if asked.path == "pages" else None
    await looped.loop.round()
    assert "refused" in (looped.loop.problem() or "")
    looped.desk.server.fault = lambda asked: None
    await looped.loop.round()
    assert looped.loop.problem() is None
    assert len(looped.desk.server.workspace.rows()) == 4


async def test_a_command_that_writes_at_the_same_time_is_waited_for(looped: Loop) -> None:
    with looped.desk.data.lock(LOCK):
        looped.desk.server.asked.clear()
        await looped.loop.round()
        assert looped.desk.server.asked == []
    await looped.loop.round()
    assert len(looped.desk.server.workspace.rows()) == 4
