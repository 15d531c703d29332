"""The demo's days come one by one, and go on after a restart where they stopped."""

from datetime import date
from pathlib import Path

import httpx
import pytest

from deploy.demo.announcement_days import AnnouncementDays
from deploy.demo.server import create_app
from shared.contracts import Harvest, HarvestReply
from shared.demo.control import NoMoreDays, bring_next_day
from shared.demo.days import read_demo_days
from shared.errors import PapersysError
from tests.support.arxiv import demo_corpus

DAYS = ["1999-01-04", "2026-11-04", "2026-11-05", "2026-11-06"]


def test_the_last_days_come_in_order_and_the_file_says_how_far(tmp_path: Path) -> None:
    days = AnnouncementDays.last_of(DAYS, 2, tmp_path / "new" / "demo.json")
    first = days.first()
    assert first == date(2026, 11, 5)
    state = days.note(first)
    assert state is not None
    assert (state.number, len(state.days), state.next) == (1, 2, date(2026, 11, 6))
    days.note(date(2026, 11, 6))
    assert AnnouncementDays.last_of(DAYS, 2, tmp_path / "new" / "demo.json").first() == date(2026, 11, 6)
    assert days.after(date(2026, 11, 6)) is None


@pytest.mark.parametrize("content", ["", "{", '{"today": "2026-11-07", "days": ["2026-11-06"]}', "[]"])
def test_a_file_that_says_nothing_usable_counts_as_none(tmp_path: Path, content: str) -> None:
    path = tmp_path / "demo.json"
    path.write_text(content)
    assert read_demo_days(path) is None
    assert AnnouncementDays.last_of(DAYS, 3, path).first() == date(2026, 11, 4)


def test_without_days_all_papers_are_there_at_once() -> None:
    days = AnnouncementDays.last_of([], 0)
    assert days.first() is None
    assert days.note(date(2026, 11, 6)) is None


async def test_the_next_day_is_announced_and_its_harvest_asked_for(tmp_path: Path) -> None:
    corpus, asked = demo_corpus(), list[Harvest]()
    days = AnnouncementDays.last_of(corpus.days, 2, tmp_path / "demo.json")
    app = create_app(corpus, today=days.first(), days=days)
    transport = httpx.ASGITransport(app=app)

    async def ask(request: Harvest) -> HarvestReply:
        asked.append(request)
        return HarvestReply()

    state = await bring_next_day(8099, ask, transport)
    assert app.state.switchboard.today == state.today == date(2026, 11, 6)
    with pytest.raises(NoMoreDays, match="no further day"):
        await bring_next_day(8099, ask, transport)
    assert len(asked) == 1


async def test_a_demo_that_does_not_answer_is_said_to_be_away() -> None:
    async def ask(request: Harvest) -> HarvestReply:
        raise AssertionError("no day came, so there is nothing to harvest")

    transport = httpx.MockTransport(lambda request: httpx.Response(500))
    with pytest.raises(PapersysError, match="does not answer on port 8099"):
        await bring_next_day(8099, ask, transport)
