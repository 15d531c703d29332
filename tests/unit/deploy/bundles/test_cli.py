"""`papersys bundle export|import` as a person uses it."""

import io
import json
from pathlib import Path

import pytest

from shared.store.files.data_folder import DataFolder
from shared.store.people.preferences import RatingStore
from tests.support.checks.command_line import run_command
from tests.support.folders.seed import FAR, GRAPHS


@pytest.fixture
def settings(data: DataFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The settings file in use; its data folder holds everything."""
    path = tmp_path / "papersys.toml"
    path.write_text(f'[data]\npath = "{data.root}"\nmin_free_mb = 0\n')
    monkeypatch.setenv("PAPERSYS_CONFIG", str(path))
    monkeypatch.chdir(tmp_path)
    return path


def test_a_bundle_goes_out_and_in(settings: Path, empty: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    done = run_command("bundle", "export", "all.zip")
    assert (done.code, "ratings " in done.out) == (0, True)
    assert run_command("bundle", "export", "all.zip").code == 1
    settings.write_text(f'[data]\npath = "{empty.root}"\nmin_free_mb = 0\n')
    assert "Nothing was changed" in run_command("bundle", "import", "all.zip", "--dry-run").out
    assert not RatingStore(empty).current()
    asked = run_command("bundle", "import", "all.zip")
    assert (asked.code, "Nothing was imported" in asked.err) == (1, True)
    assert run_command("bundle", "import", "all.zip", "--yes").out.endswith("Imported.\n")
    assert set(RatingStore(empty).current()) == {FAR, GRAPHS}
    again = json.loads(run_command("bundle", "import", "all.zip", "--json").out)
    assert {row["new"] + row["newer"] for row in again["datasets"]} == {0}


def test_the_bundle_of_somebody_unknown_or_into_no_folder_is_refused(settings: Path) -> None:
    assert "no user 'bert'" in run_command("bundle", "export", "b.zip", "--user", "bert").err
    assert "no folder" in " ".join(run_command("bundle", "export", "none/b.zip").err.split())
    assert "no file" in run_command("bundle", "import", "none.zip").err
