"""`papersys bundle export|import`: all of a user or of the system as one file, and merging such a file in."""

import json
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deploy.bundles.wording import report_lines
from deploy.command_context import system_settings
from shared.command_line.output import DryRun, JsonFlag, complaints, print_json, say, shown_path
from shared.command_line.progress import spinner
from shared.command_line.users import open_users
from shared.contracts import now
from shared.errors import PapersysError
from shared.store.files.data_folder import DataFolder

if TYPE_CHECKING:  # numpy and pyarrow take `--help` longer than all else
    from deploy.bundles.archive.reading import Bundle
    from deploy.bundles.tally import Tally

app = typer.Typer(
    no_args_is_help=True, help="Export everything, or what one person left, as one file; merge such files."
)


class LeftOut(StrEnum):
    """What a bundle may go without, because it can be made again."""

    vectors = "vectors"
    selections = "selections"
    ledger = "ledger"


@app.command("export")
def export_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The bundle to write, a zip file.")],
    user: Annotated[str | None, typer.Option("--user", help="Only what this person left; `me` is you.")] = None,
    without: Annotated[list[LeftOut] | None, typer.Option("--without", help="Leave this out. Repeatable.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace FILE where it is there already.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Export the data as one documented file: ratings, notes, papers, summaries, tags, vectors; no secrets."""
    from deploy.bundles.datasets.dataset import Source
    from deploy.bundles.exporting import export_bundle

    settings = system_settings()
    if user:
        open_users().require(user)
    if file.exists() and not force:
        raise PapersysError(f"{file} is there already; --force replaces it.")
    if not file.absolute().parent.is_dir():
        raise PapersysError(f"There is no folder {file.absolute().parent} to put the bundle into.")
    source = Source(DataFolder(settings.data.path, settings.data.min_free_mb), user or "")
    with spinner("Exporting"):
        package = export_bundle(
            source, file.absolute(), now(), without=without or (), min_free_mb=settings.data.min_free_mb
        )
    if as_json:
        print_json(package.to_json())
        return
    rows: dict[str, int] = {}
    for resource in package.resources:
        rows[resource.dataset] = rows.get(resource.dataset, 0) + resource.rows
    for dataset, count in rows.items():
        say(f"{dataset:<12}{count:>12,}")
    size = f"{file.stat().st_size / 1e6:,.1f} MB"
    say(f"\n{shown_path(file.absolute())}: {size}. It shows what was read here, so keep it private.")


@app.command("import")
def import_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A bundle of `papersys bundle export`.")],
    user: Annotated[
        str | None, typer.Option("--user", help="Whose it is from now on; default: the same name as in the bundle.")
    ] = None,
    dry_run: DryRun = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Import without asking.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Merge a bundle: the newest rating counts, nothing here is lost, the same bundle again changes nothing."""
    from deploy.bundles.archive.reading import open_bundle
    from deploy.bundles.importing import has_changes
    from deploy.launcher.running import told_of_new_data

    settings = system_settings()
    data, at = DataFolder(settings.data.path, settings.data.min_free_mb), now()
    with open_bundle(file) as bundle:
        with spinner("Checking"):
            bundle.verify()
        done = _merge(bundle, data, user, at, dry_run=not yes or dry_run)
        is_wanted = has_changes(done) and not dry_run
        if is_wanted and not yes:
            _ask(done)
            done = _merge(bundle, data, user, at, dry_run=False)
    told = told_of_new_data(data) if is_wanted else ""
    if as_json:
        print_json(json.dumps({"dry_run": dry_run, "datasets": [tally.facts() for tally in done]}, indent=1))
        return
    for line in report_lines(done):
        say(line)
    say("\nNothing was changed." if dry_run else "\nImported." if is_wanted else "\nThere is nothing new in it.")
    if told:
        say(told)


def _merge(bundle: "Bundle", data: DataFolder, user: str | None, at: datetime, *, dry_run: bool) -> "list[Tally]":
    """Compare a bundle with what is here, or merge it."""
    from deploy.bundles.importing import merge_bundle, target_of

    target = target_of(bundle.package, data, user, at, dry_run=dry_run)
    with spinner("Comparing" if dry_run else "Importing"):
        if not dry_run:
            data.prepare()
        return merge_bundle(bundle, target)


def _ask(plan: "list[Tally]") -> None:
    """Show the report on standard error, so that it is no part of a result. Raises PapersysError for a no."""
    for line in report_lines(plan):
        complaints.print(line, highlight=False, markup=False)
    try:
        is_wanted = typer.confirm("\nImport this?", default=False, err=True)
    except typer.Abort:
        is_wanted = False
    if not is_wanted:
        raise PapersysError("Nothing was imported. --yes imports without asking, --dry-run only shows the report.")
