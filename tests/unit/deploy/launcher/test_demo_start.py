"""The demo's first days come by themselves, each after the harvest of the one before."""

import io
from datetime import date
from pathlib import Path

import pytest

from deploy.launcher import demo_start
from deploy.launcher.demo_start import announce_first_days, has_harvested
from deploy.launcher.output import Output
from shared.contracts import now
from shared.demo.days import DemoDays, demo_days_path
from shared.errors import PapersysError
from shared.settings.settings import CommonSettings, DemoSettings, LogSettings
from shared.store.files.data_folder import DataFolder
from shared.store.harvests.runs import HarvestRun, RunStore

DAYS = (date(2026, 11, 4), date(2026, 11, 5), date(2026, 11, 6))


def note(data: DataFolder, number: int) -> DemoDays:
    state = DemoDays(today=DAYS[number - 1], days=DAYS)
    data.write_text(demo_days_path(data), state.model_dump_json())
    RunStore(data).put(HarvestRun(run_id=f"r{number}", started_at=now(), state="done", day=state.today))
    return state


def test_a_day_is_harvested_once_a_run_of_it_is_done(tmp_path: Path) -> None:
    data = DataFolder(tmp_path, 0)
    note(data, 1)
    assert has_harvested(RunStore(data), DemoDays(today=DAYS[0], days=DAYS))
    assert not has_harvested(RunStore(data), DemoDays(today=DAYS[1], days=DAYS))


@pytest.mark.parametrize(("at_start", "number"), [(1, 1), (2, 2), (9, 3)])
async def test_as_many_days_come_as_the_settings_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_start: int, number: int
) -> None:
    data, state = DataFolder(tmp_path, 0), note(DataFolder(tmp_path, 0), 1)

    async def bring(port: int, ask: demo_start.Ask) -> DemoDays:
        nonlocal state
        state = note(data, state.number + 1)
        return state

    monkeypatch.setattr(demo_start, "bring_next_day", bring)
    settings = CommonSettings(demo=DemoSettings(enabled=True, days=3, days_at_start=at_start))
    await announce_first_days(settings, data, Output(LogSettings(), io.StringIO()))
    assert state.number == number


async def test_a_day_that_does_not_come_is_said_and_ends_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    note(DataFolder(tmp_path, 0), 1)

    async def bring(port: int, ask: demo_start.Ask) -> DemoDays:
        raise PapersysError("away")

    monkeypatch.setattr(demo_start, "bring_next_day", bring)
    said = io.StringIO()
    settings = CommonSettings(demo=DemoSettings(enabled=True, days=3, days_at_start=2))
    await announce_first_days(settings, DataFolder(tmp_path, 0), Output(LogSettings(), said))
    assert "papersys demo next" in said.getvalue()
