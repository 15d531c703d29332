"""When the running system makes a backup or checks the repository, each in a process of its own that it starts."""

import asyncio
import contextlib
import os
import signal
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from deploy.launcher.output import Output
from shared.contracts import now
from shared.service.child_processes import PARENT_VARIABLE, die_with_parent
from shared.settings.sections.backup import BackupSettings
from shared.store.files.data_folder import DataFolder
from shared.store.keeping.backups import BackupRecord, BackupRecords
from shared.text.safe.plain_text import without_credentials

_LOOK_SECONDS = 20.0
_FIRST_LOOK_SECONDS = 5.0
_RETRY_MINUTES = (10, 30, 60, 180, 360)
_END_SECONDS = 8.0
Step = Literal["now", "check"]


def due(record: BackupRecord, settings: BackupSettings, at: datetime) -> Step | None:
    """What is to be done now, a backup before a check. A time in the future is of a clock that was wrong: it is due."""
    if settings.repository is None:
        return None
    if record.repository != without_credentials(settings.repository):
        record = BackupRecord()
    if settings.every_hours and _is_over(record.made_at, settings.every_hours, at) and _may_try(record, settings, at):
        return "now"
    is_tried = not _is_over(record.check_tried_at, min(24.0, settings.check_every_days * 24), at)
    if settings.check_every_days and record.made_at and not is_tried:
        since = record.checked_at or record.made_at
        return "check" if _is_over(since, settings.check_every_days * 24, at) else None
    return None


def _may_try(record: BackupRecord, settings: BackupSettings, at: datetime) -> bool:
    """Whether the last failure is long enough ago."""
    if not record.failures:
        return True
    minutes = _RETRY_MINUTES[min(record.failures, len(_RETRY_MINUTES)) - 1]
    return _is_over(record.tried_at, min(minutes / 60, settings.every_hours), at)


def _is_over(since: datetime | None, hours: float, at: datetime) -> bool:
    return since is None or since > at or at - since >= timedelta(hours=hours)


@dataclass(frozen=True)
class BackupSchedule:
    """The loop of the launcher. `environment` makes the process read the launcher's settings."""

    data: DataFolder
    settings: BackupSettings
    environment: dict[str, str]
    output: Output

    async def run(self) -> None:
        """Until cancelled; what goes wrong is recorded by the process, and tried again later."""
        await asyncio.sleep(_FIRST_LOOK_SECONDS)
        records = BackupRecords(self.data)
        while True:
            step = due(await asyncio.to_thread(records.last), self.settings, now())
            if step is not None:
                await self._run_command(step)
            await asyncio.sleep(_LOOK_SECONDS)

    async def _run_command(self, step: Step) -> None:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "deploy.cli", "backup", step, "--scheduled"),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env={**self.environment, PARENT_VARIABLE: str(os.getpid()), "COLUMNS": "1000"},
            preexec_fn=die_with_parent(),
            start_new_session=True,
        )
        try:
            if process.stdout is not None:
                await self.output.follow("backup", process.stdout)
            await process.wait()
        except asyncio.CancelledError:
            await _end(process)
            raise


async def _end(process: asyncio.subprocess.Process) -> None:
    """Let it unlock the repository and remove its copy; then take its children along."""
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(signal.SIGTERM)
    try:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), _END_SECONDS)
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
