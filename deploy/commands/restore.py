"""`papersys restore`: a backup as a folder again."""

import json
from pathlib import Path
from typing import Annotated

import typer

from deploy.configuration import SystemSettings, load_system_settings
from shared.command_line.output import DryRun, JsonFlag, print_json, say, warn
from shared.errors import PapersysError
from shared.settings.sections.backup import BackupSettings, checked_repository

_ENDS = "_file"


def restore(
    backup: Annotated[
        str,
        typer.Argument(
            metavar="[ID]", help="A backup of `papersys backup list`. Default: the last one.", show_default=False
        ),
    ] = "latest",
    to: Annotated[
        Path | None,
        typer.Option(
            "--to",
            metavar="FOLDER",
            help="New folder for the data and the settings file. Default: the data folder of the settings, if it is "
            "empty or gone.",
        ),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="PATH", help="A dataset or file, such as notes; may be repeated."),
    ] = None,
    repository: Annotated[
        str, typer.Option(metavar="REPOSITORY", help="Where the backups are, where no settings file says so.")
    ] = "",
    password_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="File with their password.", show_default=False)
    ] = None,
    dry_run: DryRun = False,
    as_json: JsonFlag = False,
) -> None:
    """Restore a backup into a new folder, or into a data folder that was lost; nothing is ever overwritten."""
    from deploy.backup.backups import SETTINGS_COPY
    from deploy.backup.restic import Restic
    from deploy.backup.restoring import Restore, chosen_snapshot, folder_id_at
    from deploy.launcher.running import still_runs
    from shared.store.files.data_folder import DataFolder

    settings = load_system_settings()  # of a folder that may be lost, or be of a later papersys
    wanted = _repository(settings.backup, repository, password_file)
    if to is None and still_runs(DataFolder(settings.data.path), settings.bus):
        raise PapersysError(
            f"papersys runs on {settings.data.path}, or its bus still answers at {settings.bus.url}; stop it first, or "
            "restore into a new folder with --to FOLDER. Nothing was changed."
        )
    import tempfile

    with tempfile.TemporaryDirectory(prefix="papersys-restic-") as cache:
        restic = Restic(wanted, Path(cache))
        snapshot = chosen_snapshot(restic.snapshots(), backup, folder_id_at(settings.data.path))
        folder = (to or settings.data.path).expanduser().resolve()
        way = Restore(restic, snapshot, folder, None if to else folder, tuple(only or ()))
        size = way.check_room()
        text = f"backup {snapshot.short_id} of {snapshot.time:%Y-%m-%d %H:%M} UTC, {size / 1e6:,.1f} MB, to {folder}"
        if dry_run:
            say(f"Would restore {text}.")
            return
        restored = way.run()
    if as_json:
        facts = {"id": snapshot.short_id, "data": str(restored.data), "files": restored.files}
        print_json(json.dumps({**facts, "problems": restored.problems}))
    else:
        say(f"Restored {text}: {restored.files:,} files.")
        for problem in restored.problems:
            warn(problem)
        if restored.settings_file and not only:
            _say_how_to_start(folder, restored.settings_file, SETTINGS_COPY)
        elif to is not None and not only:
            say(f"There is no settings file in it; to start with it, name {restored.data} in data.path of yours.")
    raise typer.Exit(1 if restored.problems else 0)


def _repository(settings: BackupSettings, repository: str, password_file: Path | None) -> BackupSettings:
    """Where the backups are: options first. Raises PapersysError."""
    given: dict[str, object] = {}
    if repository:
        try:
            given["repository"] = checked_repository(repository, Path.cwd())
        except ValueError as error:
            raise typer.BadParameter(str(error), param_hint="--repository") from error
    if password_file is not None:
        given |= {"password_file": password_file.expanduser().resolve(), "password": None}
    wanted = settings.model_copy(update=given)
    if wanted.repository is None:
        raise PapersysError(
            "It is not known where the backups are: run this beside your papersys.toml, or give --repository and "
            "--password-file."
        )
    return wanted


def _say_how_to_start(folder: Path, settings_file: Path, name: str) -> None:
    for missing in missing_files(settings_file):
        warn(missing)
    warn("Do not run it beside the system that it was copied from: both would write to the same sites and send e-mail.")
    say(f"Start it with: cd {folder} && papersys up")


def missing_files(settings_file: Path) -> list[str]:
    """Files that the restored settings name and that are not there: secrets are in no backup of the settings."""
    try:
        settings: SystemSettings = load_system_settings(settings_file)
    except PapersysError as error:
        return [f"The restored {settings_file} cannot be used as it is: {error}"]
    found = []
    for section in type(settings).model_fields:
        table = getattr(settings, section)
        for key in getattr(type(table), "model_fields", {}):
            value = getattr(table, key)
            if key.endswith(_ENDS) and isinstance(value, Path) and (section, key) != ("bus", "password_file"):
                path = value if value.is_absolute() else settings_file.parent / value
                if not path.exists():
                    found.append(f"{section}.{key} names {path}, which is in no backup; put it there again.")
    return found
