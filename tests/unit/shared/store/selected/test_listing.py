"""Years of selections are listed once, and again only where something was written."""

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from shared.store.files.data_folder import DataFolder
from shared.store.selected import listing as listing_module
from shared.store.selected.listing import SelectionListing
from shared.store.selections import Candidate, SelectionStore

FIRST = date(2026, 1, 1)
DAYS = 5


def candidate(number: int, day: date = FIRST, user: str = "me") -> Candidate:
    made_at = datetime(2026, 1, 1, tzinfo=UTC)
    return Candidate(paper_id=f"2601.{number:05}", user=user, day=day, run_id="r", outcome="picked", made_at=made_at)


def settle(data: DataFolder) -> None:
    """As a folder is that nobody wrote into for a while."""
    for folder in ("selections", "state/selections"):
        for place in (data.path(folder), data.path(folder, "users", "anna")):
            if place.exists():
                os.utime(place, ns=(0, place.stat().st_mtime_ns - 10**10))


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    folder = DataFolder(tmp_path, 0)
    for number in range(DAYS):
        day = FIRST + timedelta(days=number)
        SelectionStore(folder).write(day, "r", [candidate(number, day)])
    settle(folder)
    return folder


@pytest.fixture
def listed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The folders whose names were read."""
    names: list[str] = []
    read = listing_module._names_in

    def noted(folder: Path) -> list[str]:
        names.append(folder.name)
        return read(folder)

    monkeypatch.setattr(listing_module, "_names_in", noted)
    return names


def test_whoever_asks_again_reads_no_folder_of_a_day(data: DataFolder, listed: list[str]) -> None:
    store = SelectionStore(data)
    assert len(store.outcomes("2601.00001")) == 1
    assert len(listed) == DAYS + 1
    assert len(store.outcomes("2601.00002")) == len(store.of("me").outcomes("2601.00003")) == 1
    assert (len(store.days()), store.outcomes("2601.99999")) == (DAYS, [])
    assert len(listed) == DAYS + 1


@pytest.mark.parametrize("day", [FIRST, FIRST + timedelta(days=DAYS)])
def test_what_another_process_writes_is_seen_at_once(data: DataFolder, day: date) -> None:
    store = SelectionStore(data)
    assert store.outcomes("2601.00500") == []
    SelectionStore(data).write(day, "more", [candidate(500, day), candidate(3, day)])
    assert [one.day for one in store.outcomes("2601.00500")] == [day]
    assert len(store.outcomes("2601.00003")) == 2
    assert store.runs(day)[0] == "more"
    SelectionStore(data).write(day, "more", [candidate(501, day)])
    assert store.outcomes("2601.00500") == []


def test_what_is_written_twice_within_a_tick_of_the_clock_is_seen(data: DataFolder) -> None:
    """The time of a folder may be the same after two changes."""
    files = SelectionListing(data)
    assert len(files.files(())) == DAYS
    SelectionStore(data).write(FIRST, "a", [candidate(1)])
    times = [(place, place.stat()) for place in (data.path("selections"), data.path("state", "selections"))]
    assert len(files.files(())) == DAYS + 1
    SelectionStore(data).write(FIRST, "b", [candidate(1)])
    for place, before in times:
        os.utime(place, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert len(files.files(())) == DAYS + 2


def test_what_is_changed_by_hand_is_seen_after_a_minute(data: DataFolder) -> None:
    now = [0.0]
    files = SelectionListing(data, lambda: now[0])
    first = files.files(())
    (data.path("selections", FIRST.isoformat(), "r.parquet")).unlink()
    now[0] = 59.0
    assert files.files(()) is first
    now[0] = 61.0
    assert len(files.files(())) == DAYS - 1


def test_a_listing_that_is_as_before_is_the_same(data: DataFolder) -> None:
    now = [0.0]
    files = SelectionListing(data, lambda: now[0])
    first = files.files(())
    now[0] = 100.0
    assert files.files(()) is first
    assert files.files(("users", "nobody")) == ()


def test_only_selections_that_are_new_are_read_for_the_places_of_papers(
    data: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = SelectionStore(data)
    store.outcomes("2601.00001")
    read: list[Path] = []
    places = store._caches.places
    ids = places._read

    def noted(path: Path) -> pa.Array | None:
        read.append(path)
        return ids(path)

    monkeypatch.setattr(places, "_read", noted)
    store.write(FIRST, "more", [candidate(500), candidate(2)])
    assert [one.run_id for one in store.outcomes("2601.00500")] == ["r"]
    assert [path.stem for path in read] == ["more"]
    assert [len(store.outcomes(f"2601.{number:05}")) for number in (2, 1, 4, 5)] == [2, 1, 1, 0]


def test_each_users_papers_are_found_apart(data: DataFolder) -> None:
    annas = SelectionStore(data).of("anna")
    annas.write(FIRST, "r", [candidate(1, user="anna")])
    settle(data)
    for _ in range(2):
        assert [one.user for one in annas.outcomes("2601.00001")] == ["anna"]
        assert [one.user for one in annas.of("me").outcomes("2601.00001")] == ["me"]
        assert annas.outcomes("2601.00002") == []
