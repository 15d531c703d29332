"""`papersys backup init|now|list|check`: backups of the data folder, made by restic."""

import json
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from deploy.command_context import system_settings
from deploy.configuration import DEMO_FILE, SystemSettings, settings_file
from shared.command_line.output import JsonFlag, console, print_json, say, warn
from shared.contracts import now
from shared.errors import PapersysError
from shared.store.files.data_folder import DataFolder
from shared.store.keeping.backups import BackupRecord, backup_state

if TYPE_CHECKING:
    from deploy.backup.backups import Backups

app = typer.Typer(no_args_is_help=True, help="Back up the data folder with restic: encrypted, to a disk or elsewhere.")
Scheduled = Annotated[bool, typer.Option("--scheduled", hidden=True, help="By the running system: others go first.")]


@app.command()
def init(
    repository: Annotated[
        str,
        typer.Argument(
            metavar="[REPOSITORY]",
            help="A folder, s3:https://host/bucket, sftp:user@host:/folder or rclone:remote:folder. "
            "Default: backup.repository of the settings.",
        ),
    ] = "",
) -> None:
    """Make the repository and its password, and write both into papersys.toml."""
    from deploy.backup.setting_up import password_file_of, write_repository

    settings = system_settings()
    if repository:
        settings = write_repository(_own_settings_file(), repository, settings)
    elif settings.backup.repository is None:
        raise PapersysError(
            "Say where backups go: papersys backup init REPOSITORY, for example a folder on another disk."
        )
    backups = _backups(settings)
    is_new = backups.restic.create()
    there = len(backups.restic.snapshots())
    say(f"{'Made' if is_new else 'There is'} a repository in {settings.backup.repository} ({there} backups).")
    file = password_file_of(settings)
    if file is not None:
        warn(
            f"Its password lies in {file}. Keep a copy elsewhere: without it nobody can read the backups, not even you."
        )
    for remark in _remarks(settings):
        warn(remark)
    say("Make the first one with `papersys backup now`; the running system makes them by itself once it is restarted.")


@app.command("now")
def make(scheduled: Scheduled = False, as_json: JsonFlag = False) -> None:
    """Make a backup now, also while the system runs."""
    from deploy.backup.backups import work_in_the_background

    _end_in_order()
    if scheduled:
        work_in_the_background()
    settings = system_settings()
    record = _backups(settings).make("scheduled" if scheduled else "by hand")
    if as_json:
        print_json(record.model_dump_json(indent=1))
    else:
        _say_state(record, settings)
    raise typer.Exit(1 if record.remark else 0)


@app.command("list")
def list_backups(as_json: JsonFlag = False) -> None:
    """List the backups in the repository, oldest first."""
    snapshots = _backups(system_settings()).restic.snapshots()
    rows = [
        {
            "id": snapshot.short_id,
            "made_at": snapshot.time.isoformat(timespec="seconds"),
            "why": snapshot.why,
            "papersys": snapshot.version,
            "machine": snapshot.hostname,
            "folder": snapshot.folder_id[:8],
        }
        for snapshot in snapshots
    ]
    if as_json:
        print_json(json.dumps(rows, indent=1))
        return
    if not rows:
        say("No backups yet; `papersys backup now` makes one.")
        return
    from rich.table import Table
    from rich.text import Text

    table = Table("id", "made at", "why", "papersys", "machine", "data folder")
    for snapshot, row in zip(snapshots, rows, strict=True):
        moment = f"{snapshot.time:%Y-%m-%d %H:%M} UTC"
        table.add_row(*(Text(str(cell)) for cell in (row["id"], moment, *list(row.values())[2:])))
    console.print(table)
    say("`papersys restore ID --to FOLDER` brings one back.")


@app.command()
def check(
    percent: Annotated[
        float | None,
        typer.Option(
            "--read-data-subset",
            metavar="PERCENT",
            min=0,
            max=100,
            help="How much of the stored data is read back. Default: backup.check_percent of the settings.",
        ),
    ] = None,
    restore_too: Annotated[
        bool, typer.Option("--restore", help="Restore the last backup into a temporary folder and look through it too.")
    ] = False,
    scheduled: Scheduled = False,
    as_json: JsonFlag = False,
) -> None:
    """Check that the backups can be read; exit code 1 if not."""
    from deploy.backup.backups import work_in_the_background

    _end_in_order()
    if scheduled:
        work_in_the_background()
    settings = system_settings()
    backups = _backups(settings)
    record = backups.check(percent)
    problems = _trial_restore(backups) if restore_too else ()
    if as_json:
        print_json(json.dumps({**record.model_dump(mode="json"), "restore_problems": problems}, indent=1))
    else:
        say(f"The backups in {record.repository} are sound.")
        if restore_too:
            say(
                "The last one was restored into a temporary folder"
                + (", with problems:" if problems else ": it is whole.")
            )
        for problem in problems:
            warn(problem)
    raise typer.Exit(1 if problems else 0)


def _trial_restore(backups: "Backups") -> tuple[str, ...]:
    """What a restore of the last backup would lack. The folder is gone afterwards."""
    import tempfile

    from deploy.backup.restoring import Restore, chosen_snapshot, folder_id_at

    snapshot = chosen_snapshot(backups.restic.snapshots(), "latest", folder_id_at(backups.data.root))
    with tempfile.TemporaryDirectory(prefix="papersys-restore-") as folder:
        return Restore(backups.restic, snapshot, Path(folder) / "trial").run().problems


def _backups(settings: SystemSettings) -> "Backups":
    from deploy.backup.backups import Backups
    from deploy.backup.events_under_way import EventsUnderWay

    data = DataFolder(settings.data.path, settings.data.min_free_mb)
    return Backups(data, settings.backup, _settings_file_to_keep(), EventsUnderWay(settings.bus), settings.seeds)


def _settings_file_to_keep() -> Path | None:
    path = settings_file()
    return None if path == DEMO_FILE else path


def _own_settings_file() -> Path:
    path = settings_file()
    if path == DEMO_FILE:
        raise PapersysError("There is no settings file of your own yet; `papersys init` writes one.")
    return path


def _remarks(settings: SystemSettings) -> list[str]:
    """What keeps the backups from being safe."""
    folder = settings.backup.folder
    if folder is None or not folder.exists() or not settings.data.path.exists():
        return []
    is_same_disk = folder.stat().st_dev == settings.data.path.stat().st_dev
    return ["It lies on the same disk as the data folder, and is lost with it; another disk is safer."] * is_same_disk


def _say_state(record: BackupRecord, settings: SystemSettings) -> None:
    state = backup_state(record, settings.backup, now())
    say(f"{state.sentence} It took {record.seconds:g} s.")
    for problem in state.problems:
        warn(problem)


def _end_in_order() -> None:
    """SIGTERM ends restic and removes the copy, as Ctrl-C does."""

    def end(number: int, frame: FrameType | None) -> None:
        sys.exit(143)

    signal.signal(signal.SIGTERM, end)
