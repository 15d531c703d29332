"""`papersys migrate` on the command line."""

import json
from pathlib import Path

import pytest

from tests.support.checks.command_line import run_command
from tests.support.folders.older_system import row, vector, write_table


@pytest.fixture
def old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of an older system beside the settings of this one."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "papersys.toml").write_text('[data]\npath = "data"\nmin_free_mb = 0\n')
    write_table(
        tmp_path / "old" / "2024.parquet", [row("2401.1235", jasper_v1=vector(1, 8), odd="x"), row("?", odd="y")]
    )
    return tmp_path / "old"


def test_a_report_says_what_is_taken_and_what_is_not(old: Path) -> None:
    planned = run_command("migrate", str(old), "--dry-run")
    assert planned.code == 0
    assert "NOT TAKEN: unknown (string); --map 'odd=...' takes it" in planned.out
    assert "Would take papers: 1 new, 1 with ids repaired, 1 refused." in planned.out
    assert "embeddings/jasper_v1 (8 numbers each): 1 new" in planned.out
    assert "Nothing was changed." in planned.out
    assert not (old.parent / "data").exists()
    assert "Taken papers: 1 new" in run_command("migrate", str(old)).out
    assert "Nothing in it is new" in run_command("migrate", str(old)).out


def test_the_manifest_is_printed_as_json(old: Path) -> None:
    printed = json.loads(run_command("migrate", str(old), "--json", "--map", "odd=comment").out)
    (entry,) = printed["files"]
    assert entry["columns"]["odd"] == "comment"
    assert (entry["kept"], entry["repaired"], entry["refused"]) == (1, 1, 1)


def test_what_cannot_be_says_why(old: Path) -> None:
    assert "There is no" in run_command("migrate", str(old / "nowhere")).err
    assert "write COLUMN=MEANING" in run_command("migrate", str(old), "--map", "odd").err
    assert "write COLUMN=ALIAS" in run_command("migrate", str(old), "--made-by", "jasper_v1").err
    assert "[embedding.models.jasper]" in run_command("migrate", str(old), "--made-by", "jasper_v1=jasper").err
    assert "lie within each other" in run_command("migrate", str(old.parent)).err


def test_vectors_of_a_model_of_the_settings_are_its_own(old: Path) -> None:
    settings = old.parent / "papersys.toml"
    table = '[embedding.models.jasper]\nname = "x/jasper"\ndimension = 8\nbackend = "openai"\nbase_url = "http://127.0.0.1:9"\n'
    settings.write_text(settings.read_text() + table)
    write_table(old / "2023.parquet", [{"id": "2301.00001", "jasper_v1": vector(2, 8)}])
    ran = run_command("migrate", str(old), "--made-by", "jasper_v1=jasper")
    assert ran.code == 0, ran.err
    manifest = json.loads((old.parent / "data" / "embeddings" / "jasper" / "manifest.json").read_text())
    assert manifest["recipe"]["model"] == "x/jasper"
    assert [file["rows"] for file in manifest["files"]] == [1, 1]
