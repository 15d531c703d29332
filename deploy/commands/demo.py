"""`papersys demo next`: the demo's days, one by one."""

import asyncio

import typer

from deploy.command_context import system_settings
from shared.bus.questions.asking import ask_once
from shared.command_line.output import say
from shared.contracts import Harvest, HarvestReply
from shared.demo.control import bring_next_day
from shared.errors import PapersysError

app = typer.Typer(no_args_is_help=True, help="The demo that comes with papersys.")


@app.callback()
def _group() -> None:
    """A group even while it has one command."""


@app.command("next")
def next_day() -> None:
    """Announce the papers of the demo's next day: new picks follow, by what you have rated until then."""
    settings = system_settings()
    if not settings.demo.enabled:
        raise PapersysError("This is not the demo: arXiv announces its next day by itself.")

    async def ask(request: Harvest) -> HarvestReply:
        return await ask_once(settings.bus, request)

    days = asyncio.run(bring_next_day(settings.demo.port, ask))
    say(f"{days.today}: day {days.number} of {len(days.days)} is announced. Its picks are on the page in a moment.")
