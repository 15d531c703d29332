"""Opens a bundle, whoever made it: nothing is unpacked by its name, and nothing is read before its checksum was right.

Refused are archives with links, odd paths, files that overlap or are not described, and what would unpack to far more.
"""

import contextlib
import hashlib
import shutil
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import ValidationError

from deploy.bundles.archive.package import DESCRIPTOR, FORMAT, README, Package, Resource
from shared.errors import PapersysError

MOST_FILES = 20_000
MOST_DESCRIPTOR_BYTES = 64 * 1024**2
MOST_LINE_BYTES = 32 * 1024**2
MOST_RATIO = 250
_SMALL_BYTES = 1024**2
_CHUNK_BYTES = 1024**2
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError)


class Bundle:
    """A bundle that was opened: its descriptor, and the content of its files."""

    def __init__(self, path: Path, archive: zipfile.ZipFile, package: Package) -> None:
        self.path, self.package = path, package
        self._archive = archive

    def verify(self) -> None:
        """Read every file once. Raises PapersysError for the first whose content is not what the descriptor says."""
        for resource in self.package.resources:
            digest = hashlib.sha256()
            with self._open(resource) as chunks:
                for chunk in chunks:
                    digest.update(chunk)
            if digest.hexdigest() != resource.sha256:
                raise damaged(self.path, f"{resource.path} has another checksum than {DESCRIPTOR} says")

    def lines(self, resource: Resource) -> Iterator[tuple[int, str]]:
        """Each line with its number, without its end. Raises PapersysError for one that is far too long."""
        number, rest = 0, b""
        with self._open(resource) as chunks:
            for chunk in chunks:
                *whole, rest = (rest + chunk).split(b"\n")
                for line in whole:
                    number += 1
                    yield number, line.decode("utf-8", "replace").removesuffix("\r")
                if len(rest) > MOST_LINE_BYTES:
                    raise damaged(self.path, f"{resource.path} has a line of over {MOST_LINE_BYTES // 1024**2} MB")
        if rest:
            yield number + 1, rest.decode("utf-8", "replace")

    @contextlib.contextmanager
    def as_file(self, resource: Resource) -> Iterator[Path]:
        """The content as a temporary file."""
        with tempfile.TemporaryDirectory(prefix="papersys-bundle-") as folder:
            path = Path(folder) / f"content.{resource.format}"
            with self._open(resource) as chunks, path.open("wb") as file:
                for chunk in chunks:
                    file.write(chunk)
            yield path

    @contextlib.contextmanager
    def _open(self, resource: Resource) -> Iterator[Iterator[bytes]]:
        try:
            with self._archive.open(resource.path) as content:
                yield iter(lambda: content.read(_CHUNK_BYTES), b"")
        except _DAMAGE as error:
            raise damaged(self.path, f"{resource.path} cannot be unpacked: {error}") from error


@contextlib.contextmanager
def open_bundle(path: Path) -> Iterator[Bundle]:
    """Raises PapersysError for what is no bundle, or none that can be trusted."""
    try:
        archive = zipfile.ZipFile(path)
    except FileNotFoundError:
        raise PapersysError(f"There is no file {path}.") from None
    except (*_DAMAGE, ValueError, UnicodeDecodeError) as error:
        raise damaged(path, f"it is no zip archive, or not a whole one ({error})") from error
    with archive:
        problem = problem_of(archive.infolist(), path.stat().st_size)
        if problem:
            raise damaged(path, problem)
        package = _package(path, archive)
        problem = mismatch_of(archive.infolist(), package) or _space_problem(package)
        if problem:
            raise damaged(path, problem)
        yield Bundle(path, archive, package)


def damaged(path: Path, why: str) -> PapersysError:
    return PapersysError(f"{path} cannot be imported: {why}. Nothing was changed.")


def problem_of(entries: Sequence[zipfile.ZipInfo], archive_bytes: int) -> str:
    """Why an archive is not to be trusted, by its table of contents; empty where it may be."""
    if len(entries) > MOST_FILES:
        return f"it holds {len(entries):,} files, more than {MOST_FILES:,}"
    if len({entry.filename for entry in entries}) < len(entries):
        return "it holds two files of one name"
    if sum(entry.compress_size for entry in entries) > archive_bytes:
        return "its files overlap, as those of a zip bomb do"
    return next(filter(None, map(_problem_of_entry, entries)), "")


def _problem_of_entry(entry: zipfile.ZipInfo) -> str:
    name = entry.filename[:100]
    mode = entry.external_attr >> 16
    if mode and not stat.S_ISREG(mode) and stat.S_IFMT(mode):
        return f"{name!r} is a link or a device, no file"
    if entry.flag_bits & 1:
        return f"{name!r} is encrypted; decrypt the archive first"
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return f"{name!r} is packed by another method than deflate; pack it again"
    if entry.file_size > _SMALL_BYTES and entry.file_size > MOST_RATIO * max(entry.compress_size, 1):
        return f"{name!r} would unpack to {entry.file_size // max(entry.compress_size, 1):,} times its size"
    return ""


def mismatch_of(entries: Sequence[zipfile.ZipInfo], package: Package) -> str:
    """What the archive holds and its descriptor does not say, or the other way round; empty where they agree."""
    sizes = {entry.filename: entry.file_size for entry in entries}
    paths = [resource.path for resource in package.resources]
    if len(set(paths)) < len(paths):
        return f"{DESCRIPTOR} describes a file twice"
    strangers = sizes.keys() - {*paths, DESCRIPTOR, README}
    if strangers:
        return f"it holds {min(strangers)[:100]!r}, which {DESCRIPTOR} does not describe"
    for resource in package.resources:
        if sizes.get(resource.path) != resource.size_bytes:
            found = sizes.get(resource.path)
            what = "is not in it" if found is None else f"has {found:,} bytes instead of {resource.size_bytes:,}"
            return f"{resource.path} {what}"
    return ""


def _package(path: Path, archive: zipfile.ZipFile) -> Package:
    """The descriptor. Raises PapersysError."""
    try:
        entry = archive.getinfo(DESCRIPTOR)
    except KeyError:
        raise damaged(path, f"it has no {DESCRIPTOR}, so it is no bundle of papersys") from None
    if entry.file_size > MOST_DESCRIPTOR_BYTES:
        raise damaged(path, f"its {DESCRIPTOR} is over {MOST_DESCRIPTOR_BYTES // 1024**2} MB long")
    try:
        package = Package.model_validate_json(archive.read(entry))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "its form"
        raise damaged(path, f"its {DESCRIPTOR} is not one of papersys: {where}: {first['msg']}") from None
    except _DAMAGE as error:
        raise damaged(path, f"its {DESCRIPTOR} cannot be unpacked: {error}") from error
    if package.bundle_format > FORMAT:
        raise damaged(path, f"a newer papersys ({package.version}) wrote it; update this one")
    return package


def _space_problem(package: Package) -> str:
    largest = max((resource.size_bytes for resource in package.resources), default=0)
    free = shutil.disk_usage(tempfile.gettempdir()).free
    if largest < free:
        return ""
    return f"{largest // 1024**2:,} MB are needed in {tempfile.gettempdir()}, {free // 1024**2:,} MB are free"
