"""`papersys giscus`: looks at the discussions under the published papers, and reads all of them."""

import asyncio
import json
from typing import Annotated

import httpx
import typer

from services.feedback.giscus.github.client import GitHub
from services.feedback.giscus.reader import Publish, ReactionReader
from services.feedback.giscus.report import Report
from services.feedback.giscus.state import StateFile
from services.feedback.settings import Settings
from shared.bus.connections import publish as publish_once
from shared.command_line.context import load
from shared.command_line.output import DryRun, JsonFlag, print_json, say, warn
from shared.contracts import FeedbackLabel
from shared.errors import PapersysError
from shared.store.files.data_folder import DataFolder
from shared.store.people.preferences import RatingStore, ratings_of

app = typer.Typer(no_args_is_help=True, help="Reactions and comments under the published papers, as ratings.")

_PATIENCE_SECONDS = 120.0

Everything = Annotated[bool, typer.Option("--all", help="Read all discussions, not only those that changed last.")]


@app.command()
def check(everything: Everything = False, as_json: JsonFlag = False) -> None:
    """Look at the discussions: what would be taken, and whose words do not count. Nothing is changed."""
    _show(asyncio.run(_read(load(Settings), everything=everything, is_dry_run=True)), as_json=as_json, is_dry_run=True)


@app.command()
def sweep(dry_run: DryRun = False, as_json: JsonFlag = False) -> None:
    """Read all discussions now, and take every rating that is new or was taken back."""
    report = asyncio.run(_read(load(Settings), everything=True, is_dry_run=dry_run))
    _show(report, as_json=as_json, is_dry_run=dry_run)


async def _read(settings: Settings, *, everything: bool, is_dry_run: bool) -> Report:
    if not settings.giscus.is_read:
        raise PapersysError("No repository is set; set giscus.repo, giscus.accounts and a token (see docs/giscus.md).")
    if not settings.giscus.accounts:
        warn("giscus.accounts names nobody, so nobody's reactions are your ratings; write your login at GitHub there.")
    data = DataFolder(settings.data.path, settings.data.min_free_mb)
    ratings = RatingStore(data)
    async with httpx.AsyncClient(follow_redirects=False) as client:
        github = GitHub(settings.giscus, client, patience_seconds=_PATIENCE_SECONDS)
        reader = ReactionReader(settings.giscus, github, ratings, StateFile(data, settings.giscus))
        publish = _nowhere if is_dry_run else _sender(settings, ratings)
        return await reader.read(publish, everything=everything, is_dry_run=is_dry_run)


def _sender(settings: Settings, ratings: RatingStore) -> Publish:
    """Over the bus, where the ranker hears of it too; without a running system, straight into the ratings."""

    async def send(event: FeedbackLabel) -> None:
        try:
            await publish_once(settings.bus, event)
        except PapersysError:
            await asyncio.to_thread(ratings.append, ratings_of(event))

    return send


async def _nowhere(event: FeedbackLabel) -> None:
    """A dry run."""


def _show(report: Report, *, as_json: bool, is_dry_run: bool) -> None:
    if as_json:
        print_json(json.dumps(report.as_json()))
        return
    for line in report.lines(is_dry_run=is_dry_run):
        say(line)
