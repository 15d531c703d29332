"""What restic is told, by which way, and what its complaints mean; a script stands in for the program."""

import json
import os
from pathlib import Path

import pytest

from deploy.backup.restic import Restic, ResticError, Snapshot, newest
from shared.errors import PapersysError, TemporaryFailure
from shared.settings.sections.backup import BackupSettings
from tests.support.outside.restic_script import ResticScript

SECRET = "a-secret-password"


@pytest.fixture
def script(tmp_path: Path) -> ResticScript:
    return ResticScript(tmp_path)


def restic(script: ResticScript, **settings: object) -> Restic:
    values = {"repository": "/mnt/backups", "password": SECRET, "program": str(script.path), **settings}
    return Restic(BackupSettings.model_validate(values), script.path.parent / "cache")


def test_the_password_goes_by_the_environment_and_nothing_else_of_ours_does(
    script: ResticScript, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAPERSYS_LLM__API_KEY", "another-secret")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "of-the-storage")
    credentials = script.path.parent / "credentials"
    credentials.write_text("# of the storage\nexport AWS_ACCESS_KEY_ID='key'\n\nAWS_SECRET_ACCESS_KEY=word=1\n")
    restic(script, credentials_file=credentials).snapshots()
    assert SECRET not in "".join(script.calls)
    told = script.environment
    assert (told["RESTIC_PASSWORD"], told["RESTIC_REPOSITORY"]) == (SECRET, "/mnt/backups")
    assert (told["AWS_ACCESS_KEY_ID"], told["AWS_SECRET_ACCESS_KEY"]) == ("key", "word=1")
    assert told["AWS_SESSION_TOKEN"] == "of-the-storage"
    assert not [name for name in told if name.startswith("PAPERSYS_")]


@pytest.mark.parametrize(
    ("complaint", "says"),
    [
        ("Fatal: wrong password or no key found", "does not open the backups in /mnt/backups"),
        ("Fatal: unable to open config file: stat /x\nIs there a repository at the following location?", "backup init"),
        ("unable to create lock in backend: repository is already locked by PID 1", "Another program is working"),
        ("Fatal: unable to save snapshot: write: no space left on device", "is full"),
        ("Fatal: Get https://me:word@host/: no such host", "restic failed on /mnt/backups"),
    ],
)
def test_a_failure_says_what_is_wrong_and_shows_no_credentials(script: ResticScript, complaint: str, says: str) -> None:
    script.answers(err=complaint, code=1)
    with pytest.raises(PapersysError, match=says) as raised:
        restic(script).snapshots()
    assert "word@" not in str(raised.value)


def test_a_locked_repository_is_a_matter_of_waiting(script: ResticScript) -> None:
    script.answers(err="repository is already locked", code=1)
    with pytest.raises(TemporaryFailure):
        restic(script).snapshots()


def test_a_program_that_is_not_there_is_named_with_what_to_do(script: ResticScript) -> None:
    with pytest.raises(PapersysError, match="apt install restic"):
        restic(script, program="/nowhere/restic").snapshots()


def test_a_repository_that_is_there_is_left_as_it_is(script: ResticScript) -> None:
    assert restic(script).create() is False
    assert not [call for call in script.calls if call.startswith("init")]


def test_what_could_not_be_read_is_told_beside_a_backup_that_was_made(script: ResticScript) -> None:
    summary = {"message_type": "summary", "snapshot_id": "abcdef0123", "total_files_processed": 3, "data_added": 5}
    script.answers('{"message_type":"status"}\n' + json.dumps(summary), "error: open x: permission denied", code=3)
    saved, problem = restic(script).save(script.path.parent, host="h", folder_id="f", version="1", why="by hand")
    assert (saved.snapshot_id, saved.total_files_processed) == ("abcdef0123", 3)
    assert "permission denied" in problem
    assert "--ignore-inode --ignore-ctime --tag papersys --tag folder=f" in script.calls[-1]


def test_only_backups_of_this_folder_are_dropped_and_those_before_a_migration_never(script: ResticScript) -> None:
    script.answers(json.dumps([{"remove": [{"id": "a"}, {"id": "b"}]}, {"remove": None}]))
    assert restic(script, keep_yearly=0).forget("f1") == 2
    [call] = script.calls
    assert "--tag papersys,folder=f1" in call
    assert "--keep-tag why=migration --keep-last 3 --keep-daily 7 --keep-weekly 5 --keep-monthly 12" in call
    assert "yearly" not in call


def test_where_nothing_is_to_be_dropped_restic_is_not_asked(script: ResticScript) -> None:
    nothing = {f"keep_{name}": 0 for name in ("daily", "weekly", "monthly", "yearly")}
    assert restic(script, **nothing).forget("f1") == 0


@pytest.mark.parametrize(("percent", "option"), [(0, "check"), (2.5, "--read-data-subset=2.5%"), (100, "--read-data")])
def test_a_check_reads_back_as_much_as_is_asked(script: ResticScript, percent: float, option: str) -> None:
    restic(script).check(percent)
    assert script.calls[-1].endswith(option)


def test_backups_are_listed_with_what_their_tags_say(script: ResticScript) -> None:
    later = {"id": "b" * 64, "time": "2026-11-22T06:00:00Z", "tags": ["papersys", "folder=f1", "why=by hand"]}
    earlier = {"id": "a" * 64, "time": "2026-11-21T06:00:00.123456789Z", "hostname": "h"}
    script.answers(json.dumps([later, earlier]))
    first, second = restic(script).snapshots()
    assert (first.short_id, first.folder_id, first.why) == ("aaaaaaaa", "", "")
    assert (second.folder_id, second.why) == ("f1", "by hand")
    assert newest([first, second]) == second
    assert newest([]) is None


def test_a_list_of_another_form_is_said_to_be_one(script: ResticScript) -> None:
    script.answers('[{"id": 5}]')
    with pytest.raises(PapersysError, match="not known"):
        restic(script).snapshots()


def test_missing_repositories_can_be_told_from_other_failures(script: ResticScript) -> None:
    script.answers(err="Is there a repository at the following location?", code=1)
    with pytest.raises(ResticError) as raised:
        restic(script).snapshots()
    assert raised.value.is_missing
    assert Snapshot(id="x", time="2026-11-22T06:00:00Z").version == ""
    assert os.environ.get("RESTIC_PASSWORD") is None
