"""The demo's first days, harvested one after the other, so that on its first page there is a yesterday."""

import asyncio
from collections.abc import Awaitable, Callable

from deploy.launcher.output import Output
from shared.bus.questions.asking import ask_once
from shared.contracts import Harvest, HarvestReply
from shared.demo.control import bring_next_day
from shared.demo.days import DemoDays, demo_days_path, read_demo_days
from shared.errors import PapersysError
from shared.settings.settings import CommonSettings
from shared.store.files.data_folder import DataFolder
from shared.store.harvests.runs import RunStore

_LOOK_SECONDS = 0.2
_DAY_SECONDS = 120.0
Ask = Callable[[Harvest], Awaitable[HarvestReply]]


async def announce_first_days(settings: CommonSettings, data: DataFolder, output: Output) -> None:
    """Bring the days that come by themselves. A failure is said, and the button of the page brings them later."""

    async def ask(request: Harvest) -> HarvestReply:
        return await ask_once(settings.bus, request)

    number = 0
    try:
        while number < min(settings.demo.days, settings.demo.days_at_start):
            async with asyncio.timeout(_DAY_SECONDS):
                days = await _harvested_day(data)
                number = days.number
                if days.next is None:
                    return
                if number < settings.demo.days_at_start:
                    await bring_next_day(settings.demo.port, ask)
    except (PapersysError, TimeoutError) as error:
        why = error or "it took too long"
        text = f"The demo's next day did not come by itself ({why}); `papersys demo next` brings it."
        output.say(text, "WARNING", action="demo_days")


async def _harvested_day(data: DataFolder) -> DemoDays:
    """How far the days have come, once the last of them is harvested; the demo may still be starting."""
    runs = RunStore(data)
    while True:
        days = await asyncio.to_thread(read_demo_days, demo_days_path(data))
        if days is not None and await asyncio.to_thread(has_harvested, runs, days):
            return days
        await asyncio.sleep(_LOOK_SECONDS)


def has_harvested(runs: RunStore, days: DemoDays) -> bool:
    """Whether the day that is announced is harvested."""
    return any(run.state == "done" and run.day == days.today for run in runs.newest_first())
