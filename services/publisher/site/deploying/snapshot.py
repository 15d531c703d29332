"""The built site as it is at one moment: a build may put another in its place while a deploy still reads."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from services.publisher.site.deploying.manifest import manifest_of, paths_in
from shared.errors import TemporaryFailure
from shared.store.files.data_folder import DataFolder

_ATTEMPTS = 5


@contextlib.contextmanager
def snapshot_of(site: Path, data: DataFolder) -> Iterator[Path]:
    """A folder with the same files, as links to them where the disk allows; it is removed at the end.

    Raises PermanentFailure for what is no site. The caller holds the lock `deploy`.
    """
    copy = data.path("state", "deploy", "site")
    try:
        _take(site, copy)
        yield copy
    finally:
        shutil.rmtree(copy, ignore_errors=True)


def _take(site: Path, copy: Path) -> None:
    for _ in range(_ATTEMPTS):
        shutil.rmtree(copy, ignore_errors=True)
        manifest_of(site)
        before = _identity(site)
        with contextlib.suppress(FileNotFoundError):
            for path in paths_in(site):
                _link(site / path, copy / path)
            if before == _identity(site):
                return
    raise TemporaryFailure(f"The site at {site} keeps being replaced while it is read; it is deployed later.")


def _identity(site: Path) -> tuple[int, int, Path]:
    real = site.resolve()
    status = real.stat()
    return status.st_dev, status.st_ino, real


def _link(source: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, place)
    except FileNotFoundError:
        raise
    except OSError:
        shutil.copyfile(source, place)
