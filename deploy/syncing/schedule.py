"""Syncs every few days while papersys runs, in a process of its own, so that the launcher stays small."""

import asyncio
import contextlib
import json
import sys
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from deploy.launcher.output import Output
from shared.contracts import now
from shared.errors import PapersysError
from shared.store.files.data_folder import DataFolder
from shared.text.safe.plain_text import shortened

_LOOK_SECONDS = 600.0
_AFTER_FAILURE = timedelta(hours=6)
COMMAND = (sys.executable, "-c", "from deploy.cli import main; main()", "sync")


async def sync_now_and_then(
    data: DataFolder,
    every_days: int,
    environment: Mapping[str, str],
    output: Output,
    look_seconds: float = _LOOK_SECONDS,
) -> None:
    """Run until cancelled. A sync that failed is said in the log and tried again six hours later."""
    while every_days:
        await asyncio.sleep(look_seconds)
        if due_at(memory_of(data), every_days) <= now():
            code, text = await _run(environment)
            with contextlib.suppress(PapersysError):
                data.write_text(memory_of(data), json.dumps({"at": now().isoformat(), "code": code}) + "\n")
            level = "WARNING" if code else "INFO"
            output.say(f"Sync: {shortened(text, 500) or 'done'}", level, action="synced" if not code else "sync_failed")


def memory_of(data: DataFolder) -> Path:
    return data.path("state", "sync", "schedule.json")


def due_at(memory: Path, every_days: int) -> datetime:
    """When to sync next; at once where that is not known, or the clock was ahead when it was noted."""
    try:
        content = json.loads(memory.read_bytes())
        last, failed = datetime.fromisoformat(content["at"]), bool(content["code"])
        is_ahead = last > now()
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return now()
    if is_ahead:
        return now()
    return last + (_AFTER_FAILURE if failed else timedelta(days=every_days))


async def _run(environment: Mapping[str, str]) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        *COMMAND, env=dict(environment), stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    try:
        printed, _ = await process.communicate()
    except asyncio.CancelledError:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        raise
    return process.returncode or 0, printed.decode("utf-8", "replace")
