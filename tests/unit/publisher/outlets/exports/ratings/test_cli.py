"""`papersys export-ratings`."""

from pathlib import Path

import pytest

from tests.support.bus.ports import free_port
from tests.support.checks.command_line import run_command
from tests.support.folders.seed import FAR, seed


@pytest.fixture(autouse=True)
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "papersys.toml"
    path.write_text(f'[data]\npath = "{tmp_path / "data"}"\nmin_free_mb = 0\n\n[bus]\nport = {free_port()}\n')
    monkeypatch.setenv("PAPERSYS_CONFIG", str(path))
    monkeypatch.chdir(tmp_path)


def test_a_file_in_any_form_and_what_is_printed_without_one(tmp_path: Path) -> None:
    seed(tmp_path / "data")
    done = run_command("export-ratings", "--format", "bib", "-o", "mine.bib")
    assert (done.code, done.out) == (0, "")
    assert "ratings in mine.bib." in done.err
    assert FAR in Path("mine.bib").read_text("utf-8")
    assert f"arXiv:{FAR}" in run_command("export-ratings").out


def test_only_tables_hold_the_history(tmp_path: Path) -> None:
    seed(tmp_path / "data")
    assert run_command("export-ratings", "--format", "ris", "--history").code == 2
    assert run_command("export-ratings", "--history").code == 0


def test_without_ratings_there_is_nothing_to_export() -> None:
    done = run_command("export-ratings")
    assert (done.code, done.err.strip()) == (1, "There are no ratings to export.")


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    seed(tmp_path / "data")
    done = run_command("export-ratings", "-o", "nowhere/mine.csv")
    assert done.code == 1
    assert "nowhere/mine.csv cannot be written" in " ".join(done.err.split())
