"""Ratings of another system come into a running one: repaired, learned from, counted once."""

import json
from pathlib import Path

import pytest

from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore
from shared.store.people.preferences import RatingStore
from tests.support.checks.waiting import eventually_sync
from tests.support.processes.system import System

pytestmark = pytest.mark.xdist_group("system")

NOWHERE = "2611.9999"
USER = "importer"


def waiting(system: System) -> list[dict[str, str]]:
    path = Path(system.data, "state", "imports", "waiting.json")
    return list(json.loads(path.read_text("utf-8"))["ratings"]) if path.exists() else []


def test_a_file_is_imported_beside_a_running_system_and_arxiv_decides_on_damaged_ids(system: System) -> None:
    """By a user of its own, so that the picks of other tests stay as they are."""
    stored = {paper.paper_id for paper in MetadataStore(DataFolder(system.data, 0)).all()}
    rounded = next(paper_id for paper_id in sorted(stored) if paper_id.endswith("0"))
    assert system.command("users", "add", USER).returncode == 0
    file = system.folder / "old.csv"
    file.write_text(f"id,preference\n{rounded.rstrip('0')},like\n{NOWHERE},like\n", "utf-8")
    done = system.command("import-ratings", str(file), "--user", USER, "--yes")
    assert f"{rounded.rstrip('0')} is {rounded}" in done.stdout
    eventually_sync(lambda: all(each["refused"] for each in waiting(system)), 60, "arXiv has said that there is none")
    again = system.command("import-ratings", str(file), "--user", USER, "--yes")
    assert "There is nothing new in it." in again.stdout, again.stderr
    assert "arXiv has no paper 2611.99990" in again.stdout
    ratings = RatingStore(DataFolder(system.data, 0)).all(USER)
    assert [(rating.paper_id, rating.label, rating.source) for rating in ratings] == [(rounded, "like", "import")]
