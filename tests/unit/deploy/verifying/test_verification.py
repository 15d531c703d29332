"""A look at the whole folder: a sound one has no finding, and what is written meanwhile is no damage."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from deploy.services import ServiceLook
from deploy.verifying.verification import verify
from shared.store.files.data_folder import DataFolder
from shared.store.keeping.findings import Finding
from tests.support.folders.sound_folder import sound_folder


def no_pause(seconds: float) -> None:
    """The second look follows at once."""


def test_a_sound_folder_has_no_finding_and_nothing_in_it_is_touched(tmp_path: Path) -> None:
    data = sound_folder(tmp_path)
    before = {path: path.stat().st_mtime_ns for path in sorted(tmp_path.rglob("*"))}
    report = verify(data, {}, deep=True, pause=no_pause)
    assert [str(finding) for finding in report.findings] == []
    assert report.is_whole
    assert {path: path.stat().st_mtime_ns for path in sorted(tmp_path.rglob("*"))} == before


def test_an_empty_folder_is_whole(tmp_path: Path) -> None:
    assert verify(DataFolder(tmp_path, 0), {}, deep=True, pause=no_pause).is_whole


def test_what_is_wrong_for_a_moment_only_is_no_finding(tmp_path: Path) -> None:
    data = sound_folder(tmp_path)
    path = data.path("preferences", "events-2026.csv")
    whole = path.read_bytes()
    path.write_bytes(whole[:-5])

    def append_meanwhile(seconds: float) -> None:
        path.write_bytes(whole)

    report = verify(data, {}, deep=False, only=["ratings"], pause=append_meanwhile)
    assert report.is_whole
    assert list(report.seconds) == ["ratings"]


def test_a_service_is_asked_as_closely_as_the_command(tmp_path: Path) -> None:
    asked = []

    def look(*, deep: bool) -> list[Finding]:
        asked.append(deep)
        return [Finding(dataset="own", severity="gap", where="state/own", what="is behind", remedy="wait")]

    report = verify(DataFolder(tmp_path, 0), {"own": lambda: look}, deep=True, only=["own"], pause=no_pause)
    assert asked == [True, True]  # a second look confirms
    assert not report.is_whole
    assert str(report.findings[0]) == "state/own: is behind; wait."


def test_a_look_that_fails_is_a_finding_and_the_others_go_on(tmp_path: Path) -> None:
    def look(*, deep: bool) -> list[Finding]:
        raise RecursionError("too deep")

    report = verify(sound_folder(tmp_path), {"own": lambda: look}, deep=False, pause=no_pause)
    assert [finding.what for finding in report.findings] == ["could not be looked at: RecursionError: too deep"]
    assert "metadata" in report.seconds


@pytest.mark.parametrize("name", ["metadata", "summaries", "selections"])
def test_a_folder_that_cannot_be_read_is_a_finding_and_no_failure(tmp_path: Path, name: str) -> None:
    data = sound_folder(tmp_path)
    (path,) = sorted(data.path(name).rglob("*2026-11*"))[:1]
    target = path if path.is_file() else next(path.glob("*.parquet"))
    target.write_bytes(b"\x00\xff nonsense")
    report = verify(data, {}, deep=True, pause=no_pause)
    assert any(finding.severity == "damage" and name in finding.where for finding in report.findings)


def test_two_looks_at_the_same_time_leave_the_log_as_it_was(tmp_path: Path) -> None:
    second_begun, first_ended = threading.Event(), threading.Event()

    def first() -> ServiceLook:
        assert second_begun.wait(30)
        return lambda *, deep: []

    def second() -> ServiceLook:
        second_begun.set()
        assert first_ended.wait(30)
        return lambda *, deep: []

    def look(name: str, load: Callable[[], ServiceLook]) -> None:
        verify(DataFolder(tmp_path / name, 0), {name: load}, deep=False, only=[name], pause=no_pause)

    other = threading.Thread(target=look, args=("second", second))
    with ThreadPoolExecutor() as threads:
        looking = threads.submit(look, "first", first)
        other.start()
        looking.result(60)
        first_ended.set()
        other.join(60)
    assert logging.root.manager.disable == logging.NOTSET
