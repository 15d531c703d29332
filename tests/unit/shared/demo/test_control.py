"""The demo's next day: announced by the demo, harvested by the fetcher."""

from datetime import date
from pathlib import Path

import httpx
import pytest

from deploy.demo.announcement_days import AnnouncementDays
from deploy.demo.server import create_app
from shared.contracts import Harvest, HarvestReply
from shared.demo.control import NoMoreDays, bring_next_day
from shared.errors import PapersysError
from tests.support.arxiv.demo import demo_corpus


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
