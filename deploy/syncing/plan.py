"""What a sync has to do: decided from what is here, what is there, and what was put there last. Pure.

Somebody else may write there too, by hand or with another papersys. What they changed since is never overwritten.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import NamedTuple


class ContentIds(NamedTuple):
    """What identifies a file's content: `blob` as git does (SHA-1), `sha256` as Git LFS does."""

    blob: str
    sha256: str


@dataclass(frozen=True)
class SyncPlan:
    """Paths to put there and to remove there; those that others changed; how many are the same already."""

    put: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    same: int = 0

    @property
    def has_news(self) -> bool:
        return bool(self.put or self.remove)


def plan_sync(
    here: Mapping[str, ContentIds],
    there: Mapping[str, str],
    last: Mapping[str, Collection[str]],
    *,
    overrule: bool = False,
) -> SyncPlan:
    """`there` has one id of each file, `last` those of what was put there; `overrule` replaces what others changed."""
    put, conflicts = [], []
    for path, ids in here.items():
        found = there.get(path)
        if found in ids:
            continue
        if found is None or found in last.get(path, ()) or overrule:
            put.append(path)
        else:
            conflicts.append(path)
    gone = [path for path, ids in last.items() if path not in here and there.get(path) in ids]
    return SyncPlan(tuple(put), tuple(gone), tuple(conflicts), len(here) - len(put) - len(conflicts))
