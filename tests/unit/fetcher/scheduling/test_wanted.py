"""Which harvests are owed when a fetcher starts."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from services.fetcher.harvesting.cursor import HarvestPlan
from services.fetcher.scheduling.wanted import AskedHarvests, is_owed, last_done
from shared.store.files.data_folder import DataFolder
from shared.store.harvests.runs import HarvestRun, RunStore
from tests.support.arxiv.demo import data_folder, demo_settings

NOON = datetime(2026, 11, 6, 12, tzinfo=UTC)
MORNING = datetime(2026, 11, 6, 5, tzinfo=UTC)
BACKFILL = HarvestPlan(date(2020, 1, 1), date(2020, 12, 31))


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    """The harvest of this day is done."""
    folder = data_folder(tmp_path)
    RunStore(folder).put(HarvestRun(run_id="1", started_at=MORNING, finished_at=MORNING, state="done"))
    return folder


def owed(data: DataFolder, unfinished: tuple[HarvestPlan, ...] = (), *, on_start: bool = True) -> bool:
    return is_owed(data, demo_settings(harvest_on_start=on_start), lambda: list(unfinished), lambda: NOON)


def test_nothing_is_owed_when_the_day_is_done(data: DataFolder) -> None:
    assert not owed(data)


def test_a_first_and_an_interrupted_harvest_are_owed_unless_the_settings_say_otherwise(
    data: DataFolder, tmp_path: Path
) -> None:
    new = data_folder(tmp_path / "new")
    assert (owed(new), owed(new, on_start=False)) == (True, False)
    assert (owed(data, (BACKFILL,)), owed(data, (BACKFILL,), on_start=False)) == (True, False)


def test_a_harvest_of_days_gone_by_stands_for_no_daily_one(data: DataFolder) -> None:
    later = HarvestRun(run_id="2", started_at=NOON, finished_at=NOON, state="done", until_date=date(2020, 12, 31))
    RunStore(data).put(later)
    assert last_done(RunStore(data)) == MORNING


def test_a_question_is_kept_until_a_harvest_that_began_after_it_is_done(data: DataFolder) -> None:
    asked = AskedHarvests(data)
    asked.ask()
    assert owed(data, on_start=False)
    first = asked.open_question()
    asked.ask()
    asked.answer(first)
    assert owed(data, on_start=False)
    asked.answer(asked.open_question())
    assert not owed(data)


def test_a_harvest_that_nobody_asked_for_answers_no_question(data: DataFolder) -> None:
    asked = AskedHarvests(data)
    unasked = asked.open_question()
    asked.ask()
    asked.answer(unasked)
    assert owed(data)
