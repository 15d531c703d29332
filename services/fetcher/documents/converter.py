"""Conversion in a process of its own: whatever a source does to its converter ends with that process.

`python -m services.fetcher.documents.converter OPTIONS` (JSON) writes the outcome as JSON to standard output.
"""

import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from pydantic import ValidationError

from services.fetcher.confinement import fences
from services.fetcher.confinement.bounds import Bounds, python_paths, show_code
from services.fetcher.confinement.launching import start
from services.fetcher.confinement.scratch import remove_leftovers, scratch_folder
from services.fetcher.documents.conversion import Budget, Converted, convert_source
from services.fetcher.documents.engines import marker
from services.fetcher.documents.pictures.worker import MODULE as PICTURES
from services.fetcher.documents.pictures.worker import MadePicture, PictureJob, read_pictures
from services.fetcher.documents.sources.eprint import Limits, SourceRefused, open_folder, open_source
from services.fetcher.settings import FetcherSettings
from shared.contracts import DocumentStatus
from shared.errors import TemporaryFailure
from shared.store.papers.documents import Caption

_GRACE_SECONDS = 15.0
_PICTURE_SECONDS = 30.0
_MB = 1024**2
_FILE_MB = 100


@dataclass(frozen=True)
class ConversionJob:
    """What to convert and what it may take."""

    path: str
    seconds: float
    memory_mb: int
    max_bytes: int
    limits: Limits


def job_for(path: Path, settings: FetcherSettings, seconds: float | None = None) -> ConversionJob:
    """What `settings` allow for this file, at most `seconds`."""
    limits = Limits(settings.unpacked_max_mb * _MB, settings.archive_max_files, settings.archive_max_ratio)
    return ConversionJob(
        str(path.resolve()),
        min(settings.converter_seconds, seconds or settings.converter_seconds),
        settings.converter_memory_mb,
        settings.document_max_mb * _MB,
        limits,
    )


def picture_job_for(path: Path, settings: FetcherSettings, captions: Iterable[Caption]) -> PictureJob:
    """The pictures that the captions of figures name."""
    job = job_for(path, settings, _PICTURE_SECONDS)
    figures = [(caption.number, caption.files) for caption in captions if caption.kind == "figure" and caption.files]
    return PictureJob(job.path, job.seconds, job.memory_mb, job.limits, figures)


class Converter:
    """Converts files in child processes, which end with `close` at the latest."""

    def __init__(self) -> None:
        self._running: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.Lock()
        self._closed = False
        remove_leftovers()

    def convert(self, job: ConversionJob) -> Converted:
        """Never raises for what is in the file: the outcome says what is wrong. Raises TemporaryFailure once closed."""
        with (
            scratch_folder() as folder,
            tempfile.TemporaryFile() as out,
            tempfile.TemporaryFile() as messages,
        ):
            process = self._start(job, Path(folder), out, messages)
            try:
                process.wait(job.seconds + _GRACE_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                return _refused("unreadable", f"converting it took over {job.seconds:g} s")
            finally:
                with self._lock:
                    self._running.discard(process)
            if self._closed:
                raise TemporaryFailure("The fetcher is stopping.")
            return _outcome(process.returncode, _content(out), _content(messages))

    def close(self) -> None:
        """End every conversion under way, at once."""
        with self._lock:
            self._closed = True
            for process in self._running:
                process.kill()

    def pictures(self, job: PictureJob) -> list[MadePicture]:
        """The pictures of a source as far as they could be made. Raises TemporaryFailure once closed."""
        with (
            scratch_folder() as folder,
            tempfile.TemporaryFile() as out,
            tempfile.TemporaryFile() as messages,
        ):
            process = self._start(job, Path(folder), out, messages)
            try:
                process.wait(job.seconds + _GRACE_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            finally:
                with self._lock:
                    self._running.discard(process)
            return read_pictures(_content(out))

    def _start(
        self, job: ConversionJob | PictureJob, folder: Path, out: IO[bytes], messages: IO[bytes]
    ) -> subprocess.Popen[bytes]:
        module = "services.fetcher.documents.converter" if isinstance(job, ConversionJob) else PICTURES
        command = [sys.executable, "-P", "-m", module, json.dumps(asdict(job))]
        fence = fences.available_fence()
        with self._lock:
            if self._closed:
                raise TemporaryFailure("The fetcher is stopping.")
            try:
                process = start(command, _bounds(job, folder), fence, stdout=out, stderr=messages)
            except OSError as error:
                raise TemporaryFailure(f"The converter cannot be started: {error}") from error
            self._running.add(process)
            return process


def _bounds(job: ConversionJob | PictureJob, folder: Path) -> Bounds:
    """The source, this program, and where marker is installed, what that needs."""
    return Bounds(
        folder,
        (Path(job.path), *python_paths(), *marker.readable()),
        job.seconds + _GRACE_SECONDS,
        job.memory_mb,
        _FILE_MB,
        raisable=marker.is_installed(),
        devices=marker.devices(),
        environment=(show_code(folder), *marker.environment()),
    )


def _content(file: IO[bytes]) -> bytes:
    """What a child wrote; the limit on its files holds for this one too."""
    file.seek(0)
    return file.read(_FILE_MB * _MB)


def _outcome(code: int, out: bytes, messages: bytes) -> Converted:
    if code != 0:
        return _refused("unreadable", f"the converter {_end_words(messages)}")
    try:
        return Converted.model_validate_json(out)
    except ValidationError as error:
        return _refused("unreadable", f"the converter returned an invalid result ({error.error_count()} errors)")


def convert_here(job: ConversionJob) -> Converted:
    """Convert in this process."""
    path = Path(job.path)
    try:
        if path.is_dir():
            source = open_folder(path, job.limits)
        elif path.stat().st_size > job.max_bytes:
            return _refused("too_large", f"the source is larger than {job.max_bytes // _MB} MB")
        else:
            source = open_source(path.read_bytes(), job.limits)
        return convert_source(source, Budget(time.monotonic() + job.seconds, job.memory_mb))
    except SourceRefused as refusal:
        return _refused(refusal.status, str(refusal))


def _end_words(messages: bytes) -> str:
    last = " ".join(messages.decode("utf-8", "replace").strip().splitlines()[-1:])[:200]
    return "ran out of memory" if "MemoryError" in last else f"crashed ({last or 'it was killed'})"


def _refused(status: DocumentStatus, detail: str) -> Converted:
    return Converted(status=status, detail=detail, tried=(f"{status}: {detail}",))


def main() -> None:
    content = json.loads(sys.argv[1])
    job = ConversionJob(**{**content, "limits": Limits(**content["limits"])})
    sys.setrecursionlimit(3_000)
    sys.stdout.write(convert_here(job).model_dump_json())


if __name__ == "__main__":
    main()
