"""NATS stopped and started again: services wait, say so, and go on by themselves.

All of it is too long for CI, where NATS is killed beside its services (`test_kills.py`) and is away from one service
(`tests/integration/bus/test_bus.py`).
"""

import os
import time
from pathlib import Path

import httpx
import pytest

from shared.store.files.data_folder import DataFolder
from shared.store.people.preferences import RatingStore
from tests.support.bus.nats import PASSWORD, nats_server
from tests.support.checks.waiting import eventually_sync
from tests.support.processes.system import System

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("day")]


def says(system: System, service: str) -> dict[str, str]:
    answer = httpx.get(f"{system.health(service)}/ready", timeout=60, trust_env=False)
    return dict(answer.json()["problems"])


def go_through_an_outage(folder: Path, seconds: float) -> None:
    with nats_server(folder / "nats") as server:
        url, password = server.settings.url, PASSWORD
        environment = {"PAPERSYS_BUS__EXTERNAL_URL": url, "PAPERSYS_BUS__PASSWORD": password}
        system = System(folder, PAPERSYS_FETCHER__HARVEST_ON_START="false", **environment)
        try:
            system.start()
            server.stop()
            eventually_sync(lambda: "bus" in says(system, "embedder"), 60, "the embedder says that NATS is away")
            until = time.monotonic() + seconds
            while time.monotonic() < until:
                alive = httpx.get(f"{system.health('ranker')}/live", timeout=60, trust_env=False)
                assert alive.status_code == 200
                time.sleep(1)
            server.start()
            system.until_ready(120)
            assert not [line for line in system.log() if line.get("action") in ("restart", "hang")]
            assert system.command("like", "2610.00001").returncode == 0
            data = DataFolder(system.data, 0)
            eventually_sync(lambda: "2610.00001" in RatingStore(data).current(), 60, "a rating arrives again")
        finally:
            system.end()


def test_everything_goes_on_after_a_short_outage(tmp_path: Path) -> None:
    go_through_an_outage(tmp_path, 5)


def test_everything_goes_on_after_two_minutes_without_nats(tmp_path: Path) -> None:
    go_through_an_outage(tmp_path, float(os.environ.get("PAPERSYS_OUTAGE_SECONDS", "120")))
