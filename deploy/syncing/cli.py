"""`papersys sync`: copies of the data folder at Hugging Face or in git, brought up to date."""

import contextlib
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from deploy.command_context import system_settings
from shared.command_line.output import DryRun, JsonFlag, print_json, say, warn
from shared.command_line.progress import spinner
from shared.contracts import now
from shared.errors import PapersysError
from shared.store.files.data_folder import DataFolder
from shared.store.keeping.findings import counted

if TYPE_CHECKING:
    from deploy.syncing.destination import Destination, Synced
    from shared.settings.sections.sync import SyncSettings
    from shared.store.keeping.syncs import SyncRecord

_SHOWN = 10


def sync(
    dry_run: DryRun = False,
    overrule: Annotated[
        bool,
        typer.Option("--overrule", help="Also replace files that others changed there; theirs stay in its history."),
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Bring the copies that the settings name (section sync) up to date: a dataset at Hugging Face, a git repository.

    What others changed there is left alone.
    """
    from deploy.syncing.destination import sync as sync_to
    from shared.store.keeping.syncs import SyncRecords, places_of

    settings = system_settings()
    data, options = DataFolder(settings.data.path, settings.data.min_free_mb), settings.sync
    done: list[Synced] = []
    failures: list[PapersysError] = []
    records, places = SyncRecords(data), places_of(options)
    if not places:
        raise PapersysError("There is nowhere to sync to: set sync.git_folder or sync.hub_dataset.")
    for name, where in places.items():
        try:
            with spinner(f"Syncing {where}"):
                place = _place(name, options)
                synced = sync_to(data, place, with_ratings=options.with_ratings, overrule=overrule, dry_run=dry_run)
            done.append(synced)
            if not dry_run:
                records.note_done(name, _record(synced))
        except PapersysError as error:
            failures.append(error)
            if not dry_run:
                with contextlib.suppress(PapersysError):
                    records.note_failure(name, where, str(error), now())
    if as_json:
        print_json(json.dumps([asdict(each) for each in done], indent=1))
    else:
        for each in done:
            _show(each, dry_run=dry_run)
    for failure in failures[:-1]:
        warn(str(failure))
    if failures:
        raise failures[-1]
    raise typer.Exit(1 if any(each.plan.conflicts for each in done) else 0)


def _place(name: str, options: "SyncSettings") -> "Destination":
    """Raises PapersysError where it cannot be reached as it is set."""
    from deploy.syncing.git_folder import GitFolder
    from deploy.syncing.hub_dataset import HubDataset

    if name == "git":
        assert options.git_folder is not None  # noqa: S101 - its name is given for no other reason
        return GitFolder(options.git_folder, options.git_branch, options.git_remote)
    return HubDataset(str(options.hub_dataset), options.token(), options.hub_url)


def _record(synced: "Synced") -> "SyncRecord":
    from shared.store.keeping.syncs import SyncRecord

    plan, at = synced.plan, now()
    files = plan.same + len(plan.put)
    return SyncRecord(
        where=synced.where, synced_at=at, tried_at=at, files=files, written=len(plan.put), conflicts=plan.conflicts
    )


def _show(done: "Synced", *, dry_run: bool) -> None:
    plan = done.plan
    verb = "would write" if dry_run else "wrote"
    say(
        f"{done.where}: {verb} {counted(len(plan.put), 'file')} ({done.size_bytes / 1e6:,.1f} MB), "
        f"{'would remove' if dry_run else 'removed'} {len(plan.remove):,}, {plan.same:,} are the same."
    )
    if plan.conflicts:
        more = f" and {len(plan.conflicts) - _SHOWN:,} more" if len(plan.conflicts) > _SHOWN else ""
        warn(
            f"Others changed {', '.join(plan.conflicts[:_SHOWN])}{more} there, so these were left alone. Take over "
            "what you want of them; then --overrule replaces them, and the history there keeps what they were."
        )
