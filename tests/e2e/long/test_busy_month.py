"""A month harvested amid backups, copies elsewhere, looks, replays and exports differs from a quiet one in nothing.

`make busy-month` runs it on real processes; DAYS says how many days it has.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest

from shared.contracts import now
from shared.store.files.data_folder import DataFolder
from shared.store.papers.summaries import SummaryStore
from tests.support.arxiv.demo_month import write_month
from tests.support.folders.folder_comparison import differences
from tests.support.llm.embedding_server import embedding_server
from tests.support.outside.hub_dataset import TOKEN, DatasetServer, dataset_server
from tests.support.processes.month_of_days import READ_A_DAY, Month
from tests.support.processes.operations import Operations, findings_of, restored
from tests.support.processes.system import System

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(7_200),
    pytest.mark.xdist_group("busy-month"),
    pytest.mark.skipif(shutil.which("restic") is None, reason="restic is not installed"),
]
DAYS = int(os.environ.get("PAPERSYS_MONTH_DAYS", "21"))
PAPERS_A_DAY = 24
WORDS = (
    "graph",
    "star",
    "cell",
    "quantum",
    "language",
    "robot",
    "proof",
    "speech",
    "learn",
    "data",
    "model",
    "network",
)
OTHER_WORDS = ("galaxy", "protein", "noise", "control", "bound", "signal", "field", "energy", "error", "memory")
SETTINGS = """
[demo]
enabled = true
days_at_start = 1
[fetcher]
contact = "demo@localhost"
start = 2026-10-01
categories = []
pace_seconds = 0.0
[ranker]
seeds = ["graphs", "quantum computers"]
explore = 0           # what is drawn depends on the harvest's id, which is random
audit = 0
half_life_days = 1e15 # how much a rating counts depends on the clock
"""


@contextmanager
def month_of(folder: Path, settings: str) -> Iterator[System]:
    environment = {
        "PAPERSYS_DEMO__FOLDER": str(write_month(folder / "arxiv", DAYS, PAPERS_A_DAY)),
        "PAPERSYS_DEMO__DAYS": str(DAYS),
        "PAPERSYS_RANKER__PER_DAY": "1",
        "PAPERSYS_SYNC__HUB_TOKEN": TOKEN,
        "HF_HUB_DISABLE_XET": "1",  # the hub of the test knows the plain way alone
    }
    system = System(folder / "system", settings, **environment)
    try:
        yield system
    finally:
        system.end()


def model_table(alias: str, words: tuple[str, ...], address: str) -> str:
    return f"""
[embedding.models.{alias}]
backend = "openai"
name = "{alias}"
base_url = "{address}"
dimension = {len(words) + 1}
"""


def operations_table(folder: Path, hub: DatasetServer) -> str:
    (folder / "password").write_text("a password\n")
    return f"""
[backup]
repository = "{folder}/repository"
password_file = "{folder}/password"
every_hours = 0
[sync]
git_folder = "{folder}/git"
hub_dataset = "me/papers"
hub_url = "{hub.address}"
with_ratings = true
"""


def live_through(system: System) -> None:
    month = Month(system)
    for day in range(DAYS):
        month.live_a_day()
        print(f"day {day + 1}", flush=True)
    assert system.stop() == 0


def quiet_month(folder: Path, settings: str) -> tuple[Path, datetime]:
    began = now()
    with month_of(folder, settings) as system:
        system.start(seconds=300)
        live_through(system)
        return system.data, began


def busy_month(folder: Path, settings: str) -> tuple[System, Operations]:
    with month_of(folder, settings) as system:
        operations = Operations(system)
        operations.run("backup", "init")
        system.start(seconds=300)
        with operations.going_on(
            lambda number: copies(operations, folder, number), lambda number: looks_and_replays(operations, folder)
        ):
            live_through(system)
    return system, operations


def copies(operations: Operations, folder: Path, number: int) -> None:
    """A backup, now and then restored, and copies elsewhere."""
    operations.run("backup", "now")
    operations.run("sync")
    operations.run("bundle", "export", str(folder / "bundle.zip"), "--force")
    if number % 3 == 0:
        operations.run("backup", "check", "--read-data-subset", "100")
        damaged = restored(operations, folder / f"restored-{number}")
        operations.failures += [f"restored: {each}" for each in damaged]
        shutil.rmtree(folder / f"restored-{number}", ignore_errors=True)


def looks_and_replays(operations: Operations, folder: Path) -> None:
    operations.run("verify", "--deep")
    operations.run("reconcile")
    if not SummaryStore(DataFolder(operations.system.data, 0)).ids():
        return
    stages = {
        "rank": ("--set", "diversity=0.6"),
        "embed": ("--model", "others"),
        "summarize": ("--set", "claims_per_field=1"),
    }
    for stage, options in stages.items():
        operations.run("replay", stage, *options, "--name", f"again-{stage}")
        operations.run("replay", "drop", f"again-{stage}")


def test_a_month_amid_backups_copies_looks_and_replays_is_a_quiet_month(tmp_path: Path) -> None:
    with embedding_server(*WORDS) as server, embedding_server(*OTHER_WORDS) as other, dataset_server() as hub:
        settings = f'{SETTINGS}\n[embedding]\nmodel = "words"\n'
        settings += model_table("words", WORDS, server.base_url) + model_table("others", OTHER_WORDS, other.base_url)
        quiet, began = quiet_month(tmp_path / "quiet", settings)
        busy_folder = tmp_path / "busy"
        busy_folder.mkdir()
        busy, operations = busy_month(busy_folder, settings + operations_table(busy_folder, hub))
        print(dict(operations.counts))
        assert operations.failures == []
        assert min(operations.counts.values()) > 0
        assert len(SummaryStore(DataFolder(busy.data)).ids()) == DAYS * READ_A_DAY

        assert differences(quiet, busy.data, began) == []

        operations.run("sync")
        operations.run("backup", "now")
        assert findings_of(operations.run("verify", "--deep", "--json"), "note") == []
        assert restored(operations, busy_folder / "restored") == []
        made_again = ["state/field-vectors.sqlite: only in the first"]
        assert differences(busy.data, busy_folder / "restored" / "data", began) == made_again
        assert operations.failures == []
        for name, content in hub.files.items():
            assert (busy.data / name).read_bytes() == content, name
