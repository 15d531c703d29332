"""`papersys revisions`: what it says of papers with a new version."""

import json
from pathlib import Path

import pytest

from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore
from shared.store.papers.revisions import RevisionStore
from tests.support.bus.ports import free_port
from tests.support.checks.command_line import run_command
from tests.support.papers.revisions import revision
from tests.support.papers.summarizer import OTHER_ID, PAPER_ID, TITLE, paper


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RevisionStore:
    settings = tmp_path / "papersys.toml"
    settings.write_text(f'[data]\npath = "{tmp_path / "data"}"\nmin_free_mb = 0\n\n[bus]\nport = {free_port()}\n')
    monkeypatch.setenv("PAPERSYS_CONFIG", str(settings))
    data = DataFolder(tmp_path / "data", 0)
    MetadataStore(data).put([paper(version=2)])
    return RevisionStore(data)


def test_nothing_new_says_how_many_papers_are_followed(store: RevisionStore) -> None:
    store.put(revision(PAPER_ID, found_at=None))
    assert "are followed: 1" in run_command("revisions").out


def test_the_list_names_each_paper_and_what_matters(store: RevisionStore) -> None:
    store.put(revision(PAPER_ID))
    shown = run_command("revisions").out
    assert TITLE in shown
    assert "v2 (after v1): 2 changed numbers and 1 reworded sentence." in " ".join(shown.split())
    assert "1 of 3 quotes is gone: 1 claim needs a look." in shown


def test_one_paper_is_told_section_by_section(store: RevisionStore) -> None:
    store.put(revision(PAPER_ID))
    shown = run_command("revisions", PAPER_ID).out
    assert "number, theorem (64 became 96)" in shown
    assert "+ Our trees sort a terabyte in 97.8 minutes" in shown


def test_programs_get_json(store: RevisionStore) -> None:
    store.put(revision(PAPER_ID))
    assert json.loads(run_command("revisions", "--json").out)[0]["counts"]["number"] == 2
    assert json.loads(run_command("revisions", PAPER_ID, "--json").out)["quotes"][2]["fate"] == "gone"
    assert json.loads(run_command("revisions", OTHER_ID, "--json").out) is None


def test_a_paper_that_nobody_knows_says_how_it_is_followed(store: RevisionStore) -> None:
    assert "is not followed: like it" in run_command("revisions", OTHER_ID).out
