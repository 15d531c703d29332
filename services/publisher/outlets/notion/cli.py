"""`papersys notion init|sync`: the Notion database of papers; neither needs a running system."""

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.publisher.settings import Settings
from shared.command_line.context import load
from shared.command_line.output import DryRun, JsonFlag, print_json, say, warn
from shared.command_line.papers import paper_id_of
from shared.command_line.progress import bar
from shared.errors import PapersysError
from shared.settings.settings import find_settings_file
from shared.text.safe.plain_text import shortened

if TYPE_CHECKING:  # `papersys --help` imports this module, and need not wait for the client
    from services.publisher.outlets.notion.database import Database
    from services.publisher.outlets.notion.plan import RowPlan
    from services.publisher.outlets.notion.sync import Sync, SyncReport
    from shared.store.files.data_folder import DataFolder

app = typer.Typer(help="Keep a row of a Notion database for every summarised paper.", no_args_is_help=True)

_SHOWN = 20
_TITLE = 100


@app.command()
def init(
    page: Annotated[
        str, typer.Option(metavar="ADDRESS", help="The page of Notion below which a new database is made.")
    ] = "",
    database: Annotated[
        str, typer.Option(metavar="ADDRESS", help="A database that is there already; what it lacks is added.")
    ] = "",
    data_source: Annotated[
        str, typer.Option(metavar="ID", help="Which data source, where the database has several.")
    ] = "",
) -> None:
    """Make a database below a page of Notion, or adopt yours, and write it into papersys.toml."""
    if bool(page) == bool(database):
        raise typer.BadParameter("Give either --page or --database: the link of a page or of a database in Notion.")
    path = find_settings_file()
    if path is None or not path.exists():
        raise PapersysError("There is no settings file of your own yet; `papersys init` writes one.")
    found = asyncio.run(_prepared(load(Settings), page, database, data_source))
    _remember(path, found)
    what = "made" if found.is_new else "ready"
    say(f"The database is {what}: {found.url}")
    if found.added and not found.is_new:
        say(f"Added to it: {', '.join(found.added)}.")
    say(
        f"{path} names it now. `papersys notion sync` writes the papers; "
        "a running system does so by itself once it is restarted."
    )


@app.command()
def sync(
    paper_ids: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="ID", help="arXiv ids, also of rows that you removed. Default: all papers with a summary."
        ),
    ] = None,
    dry_run: DryRun = False,
    as_json: JsonFlag = False,
) -> None:
    """Write the rows that are missing or have changed; exit code 1 where some could not be written."""
    from services.publisher.outlets.notion.opening import open_sync
    from services.publisher.records.records import Records
    from shared.store.files.data_folder import DataFolder

    settings, ids = load(Settings), [paper_id_of(text) for text in paper_ids or ()]
    data = DataFolder(settings.data.path, settings.data.min_free_mb)
    passes = open_sync(settings, data, Records(data, settings.embedding.model))
    if dry_run:
        plans = asyncio.run(_previewed(settings, passes, ids))
        _show_plans(plans, settings.notion.requests_per_second, as_json=as_json)
        return
    report, failure = asyncio.run(_synced(settings, data, passes, ids))
    if failure is not None and not report.written:
        raise failure
    _show_report(report, as_json=as_json)
    if failure is not None:
        raise PapersysError(f"{failure} {_rows(report.left)} still to write: run this again later.")
    if report.failed:
        raise PapersysError("\n".join(f"{paper_id}: {why}" for paper_id, why in report.failed.items()))


async def _prepared(settings: Settings, page: str, database: str, data_source: str) -> "Database":
    from services.publisher.outlets.notion.database import adopt_database, create_database
    from shared.notion.connection import Notion

    async with Notion(settings.notion) as notion:
        return await (create_database(notion, page) if page else adopt_database(notion, database, data_source))


def _remember(path: Path, found: "Database") -> None:
    from services.publisher.outlets.notion.settings_file import write_notion

    write_notion(path, {"enabled": True, "database": found.database, "data_source": found.data_source})


async def _previewed(settings: Settings, passes: "Sync", ids: list[str]) -> "list[RowPlan]":
    from shared.notion.connection import Notion

    async with Notion(settings.notion) as notion:
        return await passes.preview(notion, ids)


async def _synced(
    settings: Settings, data: "DataFolder", passes: "Sync", ids: list[str]
) -> "tuple[SyncReport, PapersysError | None]":
    """What was done, and why it ended before all was."""
    from services.publisher.outlets.notion.sync import SyncReport
    from shared.notion.connection import Notion
    from shared.notion.row_files import LOCK

    report = SyncReport()
    try:
        with data.lock(LOCK):
            async with Notion(settings.notion) as notion:
                with bar("Notion") as progress:
                    await passes.run(notion, report, ids, progress)
    except PapersysError as error:
        return report, error
    return report, None


def _show_plans(plans: "list[RowPlan]", requests_per_second: float, *, as_json: bool) -> None:
    due = [plan for plan in plans if plan.need in ("create", "update")]
    if as_json:
        rows = [{"paper_id": plan.content.paper_id, "need": plan.need, "changes": plan.changes} for plan in plans]
        print_json(json.dumps(rows, ensure_ascii=False))
        return
    for plan in due[:_SHOWN]:
        what = f"{', '.join(plan.changes)}  " if plan.need == "update" else ""
        say(f"{plan.need}  {plan.content.paper_id}  {what}{shortened(plan.content.title, _TITLE)}")
    if len(due) > _SHOWN:
        say(f"... and {len(due) - _SHOWN} more")
    creations = sum(plan.need == "create" for plan in due)
    removed = sum(plan.need == "removed" for plan in plans)
    say(
        f"{_rows(creations)} would be created, or found again by their ids; {len(due) - creations} updated. "
        f"{len(plans) - len(due) - removed} are up to date.{_left_out(removed)}"
    )
    seconds = sum(plan.requests for plan in due) / requests_per_second
    say(f"That would take about {max(seconds, 1):.0f} s. Nothing was written." if due else "Nothing was written.")


def _show_report(report: "SyncReport", *, as_json: bool) -> None:
    if as_json:
        print_json(json.dumps(report.as_dict(), ensure_ascii=False))
        return
    say(
        f"{_rows(len(report.created))} created, {len(report.updated)} updated, {report.unchanged} up to date "
        f"({report.requests} requests).{_left_out(len(report.removed))}"
    )
    for doubled in report.doubled[:_SHOWN]:
        warn(str(doubled))
    if len(report.doubled) > _SHOWN:
        warn(f"{len(report.doubled) - _SHOWN} more papers have several rows; --json names them all.")


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count} rows"


def _left_out(removed: int) -> str:
    return f" {_rows(removed)} left out, because you removed them in Notion." if removed else ""
