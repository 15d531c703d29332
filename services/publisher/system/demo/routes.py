"""The button **Next day** of the demo."""

import asyncio

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.publisher.pages.components import Components
from services.publisher.records.records import Records
from shared.contracts import Harvest, HarvestReply
from shared.demo.control import NoMoreDays, bring_next_day
from shared.demo.days import DemoDays
from shared.errors import PapersysError

_LOOK_SECONDS = 0.1
_HARVEST_SECONDS = 6.0


def router(components: Components, port: int) -> APIRouter:
    """`port` is that of the demo arXiv."""
    demo = APIRouter()

    @demo.post("/demo/next")
    async def next_day(request: Request) -> Response:
        async def ask(wanted: Harvest) -> HarvestReply:
            return await components.bus.ask(wanted)

        try:
            days = await bring_next_day(port, ask)
        except NoMoreDays:
            return RedirectResponse("/", status_code=303)
        except PapersysError as error:
            raise HTTPException(503, f"The next day did not come: {error}") from error
        await _until_harvested(components.records, days)
        return RedirectResponse("/", status_code=303)

    return demo


async def _until_harvested(records: Records, days: DemoDays) -> None:
    """Give the harvest a moment, so that the page says what is under way."""
    try:
        async with asyncio.timeout(_HARVEST_SECONDS):
            while True:
                if await asyncio.to_thread(_is_harvested, records, days):
                    return
                await asyncio.sleep(_LOOK_SECONDS)
    except TimeoutError:
        return


def _is_harvested(records: Records, days: DemoDays) -> bool:
    run = records.latest_run()
    return run is not None and run.state == "done" and run.day == days.today
