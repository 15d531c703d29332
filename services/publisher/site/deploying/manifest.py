"""What a folder of static files holds, by hash, and what differs between two such folders."""

import hashlib
import json
import os
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from shared.errors import PermanentFailure

LISTING = ".papersys-site.json"
"""Lies beside the deployed files and names them: what it does not name is not ours, and stays."""
_NOT_OURS = {LISTING, ".DS_Store"}


class SiteFile(NamedTuple):
    """`hash` is the SHA-256 of the content, `size` its bytes."""

    hash: str
    size: int


Manifest = Mapping[str, SiteFile]
"""Every file of a site by its path, with `/` between the parts."""


@dataclass(frozen=True)
class Changes:
    """Paths that a deploy adds, changes and removes; `size` is the bytes that go up."""

    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    size: int = 0

    def __bool__(self) -> bool:
        return bool(self.new or self.changed or self.removed)

    def __str__(self) -> str:
        if not self:
            return "nothing changed"
        return f"{len(self.new)} new, {len(self.changed)} changed, {len(self.removed)} removed; {_bytes(self.size)}"


def check_site(site: Path) -> None:
    """Raises PermanentFailure where there is no site, or a part of one."""
    if not site.is_dir():
        raise PermanentFailure(f"There is no built site at {site}; `papersys publish --build` makes it.")
    if not (site / "index.html").is_file():
        raise PermanentFailure(
            f"{site} has no index.html, so it is no whole site; `papersys publish --build` makes it."
        )


def paths_in(folder: Path) -> Iterator[str]:
    """The paths of all files. Raises PermanentFailure for a link, and for names that no web server could serve."""
    for place, folders, files in os.walk(folder):
        for path in (os.path.join(place, name) for name in (*folders, *files)):  # noqa: PTH118 (ten thousands of them)
            if os.path.islink(path):  # noqa: PTH114
                raise PermanentFailure(f"{path} is a link; a site is deployed as plain files, so replace or remove it.")
            if not is_plain(path):
                raise PermanentFailure(f"{path!a} has control characters in its name; rename or remove it.")
        inside = Path(place).relative_to(folder).as_posix()
        prefix = "" if inside == "." else f"{inside}/"
        yield from (f"{prefix}{name}" for name in files if name not in _NOT_OURS)


def is_plain(name: str) -> bool:
    return name.isprintable() or not any(unicodedata.category(character) in ("Cc", "Cs") for character in name)


def site_file(path: Path) -> SiteFile:
    with path.open("rb") as file:
        return SiteFile(hashlib.file_digest(file, "sha256").hexdigest(), os.fstat(file.fileno()).st_size)


def manifest_of(site: Path, read: Callable[[Path], SiteFile] = site_file) -> Manifest:
    """Every file of a built site, as `read` gives it. Raises PermanentFailure for what is none."""
    check_site(site)
    return {path: read(site / path) for path in sorted(paths_in(site))}


def changes_between(before: Manifest, after: Manifest) -> Changes:
    """What turns one into the other."""
    new = tuple(sorted(after.keys() - before.keys()))
    changed = tuple(sorted(path for path in after.keys() & before.keys() if after[path].hash != before[path].hash))
    removed = tuple(sorted(before.keys() - after.keys()))
    return Changes(new, changed, removed, sum(after[path].size for path in (*new, *changed)))


def digest_of(manifest: Manifest) -> str:
    """One hash of a whole site."""
    return hashlib.sha256(json.dumps(sorted(manifest.items())).encode()).hexdigest()


def dump_listing(paths: Iterable[str]) -> str:
    """The text of `LISTING`."""
    return json.dumps({"written by": "papersys", "files": sorted(paths)}, ensure_ascii=False, indent=0) + "\n"


def read_listing(text: str) -> frozenset[str]:
    """The paths that a listing names; those that lead out of its folder are left out. Raises ValueError for none."""
    listing = json.loads(text)
    files = listing.get("files") if isinstance(listing, dict) else None
    if not isinstance(files, list):
        raise ValueError("it names no files")
    return frozenset(path for path in files if isinstance(path, str) and _stays_inside(path))


def _stays_inside(path: str) -> bool:
    parts = path.split("/")
    return is_plain(path) and not any(part in ("", ".", "..") for part in parts) and "\\" not in path


def _bytes(size: int) -> str:
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= factor:
            return f"{size / factor:.1f} {unit}"
    return f"{size} bytes"
