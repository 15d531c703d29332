"""restic (https://restic.net), which encrypts, deduplicates and stores: the one place that runs it.

Repository and password go by the environment, never by the command line, which every user of the machine can read.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from shared.errors import PapersysError, TemporaryFailure
from shared.service.child_processes import die_with_parent
from shared.settings.sections.backup import BackupSettings
from shared.text.safe.plain_text import shortened, without_credentials

_OURS = "papersys"
_FOLDER = "folder="
_VERSION = "version="
_WHY = "why="
_PASSED_ON = (
    "HOME", "PATH", "LANG", "LC_ALL", "TMPDIR", "TZ", "USER", "LOGNAME", "SSH_AUTH_SOCK", "XDG_CONFIG_HOME",
    "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR",
)  # fmt: skip
_PASSED_ON_BY_START = ("AWS_", "B2_", "AZURE_", "GOOGLE_", "OS_", "ST_", "RCLONE_")
_INCOMPLETE = 3
_NEWEST_KEPT = "3"
"""Backups that stay whatever their day, so that one made by hand is not dropped by the next."""
_END_SECONDS = 10.0


class ResticError(PapersysError):
    """restic could not do it; `is_missing` where there is no repository yet."""

    def __init__(self, message: str, *, is_missing: bool = False) -> None:
        super().__init__(message)
        self.is_missing = is_missing


class Snapshot(BaseModel):
    """A backup in the repository."""

    model_config = ConfigDict(extra="ignore")

    id: str
    time: AwareDatetime
    hostname: str = ""
    tags: tuple[str, ...] = ()

    @property
    def short_id(self) -> str:
        return self.id[:8]

    @property
    def folder_id(self) -> str:
        return self._tag(_FOLDER)

    @property
    def version(self) -> str:
        """The papersys that made it."""
        return self._tag(_VERSION)

    @property
    def why(self) -> str:
        return self._tag(_WHY)

    def _tag(self, start: str) -> str:
        return next((tag.removeprefix(start) for tag in self.tags if tag.startswith(start)), "")


class Saved(BaseModel):
    """What restic says of a backup."""

    model_config = ConfigDict(extra="ignore")

    snapshot_id: str
    total_files_processed: int = 0
    total_bytes_processed: int = 0
    data_added: int = 0


class Restic:
    """A repository of the settings. Every method raises PapersysError in words for a person."""

    def __init__(self, settings: BackupSettings, cache: Path) -> None:
        self._settings = settings
        self._cache = cache

    def create(self) -> bool:
        """Make the repository; False where there is one already that the password opens."""
        try:
            self.snapshots()
        except ResticError as error:
            if not error.is_missing:
                raise
        else:
            return False
        self._run("init")
        return True

    def snapshots(self) -> list[Snapshot]:
        """The backups that papersys made, oldest first."""
        found = self._told("snapshots", "--json", "--tag", _OURS)
        try:
            return sorted((Snapshot.model_validate(item) for item in found or []), key=lambda snapshot: snapshot.time)
        except ValidationError as error:
            raise PapersysError(
                f"restic lists backups in a form that is not known: {error.errors()[0]['msg']}"
            ) from error

    def save(self, folder: Path, *, host: str, folder_id: str, version: str, why: str) -> tuple[Saved, str]:
        """Store all of a folder; also what could not be read of it, empty where all was.

        Links and copies are new files each time: what tells that nothing changed is a file's time and size.
        """
        tags = [_OURS, _FOLDER + folder_id, _VERSION + version, _WHY + why]
        options = [item for tag in tags for item in ("--tag", tag)]
        if self._settings.upload_kb_per_second:
            options += ["--limit-upload", str(self._settings.upload_kb_per_second)]
        command = ("backup", ".", "--json", "--quiet", "--host", host, "--ignore-inode", "--ignore-ctime", *options)
        done = self._run(*command, folder=folder, accepted=(0, _INCOMPLETE))
        summary = [line for line in done.stdout.splitlines() if '"summary"' in line]
        if not summary:
            raise ResticError(f"restic did not say what it stored: {_words(done.stderr)}")
        return Saved.model_validate_json(summary[-1]), _words(done.stderr) if done.returncode == _INCOMPLETE else ""

    def forget(self, folder_id: str) -> int:
        """Drop the backups of a data folder that need not be kept; how many. Those before a migration all stay."""
        keep = _kept(self._settings)
        if not keep:
            return 0
        of_folder = f"{_OURS},{_FOLDER}{folder_id}"
        options = ("--tag", of_folder, "--group-by", "", "--keep-tag", f"{_WHY}migration", *keep)
        groups = self._told("forget", "--json", *options)
        return sum(len(group.get("remove") or ()) for group in groups or [])

    def prune(self) -> None:
        """Free the room of what was dropped."""
        self._run("prune", "--max-unused", "10%")

    def unlock(self) -> None:
        """Remove the locks of programs that were killed; those of running ones stay."""
        self._run("unlock")

    def check(self, percent: float) -> None:
        """Check the repository's structure, and read back so much of the data. Raises ResticError."""
        read = (f"--read-data-subset={percent:g}%",) if 0 < percent < 100 else ("--read-data",) * bool(percent)
        try:
            self._run("check", *read)
        except ResticError as error:
            if error.is_missing or "repository contains errors" not in str(error):
                raise
            raise _damaged(self._settings, error) from error

    def size_of(self, snapshot: str) -> int:
        """Bytes that a restore of a backup takes."""
        facts: Mapping[str, Any] = self._told("stats", "--mode", "restore-size", "--json", snapshot)
        return int(facts["total_size"])

    def restore(self, snapshot: str, target: Path, only: tuple[str, ...] = ()) -> None:
        """Write a backup, or the paths in it that begin so, into a folder; each file is read again and compared."""
        included = [item for path in only for item in ("--include", path)]
        self._run("restore", snapshot, "--target", str(target), "--verify", *included)

    def _told(self, *arguments: str) -> Any:
        """What restic answers as JSON."""
        out = self._run(*arguments).stdout
        try:
            return json.loads(out or "[]")
        except ValueError as error:
            raise ResticError(f"restic answered {arguments[0]} in a form that is not known: {_words(out)}") from error

    def _run(
        self, *arguments: str, folder: Path | None = None, accepted: tuple[int, ...] = (0,)
    ) -> subprocess.CompletedProcess[str]:
        program = shutil.which(self._settings.program)
        if program is None:
            raise PapersysError(
                f"{self._settings.program} is not installed. Backups are made by restic: `apt install restic`, "
                "`brew install restic`, or see https://restic.net; backup.program may name its path."
            )
        done = _finished((program, *arguments), self._environment(), folder)
        if done.returncode not in accepted:
            raise _error(done.stderr or done.stdout, self._settings)
        return done

    def _environment(self) -> dict[str, str]:
        if self._settings.repository is None:
            raise PapersysError("No repository is set; `papersys backup init FOLDER` makes one.")
        passed = {
            name: value
            for name, value in os.environ.items()
            if name in _PASSED_ON or name.startswith(_PASSED_ON_BY_START)
        }
        return {
            **passed,
            **self._settings.credentials(),
            "RESTIC_REPOSITORY": self._settings.repository,
            "RESTIC_PASSWORD": self._settings.known_password(),
            "RESTIC_CACHE_DIR": str(self._cache),
        }


