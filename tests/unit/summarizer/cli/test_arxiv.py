"""`papersys arxiv`, where no system is running: what is asked for waits in the list."""

import json
from pathlib import Path

import pytest

from shared.contracts import ListedPaper
from shared.store.files.data_folder import DataFolder
from shared.store.research.reading_list import ReadingListStore
from tests.support.bus.ports import free_port
from tests.support.checks.command_line import run_command
from tests.support.papers.reading_lists import NOON


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ReadingListStore:
    path = tmp_path / "papersys.toml"
    path.write_text(f'[data]\npath = "{tmp_path / "data"}"\nmin_free_mb = 0\n\n[bus]\nport = {free_port()}\n')
    monkeypatch.setenv("PAPERSYS_CONFIG", str(path))
    monkeypatch.chdir(tmp_path)
    return ReadingListStore(DataFolder(tmp_path / "data", 0))


def test_papers_are_added_listed_and_removed(tmp_path: Path) -> None:
    (tmp_path / "my.bib").write_text("@article{a, title={A}, eprint={2005.11401}}\n@book{b, title={A book}}\n")
    done = run_command("arxiv", "add", "2403.12345v2", "my.bib")
    assert done.out == "waiting   2403.12345v2\nwaiting   2005.11401\n"
    assert (done.code, "my.bib, line 2: no arXiv id (“A book”)" in done.err) == (0, True)
    assert "papersys is not running" in done.err
    assert [paper["wanted_version"] for paper in json.loads(run_command("arxiv", "list", "--json").out)] == [2, None]
    done = run_command("arxiv", "remove", "2005.11401", "2005.11402")
    assert (done.code, done.out) == (1, "Removed: 2005.11401.\n")
    assert "2005.11402 is not on the list." in done.err
    assert run_command("arxiv", "list").out == "waiting   2403.12345v2\n"


def test_one_text_that_names_nothing_leaves_the_others(tmp_path: Path) -> None:
    done = run_command("arxiv", "add", "nonsense", "2403.12345", "--json")
    told = json.loads(done.out)
    assert (done.code, [paper["paper_id"] for paper in told["papers"]]) == (1, ["2403.12345"])
    assert "there is no such file" in told["refused"]["nonsense"]
    assert run_command("arxiv", "add", "nonsense").code == 2
    assert run_command("arxiv", "remove", "nonsense").code == 2


def test_a_bibliography_without_a_paper_of_arxiv_says_why_of_each_entry(tmp_path: Path) -> None:
    (tmp_path / "books.bib").write_text("@book{b, title={A book}}\n@book{c, title={An\n")
    done = run_command("arxiv", "add", "books.bib")
    told = " ".join(done.err.split())
    assert (done.code, "names no paper of arXiv" in told) == (2, True)
    assert "books.bib, line 1: no arXiv id (“A book”)" in told
    assert "books.bib, line 2: broken BibTeX" in told


def test_an_own_file_is_added_and_anything_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "own.tex").write_text("\\documentclass{article}")
    (tmp_path / "key.pem").write_text("secret")
    done = run_command("arxiv", "add", "own.tex", "key.pem", "--title", "Mine")
    assert done.code == 1
    assert "Mine" in done.out
    assert "neither a PDF nor TeX" in " ".join(done.err.split())


def test_all_of_a_paper_is_shown(store: ReadingListStore) -> None:
    facts = {"version": 2, "newer_version": 3, "earlier_versions": (1,), "chunks": 9, "chunker": "sections-1"}
    listed = {"paper_id": "2403.12345", "title": "On walks", "state": "ready", "added_at": NOON, "changed_at": NOON}
    store.put([ListedPaper.model_validate({**listed, **facts, "embedding_model": "minilm (ab)"})])
    out = run_command("arxiv", "info", "2403.12345").out
    for words in ("On walks", "Version asked: 2; earlier: v1", "Chunks: 9, cut by sections-1", "papersys arxiv update"):
        assert words in out
    assert json.loads(run_command("arxiv", "info", "2403.12345", "--json").out)["listed"]["version"] == 2
    unknown = run_command("arxiv", "info", "2403.99999")
    assert (unknown.code, "Nothing is stored of 2403.99999" in unknown.err) == (1, True)
