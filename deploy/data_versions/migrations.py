"""The migrations of a data folder, one for each layout.

A migration may be killed and run again: it looks at what is there, and does what is left to be done. What an old form
can be read as is better read than migrated: most changes need no layout of their own.
"""

from collections.abc import Callable
from dataclasses import dataclass

from shared.store.files.data_folder import DataFolder


def _nothing(data: DataFolder) -> None:
    """The folder has what it needs."""


@dataclass(frozen=True)
class Migration:
    """The way to `layout` from the one before it; `rewrites`: files change, so a copy is made first."""

    layout: int
    name: str
    run: Callable[[DataFolder], None]
    rewrites: bool = True


MIGRATIONS = (Migration(1, "the folder says which papersys wrote it", _nothing, rewrites=False),)
"""By layout, without a gap; the last one is `LAYOUT` of `shared.store.keeping.folder_version`."""
