"""A backup made in the middle of a day, restored into a new folder: a system started there finishes the day."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.store.files.data_folder import DataFolder
from shared.store.papers.summaries import SummaryStore
from shared.store.selections import SelectionStore
from tests.support.checks.waiting import eventually_sync
from tests.support.llm.embedding_server import embedding_server
from tests.support.processes.system import ROOT, System

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(1_800),
    pytest.mark.xdist_group("restore"),
    pytest.mark.skipif(shutil.which("restic") is None, reason="restic is not installed"),
]


def picks(system: System) -> set[str]:
    store = SelectionStore(DataFolder(system.data, 0))
    return {pick.paper_id for day in store.days() for pick in store.day(day) if pick.outcome == "picked"}


def summarised(system: System) -> set[str]:
    return set(SummaryStore(DataFolder(system.data, 0)).ids())


@pytest.fixture
def model() -> Iterator[dict[str, str]]:
    """A stand-in for the embedding model, which would take most of the time."""
    with embedding_server("network", "language", "graph", "star") as server:
        yield server.as_model("minilm")


def test_the_running_system_makes_backups_and_a_restored_one_goes_on_where_they_were_made(
    tmp_path: Path, model: dict[str, str]
) -> None:
    (tmp_path / "word").write_text("a password\n")
    text = (ROOT / "deploy" / "demo" / "papersys.toml").read_text()
    text += f'\n[backup]\nrepository = "{tmp_path}/repository"\npassword_file = "{tmp_path}/word"\n'
    system = System(tmp_path / "system", text, **model)
    try:
        assert system.command("backup", "init").returncode == 0
        system.start(wait=False)
        eventually_sync(lambda: bool(picks(system)), 240, "there are picks", system.log_tail)
        made = system.command("backup", "now", timeout=240)
        while "under way" in made.stderr:  # the launcher's own is made just now
            made = system.command("backup", "now", timeout=240)
        assert made.returncode == 0, made.stderr
        assert "Last backup" in system.command("status").stdout
        assert [line for line in system.log() if line["service"] == "backup"], "the launcher has made one by itself"
    finally:
        system.end()
    restored = System(tmp_path / "restored", text, **model)
    shutil.rmtree(restored.folder)
    done = system.command("restore", "--to", str(restored.folder))
    assert done.returncode == 0, done.stderr
    before, unread = picks(restored), picks(restored) - summarised(restored)
    try:
        restored.start(seconds=300)
        eventually_sync(lambda: summarised(restored) >= before, 300, "every pick is read", restored.log_tail)
        assert picks(restored) == before
        page = restored.get("/").text
        assert all(paper_id in page for paper_id in before | unread)
    finally:
        restored.end()
