"""The button **Next day**: it announces a day, asks for its harvest, and leads back to today's page."""

from datetime import date

import pytest

from services.publisher.system.demo import routes
from shared.contracts import Harvest, HarvestReply, now
from shared.demo.control import NoMoreDays
from shared.demo.days import DemoDays
from shared.errors import PapersysError
from shared.store.files.data_folder import DataFolder
from shared.store.harvests.runs import HarvestRun, RunStore
from tests.support.browsing.reader import FORM, page, reader

DAYS = DemoDays(today=date(2026, 11, 7), days=(date(2026, 11, 6), date(2026, 11, 7)))


async def press(
    data: DataFolder, outcome: DemoDays | PapersysError, monkeypatch: pytest.MonkeyPatch
) -> tuple[int, str]:
    async def bring(port: int, ask: object) -> DemoDays:
        if isinstance(outcome, PapersysError):
            raise outcome
        RunStore(data).put(HarvestRun(run_id="2026", started_at=now(), state="done", day=outcome.today))
        return outcome

    monkeypatch.setattr(routes, "bring_next_day", bring)
    fake_reader = reader(data, demo=True)
    fake_reader.bus.answers[Harvest] = HarvestReply()
    async with fake_reader.client() as client:
        answer = await client.post("/demo/next", headers=FORM)
    return answer.status_code, answer.headers.get("location", answer.text)


async def test_the_next_day_comes_and_the_page_is_todays(data: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await press(data, DAYS, monkeypatch) == (303, "/")


async def test_after_the_last_day_it_leads_back_and_nothing_happens(
    data: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await press(data, NoMoreDays("no further day"), monkeypatch) == (303, "/")


async def test_a_demo_that_is_away_is_a_page_that_says_so(data: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    code, text = await press(data, PapersysError("The demo arXiv does not answer."), monkeypatch)
    assert (code, "The next day did not come: The demo arXiv does not answer." in text) == (503, True)


async def test_outside_of_the_demo_there_is_no_such_button(data: DataFolder) -> None:
    assert "/demo/next" not in await page(reader(data), "/")
    async with reader(data).client() as client:
        assert (await client.post("/demo/next", headers=FORM)).status_code in (404, 405)
