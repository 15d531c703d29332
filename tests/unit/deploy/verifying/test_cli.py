"""`papersys verify` and `papersys reconcile`, as a person types them."""

import json
from pathlib import Path

import pytest

from shared.store.files.data_folder import DataFolder
from shared.store.tagging.tags import TagStore
from tests.support.bus.ports import free_port
from tests.support.checks.command_line import run_command
from tests.support.folders.sound_folder import sound_folder

OWN = ("ratings", "tags", "summaries")


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataFolder:
    monkeypatch.chdir(tmp_path)
    settings = f'[data]\npath = "data"\nmin_free_mb = 0\n[bus]\nport = {free_port()}\n'
    (tmp_path / "papersys.toml").write_text(settings)
    return sound_folder(tmp_path / "data")


def test_a_sound_folder_is_whole(data: DataFolder) -> None:
    done = run_command("verify", *OWN)
    assert (done.code, "everything is whole" in done.out) == (0, True)


def test_a_finding_says_what_where_and_what_to_do_and_is_there_for_programs(data: DataFolder) -> None:
    TagStore(data).index_path.unlink()
    done = run_command("verify", "tags")
    assert (done.code, "To make again: tags/index.jsonl: is missing; `papersys reconcile`" in done.out) == (1, True)
    assert ("1 to make again." in done.out.splitlines()[-1], done.err.strip()) == (True, "")
    report = json.loads(run_command("verify", "tags", "--json").out)
    assert (report["is_whole"], report["findings"][0]["repair"]) == (False, "tag-index")


def test_an_unknown_dataset_is_wrong_use(data: DataFolder) -> None:
    done = run_command("verify", "taggs")
    assert (done.code, "'taggs'; there are: files, metadata" in " ".join(done.err.split())) == (2, True)


@pytest.mark.proof
def test_reconcile_makes_again_what_it_can_and_names_what_it_cannot(data: DataFolder) -> None:
    TagStore(data).index_path.unlink()
    (data.path("ledger") / "2026-11.jsonl").write_text("no call\n")
    dry = run_command("reconcile", "--dry-run")
    assert "Would mend: tags/index.jsonl: is missing." in dry.out
    assert not TagStore(data).index_path.exists()
    done = run_command("reconcile")
    assert "tags/index.jsonl is written anew" in done.out
    assert (done.code, "Cannot be made again: ledger/2026-11.jsonl, line 1" in done.out, done.err.strip()) == (
        1,
        True,
        "",
    )
    assert TagStore(data).index_path.exists()


def test_a_file_outside_the_folder_is_not_accepted(data: DataFolder) -> None:
    assert run_command("reconcile", "--accept", "../papersys.toml").code == 2
    assert run_command("reconcile", "--accept", "tags/index.jsonl").out == "tags/index.jsonl is taken as it is.\n"
