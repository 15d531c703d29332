"""`papersys import-ratings`, where no system is running."""

import json
from pathlib import Path
from unittest.mock import patch

import pytest

from shared.store.files.data_folder import DataFolder
from shared.store.people.preferences import RatingStore
from tests.support.bus.ports import free_port
from tests.support.checks.command_line import run_command
from tests.unit.feedback.importing.rows import FIRST, SECOND


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataFolder:
    path = tmp_path / "papersys.toml"
    path.write_text(f'[data]\npath = "{tmp_path / "data"}"\nmin_free_mb = 0\n\n[bus]\nport = {free_port()}\n')
    monkeypatch.setenv("PAPERSYS_CONFIG", str(path))
    monkeypatch.chdir(tmp_path)
    Path("old.csv").write_text(f"id,preference\n{FIRST},like\n{SECOND},dislike\n")
    return DataFolder(tmp_path / "data", 0)


def labels(data: DataFolder) -> dict[str, str]:
    return {paper_id: rating.label for paper_id, rating in RatingStore(data).current().items()}


def test_a_dry_run_only_reports(data: DataFolder) -> None:
    done = run_command("import-ratings", "old.csv", "--dry-run")
    assert (done.code, labels(data)) == (0, {})
    assert "To import: 1 like, 1 dislike." in done.out
    assert done.out.endswith("Nothing was changed.\n")


def test_without_yes_it_asks_and_nothing_is_stored_without_an_answer(data: DataFolder) -> None:
    with patch("typer.confirm", return_value=False):
        done = run_command("import-ratings", "old.csv")
    assert (done.code, labels(data)) == (1, {})
    assert "Nothing was imported." in " ".join(done.err.split())
    with patch("typer.confirm", return_value=True):
        assert run_command("import-ratings", "old.csv").code == 0
    assert labels(data) == {FIRST: "like", SECOND: "dislike"}


def test_twice_is_once(data: DataFolder) -> None:
    assert "Stored: 2 ratings" in run_command("import-ratings", "old.csv", "--yes").out
    again = run_command("import-ratings", "old.csv", "--yes")
    assert (again.code, again.out.splitlines()[-1]) == (0, "There is nothing new in it.")
    assert RatingStore(data).count() == 2


def test_json_for_programs_and_what_lists_are(data: DataFolder) -> None:
    Path("ids.txt").write_text(f"{FIRST}\n")
    done = run_command("import-ratings", "ids.txt", "--as", "dislike", "--json", "--yes")
    report = json.loads(done.out)
    assert (report["is_done"], report["dislikes"], labels(data)) == (True, 1, {FIRST: "dislike"})


def test_a_file_that_is_not_there_is_named() -> None:
    done = run_command("import-ratings", "nowhere.csv")
    assert done.code == 1
    assert "There is no file nowhere.csv." in " ".join(done.err.split())
