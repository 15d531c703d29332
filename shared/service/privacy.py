"""Data files are private to the account that papersys runs under: new ones, and those an earlier version left open."""

import contextlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from shared.settings.secret_files import exposed_secrets
from shared.settings.settings import CommonSettings

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_NOTHING_FOR_OTHERS = 0o077


def keep_private(settings: CommonSettings) -> list[str]:
    """Let this process write nothing that others can read, close what is open; returns warnings for the log.

    With `data.shared` the files stay as they are, and new ones follow the umask that was found.
    """
    warnings = list(exposed_secrets(settings))
    write_privately(settings)
    closed = 0 if settings.data.shared else close_to_others(settings.data.path)
    if closed:
        warnings.append(
            f"{closed} files and folders of {settings.data.path} were open to other users of this machine; they are "
            "yours alone now (data.shared = true in papersys.toml leaves them open)."
        )
    return warnings


def write_privately(settings: CommonSettings) -> None:
    """Let this process write nothing that others can read."""
    if not settings.data.shared:
        os.umask(_NOTHING_FOR_OTHERS)


def close_to_others(folder: Path) -> int:
    """Take all rights on a folder and all in it from others; how many had any. The folder itself comes last.

    A closed folder is not looked into: nobody else gets at what lies in it.
    """
    if not _is_open(folder):
        return 0
    return sum(_close(path) for path in (*_all_in(folder), folder))


def _all_in(folder: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        yield from (Path(place, name) for name in (*files, *folders))


def _is_open(path: Path) -> bool:
    try:
        return bool(path.stat().st_mode & _OTHERS)
    except OSError:
        return False


def _close(path: Path) -> bool:
    """What is another user's, a link, or gone meanwhile stays as it is."""
    with contextlib.suppress(OSError):
        mode = path.lstat().st_mode
        if mode & _OTHERS and not stat.S_ISLNK(mode):
            path.chmod(stat.S_IMODE(mode) & ~_OTHERS)
            return True
    return False
