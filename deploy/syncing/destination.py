"""A place that is kept up to date, and doing so."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from deploy.syncing.plan import ContentIds, SyncPlan, plan_sync
from deploy.syncing.staging import content_ids, staged
from shared.store.files.data_folder import DataFolder


class Destination(Protocol):
    """Where a copy is kept."""

    @property
    def name(self) -> str:
        """A word for the file in which it is kept what was put there last."""

    @property
    def where(self) -> str:
        """For people."""

    @property
    def takes_vectors(self) -> bool: ...

    def contents(self, *, dry_run: bool) -> Mapping[str, str]:
        """An id of each file that is there, as `ContentIds` has one. Raises PapersysError."""

    def write(self, plan: SyncPlan, files: Mapping[str, Path]) -> None:
        """Put and remove what the plan says, as one commit, or nothing. Raises PapersysError."""


@dataclass(frozen=True)
class Synced:
    """What a sync did, or would do, at one place."""

    where: str
    plan: SyncPlan
    size_bytes: int = 0


def sync(
    data: DataFolder, place: Destination, *, with_ratings: bool, overrule: bool = False, dry_run: bool = False
) -> Synced:
    """Bring one place up to date. Raises PapersysError; what was there stays then."""
    memory = data.path("state", "sync", f"{place.name}.json")
    with (
        data.lock(f"sync-{place.name}"),
        staged(data, with_vectors=place.takes_vectors, with_ratings=with_ratings) as files,
    ):
        here, there = content_ids(files), place.contents(dry_run=dry_run)
        last = _read(memory)
        plan = plan_sync(here, there, last, overrule=overrule)
        if not dry_run:
            if plan.has_news:
                place.write(plan, files)
            _remember(data, memory, here, last, plan)
        return Synced(place.where, plan, sum(files[path].stat().st_size for path in plan.put))


def _read(memory: Path) -> dict[str, list[str]]:
    """What was put there last; nothing where that is not known, and then nothing there is replaced."""
    try:
        content = json.loads(memory.read_bytes())
        return {str(path): [str(each) for each in ids] for path, ids in content.items()}
    except (FileNotFoundError, ValueError, AttributeError, TypeError):
        return {}


def _remember(
    data: DataFolder, memory: Path, here: Mapping[str, ContentIds], last: Mapping[str, list[str]], plan: SyncPlan
) -> None:
    """What others changed keeps what was put there before, so that it stays a conflict until somebody decides."""
    kept = {path: last[path] for path in plan.conflicts if path in last}
    ours = {path: list(ids) for path, ids in here.items() if path not in plan.conflicts}
    data.write_text(memory, json.dumps({**ours, **kept}, indent=0, sort_keys=True) + "\n")
