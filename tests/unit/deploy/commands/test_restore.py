"""`papersys restore`, as a person types it; a script stands in for restic."""

import json
from pathlib import Path

import pytest

from deploy.backup.restoring import Restore, Restored
from deploy.commands.restore import missing_files
from tests.support.checks.command_line import run_command
from tests.support.outside.restic_script import ResticScript
from tests.unit.deploy.commands.test_backup import SNAPSHOT


@pytest.fixture
def restic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ResticScript:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PAPERSYS_CONFIG", raising=False)
    (tmp_path / "word").write_text("a password\n")
    script = ResticScript(tmp_path)
    monkeypatch.setenv("PAPERSYS_BACKUP__PROGRAM", str(script.path))
    return script


def test_without_settings_it_asks_where_the_backups_are(restic: ResticScript) -> None:
    done = run_command("restore", "--to", "new")
    assert (done.code, "--repository and --password-file" in done.err) == (1, True)


def test_a_backup_is_found_without_settings_of_ones_own(restic: ResticScript) -> None:
    options = ("--repository", "/mnt/backups", "--password-file", "word", "--to", "new")
    assert "no backup in this repository" in run_command("restore", *options).err
    restic.answers(json.dumps([SNAPSHOT]))
    done = run_command("restore", "zz", *options)
    assert (done.code, "No backup begins with 'zz'" in done.err) == (1, True)
    assert restic.environment["RESTIC_PASSWORD"] == "a password"
    assert run_command("restore", "--repository", "ftp:x", "--to", "new").code == 2


def test_a_backup_without_settings_says_how_its_data_are_used(
    restic: ResticScript, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    restic.answers(json.dumps([SNAPSHOT]))
    monkeypatch.setattr(Restore, "check_room", lambda way: 10)
    monkeypatch.setattr(Restore, "run", lambda way: Restored(way.snapshot, way.target / "data", None, 3, ()))
    done = run_command("restore", "--repository", "/mnt/backups", "--password-file", "word", "--to", "new")
    assert f"name {tmp_path / 'new' / 'data'} in data.path of yours" in " ".join(done.out.split())


def test_files_that_no_backup_holds_are_named(tmp_path: Path) -> None:
    settings = tmp_path / "papersys.toml"
    settings.write_text('[llm]\napi_key_file = "llm.key"\n[backup]\nrepository = "/x"\npassword_file = "word"\n')
    (tmp_path / "word").write_text("a password\n")
    [missing] = missing_files(settings)
    assert "llm.api_key_file" in missing
    settings.write_text("[no such section]\n")
    assert "cannot be used" in missing_files(settings)[0]
