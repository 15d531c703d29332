"""Writes the data folder that a release leaves for the tests of later ones.

`python -m tests.support.folders.release_folder`.

A day of the demo on the real processes, with ratings, a note, a follow, a save, a reading list, a question, another
person and a job that failed; packed is what a backup of it holds.
"""

import json
import shutil
import tarfile
import tempfile
from pathlib import Path

import httpx
from nats.js import JetStreamContext

from deploy.backup.staging import Staging
from shared.store.files.data_folder import DataFolder
from shared.store.papers.summaries import SummaryStore
from shared.store.selections import SelectionStore
from shared.version import papersys_version
from tests.support.checks.waiting import eventually_sync
from tests.support.processes.system import WHOLE_TEXTS, System

FIXTURES = Path(__file__).parents[2] / "fixtures"
PER_DAY = 5
_PATIENCE_SECONDS = 600


def archive_of(version: str) -> Path:
    """Where the folder of a release lies."""
    return FIXTURES / f"data-folder-{version}.tar.xz"


def write_release_folder(target: Path) -> None:
    """Run the day and pack what it leaves."""
    with tempfile.TemporaryDirectory() as folder:
        system = System(Path(folder) / "system", PAPERSYS_RANKER__PER_DAY=str(PER_DAY), **WHOLE_TEXTS)
        try:
            system.start(seconds=_PATIENCE_SECONDS)
            _live_through_a_day(system)
            system.stop()
        finally:
            system.end()
        Staging(DataFolder(system.data, 0), Path(folder) / "packed").take()
        for model in (Path(folder) / "packed").glob("state/ranker/*/model*"):
            model.unlink()  # megabytes that are fitted again
        shutil.rmtree(Path(folder) / "packed" / "state" / "logs", ignore_errors=True)  # names of this machine
        with tarfile.open(target, "w:xz") as archive:
            archive.add(Path(folder) / "packed", arcname=".")


def _live_through_a_day(system: System) -> None:
    data = DataFolder(system.data, 0)
    eventually_sync(lambda: len(_picks(data)) >= PER_DAY, _PATIENCE_SECONDS, "there are picks")
    picks = sorted(_picks(data))
    eventually_sync(lambda: set(SummaryStore(data).ids()) >= set(picks), _PATIENCE_SECONDS, "all are summarised")
    for command in (
        ("like", *picks[:2]),
        ("dislike", picks[2]),
        ("follow", "author", "Mira Oduya"),
        ("users", "add", "ada", "--per-day", "3"),
        ("like", "--user", "ada", picks[3]),
        ("arxiv", "add", picks[0]),
        ("ask", "What do these papers measure?"),
    ):
        done = system.command(*command)
        if done.returncode:
            raise RuntimeError(f"papersys {' '.join(command)}: {done.stderr}")
    _post(system, "/api/note", {"paper_id": picks[0], "text": "Read again before the talk.\n", "based_on": ""})
    _post(system, "/api/signal", {"paper_id": picks[3], "kind": "save"})
    system.with_jetstream(_fail)
    eventually_sync(lambda: bool(system.dead_letters()), _PATIENCE_SECONDS, "a job has failed")
    eventually_sync(lambda: any(data.root.glob("state/ranker/me/*.json")), _PATIENCE_SECONDS, "a model is fitted")


async def _fail(js: JetStreamContext) -> None:
    await js.publish("papers.new", json.dumps({"paper_ids": ["9912.99999"], "force": True}).encode())


def _post(system: System, path: str, body: dict[str, str]) -> None:
    answer = httpx.post(
        f"{system.reader}{path}", json=body, headers={"Origin": system.reader}, timeout=60, trust_env=False
    )
    answer.raise_for_status()


def _picks(data: DataFolder) -> set[str]:
    store = SelectionStore(data)
    return {pick.paper_id for day in store.days() for pick in store.day(day) if pick.outcome == "picked"}


if __name__ == "__main__":
    write_release_folder(archive_of(papersys_version()))
