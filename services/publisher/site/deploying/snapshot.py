"""The built site as it is at one moment: a build may put another in its place while a deploy still reads."""

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

from services.publisher.site.deploying.manifest import check_site, paths_in
from shared.errors import TemporaryFailure
from shared.store.files.data_folder import DataFolder
from shared.store.files.hard_links import link_or_copy

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
        check_site(site)
        real, inode = site.resolve(), site.stat().st_ino
        with contextlib.suppress(FileNotFoundError):
            for path in paths_in(real):
                _link(real / path, copy / path)
            if real.stat().st_ino == inode:
                return
    raise TemporaryFailure(f"The site at {site} keeps being replaced while it is read; it is deployed later.")


def _link(source: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    link_or_copy(source, place)
