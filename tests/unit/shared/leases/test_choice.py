"""Leases are taken where the settings ask for them, and nothing changes where they do not."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.leases.choice import are_used, keeper, leave_leases, of_this_machine, use_leases
from shared.leases.dataset_leases import DatasetLeases
from shared.leases.tasks import by_one_process_each
from shared.settings.settings import BusSettings, CommonSettings, DataSettings
from shared.store.files.exclusion import LockFiles, exclusion_for


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    leave_leases()


def settings(root: Path, locks: str) -> CommonSettings:
    return CommonSettings(data=DataSettings.model_validate({"path": root, "locks": locks}), bus=BusSettings())


async def test_one_machine_uses_lock_files_and_runs_its_loops_at_once(tmp_path: Path) -> None:
    use_leases(settings(tmp_path, "files"), "the ranker")
    assert not are_used()
    assert isinstance(exclusion_for(tmp_path), LockFiles)
    assert of_this_machine("agent.sqlite") == "agent.sqlite"
    with pytest.raises(RuntimeError):
        keeper()
    ran: list[str] = []

    async def loop() -> None:
        ran.append("ran")

    await by_one_process_each({"links": loop})["links"]()
    assert ran == ["ran"]


def test_machines_that_share_a_folder_take_leases_until_they_are_left(tmp_path: Path) -> None:
    use_leases(settings(tmp_path, "leases"), "the ranker")
    chosen = exclusion_for(tmp_path / "replays" / "a")
    assert isinstance(chosen, DatasetLeases)
    assert of_this_machine("agent.sqlite").startswith(f"agent-{socket.gethostname()[:5]}")
    use_leases(settings(tmp_path, "leases"), "the ranker")
    assert exclusion_for(tmp_path) is chosen, "the same settings again change nothing"
    leave_leases()
    assert isinstance(exclusion_for(tmp_path), LockFiles)
