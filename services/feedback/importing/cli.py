"""`papersys import-ratings`: shows what a file would change, asks, and imports it; no running system is needed."""

import asyncio
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from services.feedback.importing.importer import ImportPlan, RatingImporter, events_of
from services.feedback.importing.planning import Terms
from services.feedback.importing.wording import lines_of
from shared.bus.connections import publish_many
from shared.bus.questions.asking import listens
from shared.command_line.context import load
from shared.command_line.output import DryRun, JsonFlag, complaints, print_json, say, warn
from shared.command_line.users import UserOption
from shared.contracts import DEFAULT_USER, now
from shared.contracts.people.importing import ImportReport
from shared.errors import PapersysError
from shared.settings.settings import CommonSettings
from shared.store.files.data_folder import DataFolder
from shared.text.rating_files.reading import read_rating_file


class ListsAre(StrEnum):
    """What papers are whose file says nothing of them."""

    like = "like"
    dislike = "dislike"


def import_ratings(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...",
            help="CSV, BibTeX, RIS, JSON, lists of ids, Scholar Inbox; databases of Zotero and arXiv-sanity.",
        ),
    ],
    lists_are: Annotated[
        ListsAre, typer.Option("--as", help="What papers are in files that hold no ratings.")
    ] = ListsAre.like,
    keep_mine: Annotated[
        bool, typer.Option("--keep-mine", help="Rows without a time never replace a rating that you gave here.")
    ] = False,
    person: Annotated[
        str, typer.Option("--person", help="Whose tags, where a database of arXiv-sanity-lite has those of several.")
    ] = "",
    dry_run: DryRun = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Import without asking.")] = False,
    user: UserOption = DEFAULT_USER,
    as_json: JsonFlag = False,
) -> None:
    """Import ratings from other programs, after a report; the same file again changes nothing."""
    settings = load(CommonSettings)
    importer = RatingImporter(DataFolder(settings.data.path, settings.data.min_free_mb))
    plan = importer.plan(
        [read_rating_file(path, person) for path in files], Terms(user, now(), lists_are.value, keep_mine)
    )
    if dry_run or not plan.report.has_news:
        _show(plan.report, as_json=as_json)
        _say("Nothing was changed." if dry_run else "There is nothing new in it.", as_json=as_json)
        return
    if not yes:
        _ask(plan.report)
    report = importer.store(plan)
    if yes or as_json:
        _show(report, as_json=as_json)
    _say(f"Stored: {_counted(report.stored, 'rating')}, {_counted(report.skips, 'skipped paper')}.", as_json=as_json)
    _tell(settings, plan)


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _show(report: ImportReport, *, as_json: bool) -> None:
    if as_json:
        print_json(report.model_dump_json(indent=1))
        return
    for line in lines_of(report):
        say(line)


def _say(text: str, *, as_json: bool) -> None:
    if not as_json:
        say(f"\n{text}")


def _ask(report: ImportReport) -> None:
    """Show the report on standard error, so that it is no part of a result. Raises PapersysError for a no."""
    for line in lines_of(report):
        complaints.print(line, highlight=False, markup=False)
    try:
        is_wanted = typer.confirm("\nImport this?", default=False, err=True)
    except typer.Abort:
        is_wanted = False
    if not is_wanted:
        raise PapersysError("Nothing was imported. --yes imports without asking, --dry-run only shows the report.")


def _tell(settings: CommonSettings, plan: ImportPlan) -> None:
    """Publish what was stored, for everybody who waits for ratings; without a running system nobody does."""
    if not plan.ratings or not listens(settings.bus.url):
        return
    try:
        asyncio.run(publish_many(settings.bus, events_of(plan.ratings)))
    except PapersysError as error:
        warn(f"The ratings are stored, but the running system was not told: {error} It finds them by itself.")