def _finished(
    command: tuple[str, ...], environment: dict[str, str], folder: Path | None
) -> subprocess.CompletedProcess[str]:
    """Run to the end; whoever is interrupted interrupts restic too, which then unlocks the repository."""
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        cwd=folder,
        text=True,
        errors="replace",
        preexec_fn=die_with_parent(),
    ) as process:
        try:
            out, err = process.communicate()
        except BaseException:
            process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_END_SECONDS)
            process.kill()
            raise
    return subprocess.CompletedProcess(command, process.returncode, out, err)


def _kept(settings: BackupSettings) -> list[str]:
    numbers = {
        "daily": settings.keep_daily,
        "weekly": settings.keep_weekly,
        "monthly": settings.keep_monthly,
        "yearly": settings.keep_yearly,
    }
    keep = [item for name, number in numbers.items() if number for item in (f"--keep-{name}", str(number))]
    return ["--keep-last", _NEWEST_KEPT, *keep] if keep else []


def _error(text: str, settings: BackupSettings) -> PapersysError:
    """What restic complains of, as a sentence that says what to do. Its words: restic 0.14 to 0.18."""
    where, lowered = without_credentials(settings.repository or ""), text.lower()
    if "wrong password" in lowered:
        return ResticError(f"The password does not open the backups in {where}; see backup.password_file.")
    if "is there a repository at the following location" in lowered or "repository does not exist" in lowered:
        return ResticError(
            f"There are no backups in {where}, or it cannot be reached; `papersys backup init` makes the repository. "
            f"restic says: {_words(text)}",
            is_missing=True,
        )
    if "already locked" in lowered:
        return TemporaryFailure(f"Another program is working on the backups in {where}: {_words(text)}")
    if "no space left" in lowered:
        return ResticError(f"The disk of the backups in {where} is full: {_words(text)}")
    return ResticError(f"restic failed on {where}: {_words(text)}")


def _damaged(settings: BackupSettings, error: ResticError) -> ResticError:
    where = without_credentials(settings.repository or "")
    return ResticError(
        f"The backups in {where} are damaged; your data folder is not. Look at that disk, begin again elsewhere "
        "(`papersys backup init OTHER`), and keep the old ones: most of them can be read, and restic's manual says how "
        f"to repair them (“Troubleshooting”). {error}"
    )


def _words(text: str) -> str:
    """The lines that say something, as one."""
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("[")]
    fatal = [line for line in lines if line.startswith(("Fatal", "error", "Error"))] or lines
    return shortened(without_credentials(" ".join(fatal[-6:])), 600) or "nothing"


def newest(snapshots: list[Snapshot], at: datetime | None = None) -> Snapshot | None:
    """The last backup, or the last one before a moment."""
    return next((snapshot for snapshot in reversed(snapshots) if at is None or snapshot.time <= at), None)
