"""Temporary folders of confined programs; what a killed process left of them is removed by the next."""

import os
import re
import shutil
import tempfile
from pathlib import Path

import psutil

_PREFIX = "papersys-convert-"
_NAME = re.compile(rf"{_PREFIX}(\d+)-.+")


def scratch_folder() -> tempfile.TemporaryDirectory[str]:
    """A folder named for this process, removed at the end of a `with`."""
    return tempfile.TemporaryDirectory(prefix=f"{_PREFIX}{os.getpid()}-")


def remove_leftovers() -> None:
    """Folders of this user whose process is gone."""
    for path in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        named = _NAME.fullmatch(path.name)
        if named and not psutil.pid_exists(int(named[1])) and path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
