"""When missed papers are looked for, and what is kept."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.ranker.missed.watch import MissedWatch
from services.ranker.missed.weeks import LOOKED_BACK, last_whole_week, week_after
from shared.store.files.data_folder import DataFolder
from shared.store.people.missed import MissedStore, MissedWeek
from tests.support.people.missed_days import SUNDAY_NIGHT, WALKS, MissedDays

WEDNESDAY = datetime(2026, 11, 4, 15, tzinfo=UTC)


def stored(week: str, until: datetime) -> MissedWeek:
    return MissedWeek(user="me", week=week, since=until - timedelta(days=7), until=until, made_at=until)


def test_a_week_is_looked_at_when_it_is_over() -> None:
    week = last_whole_week(WEDNESDAY)
    assert (week.name, week.until) == ("2026-W44", datetime(2026, 11, 2, tzinfo=UTC))
    assert last_whole_week(week.until).name == "2026-W44"
    assert last_whole_week(week.until - timedelta(seconds=1)).name == "2026-W43"


def test_weeks_that_were_slept_through_are_looked_at_with_the_next() -> None:
    week = last_whole_week(WEDNESDAY)
    first = week_after([], WEDNESDAY)
    assert first is not None
    assert first.since == week.until - LOOKED_BACK
    later = week_after([stored("2026-W41", week.until - timedelta(weeks=3))], WEDNESDAY)
    assert later is not None
    assert later.since == week.until - timedelta(weeks=3)
    assert week_after([stored("2026-W44", week.until)], WEDNESDAY) is None


def test_a_week_that_a_wrong_clock_wrote_holds_up_nothing() -> None:
    ahead = stored("2031-W01", datetime(2031, 1, 5, tzinfo=UTC))
    week = week_after([ahead], WEDNESDAY)
    assert week is not None
    assert week.name == "2026-W44"


def watching(days: MissedDays, users: tuple[str, ...] = ("me",)) -> tuple[MissedWatch, MissedStore]:
    store = MissedStore(days.data)
    return MissedWatch(
        days.ranker().missed, store, lambda: users, days.ranker().learner.current, lambda: days.now
    ), store


async def test_the_week_is_kept_and_looked_at_once(tmp_path: Path) -> None:
    days = MissedDays(tmp_path)
    days.find_walks(*WALKS)
    watch, store = watching(days)
    await watch.look()
    (week,) = store.of("me")
    assert (week.week, week.until, len(week.papers)) == ("2026-W38", SUNDAY_NIGHT, 5)
    assert watch.due("me") is None
    days.now += timedelta(days=7)
    await watch.look()
    newest = store.newest("me")
    assert newest is not None
    assert (newest.week, newest.since, newest.papers) == ("2026-W39", SUNDAY_NIGHT, ())


async def test_one_persons_trouble_holds_up_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    days = MissedDays(tmp_path)
    days.find_walks(WALKS[0])
    store = MissedStore(days.data)
    ranker = days.ranker()
    missed = ranker.missed
    look = missed.look
    monkeypatch.setattr(
        missed,
        "look",
        lambda user, week, taste: look(user, week, taste) if user == "me" else [][0],  # as a bug would
    )
    await MissedWatch(missed, store, lambda: ("ada", "me"), ranker.learner.current, lambda: days.now).look()
    assert store.newest("ada") is None
    assert store.newest("me") is not None


def test_a_file_that_cannot_be_read_is_passed_over(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    store = MissedStore(DataFolder(tmp_path, 0))
    store.put(stored("2026-W43", WEDNESDAY))
    path = tmp_path / "state" / "missed" / "me" / "2026-W44.json"
    path.write_text('{"user": "me", "week"')
    assert [week.week for week in store.of("me")] == ["2026-W43"]
    assert "2026-W44.json cannot be read" in caplog.text


def test_users_with_odd_names_have_folders_of_their_own(tmp_path: Path) -> None:
    store = MissedStore(DataFolder(tmp_path, 0))
    store.put(stored("2026-W43", WEDNESDAY).model_copy(update={"user": "../me"}))
    assert store.newest("me") is None
    assert store.newest("../me") is not None
    (path,) = (tmp_path / "state" / "missed").glob("*/*.json")
    assert json.loads(path.read_text())["user"] == "../me"


async def test_it_looks_some_minutes_after_the_start_and_then_hourly(tmp_path: Path) -> None:
    days = MissedDays(tmp_path)
    ranker, store, waited = days.ranker(), MissedStore(days.data), list[float]()

    async def sleep(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 3:
            raise asyncio.CancelledError

    watch = MissedWatch(ranker.missed, store, lambda: ("me",), ranker.learner.current, lambda: days.now, sleep)
    with pytest.raises(asyncio.CancelledError):
        await watch.run()
    assert waited == [900.0, 3600.0, 3600.0]
    assert [week.week for week in store.of("me")] == ["2026-W38"]
