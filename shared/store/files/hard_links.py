"""Hard links to files that others replace meanwhile."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

_ATTEMPTS = 1000


def link_present(source: Path, target: Path) -> None:
    """Make `target` a link to the file that bears the name of `source` now.

    Linux says that there is no such file where it was replaced between being looked up and being linked, although its
    name is never without one; it is looked up again then. Raises FileNotFoundError where the name is gone, and OSError
    where links cannot be made there.
    """
    for _ in range(_ATTEMPTS):
        try:
            os.link(source, target, follow_symlinks=True)
            return
        except FileNotFoundError:
            if not source.exists() or not target.parent.exists():
                raise
    raise FileNotFoundError(f"{source} is replaced all the time")


def link_or_copy(source: Path, target: Path, copy: Callable[[Path, Path], object] = shutil.copyfile) -> None:
    """As `link_present`, and a copy where links cannot be made. Raises FileNotFoundError where the name is gone."""
    try:
        link_present(source, target)
    except FileNotFoundError:
        raise
    except OSError:
        copy(source, target)
