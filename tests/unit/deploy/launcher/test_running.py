"""Whether papersys runs on a folder is seen, and it is told of data that were put there."""

import socket
import threading
import time
from pathlib import Path

import pytest
from filelock import FileLock

from deploy.launcher import running
from shared.settings.changes import ChangeOutcome, SettingsChange, SettingsChanges
from shared.settings.settings import BusSettings
from shared.store.files.data_folder import DataFolder
from tests.support.bus.ports import free_port


def test_a_folder_without_a_launcher_is_told_nothing(tmp_path: Path) -> None:
    data = DataFolder(tmp_path, 0)
    assert not running.runs_on(data)
    assert running.told_of_new_data(data) == ""
    lock = data.path(*running.LOCK)
    lock.parent.mkdir(parents=True)
    lock.touch()  # of one that has ended
    assert not running.runs_on(data)
    assert not tmp_path.joinpath("state", "setup").exists()


def test_a_running_one_has_the_services_start_again_that_read_at_their_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, taken = DataFolder(tmp_path, 0), list[SettingsChange]()
    mailbox = SettingsChanges(data)

    def answer() -> None:
        while not (change := mailbox.take()):
            time.sleep(0.001)
        taken.append(change)
        mailbox.answer(ChangeOutcome(change_id=change.change_id, restarts=change.restarts))

    data.path(*running.LOCK).parent.mkdir(parents=True)
    with FileLock(data.path(*running.LOCK)):
        assert running.runs_on(data)
        launcher = threading.Thread(target=answer, daemon=True)
        launcher.start()
        told = running.told_of_new_data(data)
        launcher.join()
        monkeypatch.setattr(running, "_ANSWER_SECONDS", 0.01)
        assert "did not answer: start it again" in running.told_of_new_data(data)
    assert told == ("papersys runs: its pages show it now; embedder, ranker and summarizer start again to take it in.")
    assert [(change.text, change.restarts) for change in taken] == [("", ("embedder", "ranker", "summarizer"))]


def test_where_the_folder_is_lost_the_bus_tells_that_it_still_runs(tmp_path: Path) -> None:
    data = DataFolder(tmp_path / "lost", 0)
    assert not running.still_runs(data, BusSettings(port=free_port()))
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert running.still_runs(data, BusSettings(port=server.getsockname()[1]))
