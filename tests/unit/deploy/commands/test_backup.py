"""`papersys backup`, as a person types it; a script stands in for restic."""

import json
from pathlib import Path

import pytest

from shared.store.keeping.folder_version import LAYOUT
from tests.support.bus.ports import free_port
from tests.support.checks.command_line import run_command
from tests.support.outside.restic_script import ResticScript

SNAPSHOT = {
    "id": "abcdef01" * 8,
    "time": "2026-11-22T06:00:00Z",
    "hostname": "laptop",
    "tags": ["papersys", "folder=0123456789", "version=0.1.0", "why=scheduled"],
}
SUMMARY = json.dumps({"message_type": "summary", "snapshot_id": "abcdef0123", "total_files_processed": 3})


@pytest.fixture
def restic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ResticScript:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PAPERSYS_CONFIG", raising=False)
    monkeypatch.setattr("signal.signal", lambda number, handler: None)  # of the test's own process
    (tmp_path / "papersys.toml").write_text(f'[data]\npath = "data"\n[bus]\nport = {free_port()}\n')
    (tmp_path / "data" / "notes").mkdir(parents=True)
    script = ResticScript(tmp_path)
    monkeypatch.setenv("PAPERSYS_BACKUP__PROGRAM", str(script.path))
    return script


def test_without_a_repository_it_says_how_to_have_one(restic: ResticScript) -> None:
    done = run_command("backup", "now")
    assert (done.code, "papersys backup init REPOSITORY" in done.err) == (2, True)
    assert "Say where backups go" in run_command("backup", "init").err
    assert "No backups are made" in run_command("status").out


def test_set_up_made_and_listed(restic: ResticScript, tmp_path: Path) -> None:
    done = run_command("backup", "init", "elsewhere")
    assert done.code == 0, done.err
    assert f"There is a repository in {tmp_path}/elsewhere" in done.out
    assert "Keep a copy elsewhere" in done.err
    restic.answers(SUMMARY, only="backup")
    done = run_command("backup", "now")
    assert "3 files" in done.out, done.err
    restic.answers(json.dumps([SNAPSHOT]))
    assert [row["why"] for row in json.loads(run_command("backup", "list", "--json").out)] == ["scheduled"]
    listed = run_command("backup", "list").out
    assert "abcdef01" in listed
    assert "laptop" in listed
    assert "Last backup 20" in run_command("status").out


def test_a_failure_is_an_exit_code_a_sentence_and_a_problem_of_the_system(restic: ResticScript) -> None:
    run_command("backup", "init", "elsewhere")
    restic.answers(err="Fatal: wrong password or no key found", code=1)
    done = run_command("backup", "now")
    assert (done.code, "password does not open" in done.err) == (1, True)
    assert "The last backup failed" in run_command("status").out


def test_a_repository_in_the_data_folder_is_refused(restic: ResticScript) -> None:
    done = run_command("backup", "init", "data/backups")
    assert (done.code, "would be lost with it" in done.err) == (1, True)


def test_every_command_refuses_the_folder_of_a_later_papersys(restic: ResticScript, tmp_path: Path) -> None:
    stamp = tmp_path / "data" / "papersys.json"
    stamp.write_text(json.dumps({"layout": LAYOUT + 1, "written_by": "9.9.9"}))
    for command in (("status",), ("up",), ("backup", "now"), ("search", "x"), ("like", "2611.00001")):
        done = run_command(*command)
        assert (done.code, "written by papersys 9.9.9" in done.err) == (1, True), command
    assert sorted(path.name for path in (tmp_path / "data").iterdir()) == ["notes", "papersys.json"]
