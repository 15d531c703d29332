"""When a sync is due, and that it is run."""

import asyncio
import json
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from deploy.launcher.output import Output
from deploy.syncing import schedule
from shared.contracts import now
from shared.settings.settings import LogSettings
from shared.store.files.data_folder import DataFolder
from tests.support.checks.waiting import eventually


@pytest.mark.parametrize(
    ("content", "hours"),
    [
        (None, 0),
        ("{", 0),
        ("[]", 0),
        ({"at": -1, "code": 0}, 71),
        ({"at": -1, "code": 1}, 5),
        ({"at": 9_000, "code": 0}, 0),
    ],
    ids=["never", "half a file", "another form", "done", "failed", "by a clock that was ahead"],
)
def test_a_sync_is_due_some_days_after_the_last(content: object, hours: int, tmp_path: Path) -> None:
    memory = tmp_path / "schedule.json"
    if isinstance(content, dict):
        content = json.dumps({**content, "at": (now() + timedelta(hours=content["at"])).isoformat()})
    if isinstance(content, str):
        memory.write_text(content)
    assert abs(schedule.due_at(memory, 3) - now() - timedelta(hours=hours)) < timedelta(minutes=1)


async def test_a_sync_that_is_due_is_run_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = DataFolder(tmp_path, min_free_mb=0)
    monkeypatch.setattr(schedule, "COMMAND", (sys.executable, "-c", "print('two files'); raise SystemExit(1)"))
    work = asyncio.create_task(schedule.sync_now_and_then(data, 3, {}, Output(LogSettings()), 0.01))
    await eventually(lambda: schedule.memory_of(data).exists())
    work.cancel()
    assert json.loads(schedule.memory_of(data).read_bytes())["code"] == 1
    assert schedule.due_at(schedule.memory_of(data), 3) > now()
