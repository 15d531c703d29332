"""Leaving the demo: its papers stay apart from real ones, and whoever is logged in stays logged in."""

import shutil
from datetime import date
from pathlib import Path

from deploy.configuration import SystemSettings
from deploy.launcher.settings_change import Settled
from shared.settings.changes import SettingsChanges
from shared.store.files.data_folder import DataFolder

_ACCESS = ("reader.token", "publisher")
_KEPT = ("locks", "setup", *_ACCESS)
_PREFIX = "demo-"


def must_be_set_aside(before: SystemSettings, after: SystemSettings) -> bool:
    """Whether real papers would come to lie among the demo's."""
    return before.demo.enabled and not after.demo.enabled and before.data.path == after.data.path


def keep_likes(settled: Settled) -> None:
    """Put likes that came with new settings where the reader will find them. Raises TemporaryFailure."""
    SettingsChanges(DataFolder(settled.settings.data.path)).add_likes(settled.likes)


def set_aside(data: DataFolder, today: date) -> Path:
    """Move all of a data folder into a folder within it; no program may be running on it. Locks stay."""
    aside = _free_name(data.root, f"{_PREFIX}{today.isoformat()}")
    (aside / "state").mkdir(parents=True)
    for path in [path for path in data.root.iterdir() if not _stays(path)]:
        path.rename(aside / path.name)
    for path in [path for path in (data.root / "state").glob("*") if path.name not in _KEPT]:
        path.rename(aside / "state" / path.name)
    return aside


def carry_access(before: DataFolder, after: DataFolder) -> None:
    """Give another data folder the reader's token and sessions, where it has none of its own."""
    for name in _ACCESS:
        source, target = before.path("state", name), after.path("state", name)
        if source.exists() and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            (shutil.copytree if source.is_dir() else shutil.copy2)(source, target)


def _stays(path: Path) -> bool:
    """The settings file may lie in the data folder; `state` is gone through by itself."""
    return path.name == "state" or path.name.startswith((_PREFIX, ".", "papersys.toml"))


def _free_name(folder: Path, name: str) -> Path:
    names = (name, *(f"{name}.{number}" for number in range(2, 1_000)))
    return next(folder / free for free in names if not (folder / free).exists())
