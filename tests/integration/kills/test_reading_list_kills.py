"""Kills around every write of a reading list: no half paper can be asked, and the next life goes on."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from shared.store.files.data_folder import DataFolder
from shared.store.research.reading_list import ReadingListStore
from tests.support.kills.listings import PAPERS

ROOT = Path(__file__).parents[3]


def live_and_die(folder: Path, *points: str) -> list[list[Any]]:
    """Each life's point and ending, and what could be asked after it."""
    (folder / "own.tex").write_text("\\documentclass{article}\\begin{document}Mine.\\end{document}")
    command = [sys.executable, "-m", "tests.support.kills.listings", str(folder / "data"), *points]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=250, check=True)
    assert "Error" not in done.stderr, done.stderr
    return list(json.loads(done.stdout))


def assert_all_are_ready(folder: Path) -> None:
    papers = ReadingListStore(DataFolder(folder / "data", 0)).of_user("me")
    assert {(paper.paper_id[:5], paper.state, paper.version) for paper in papers} == {
        ("2611.", "ready", 2),
        ("local", "ready", 1),
    }
    assert papers[0].earlier_versions == (1,)
    assert len(papers) == len(PAPERS) + 1


@pytest.mark.slow
def test_a_list_that_is_killed_around_every_write_is_ready_in_the_end(tmp_path: Path) -> None:
    for number in range(1, 40):
        folder = tmp_path / str(number)
        folder.mkdir()
        lives = live_and_die(folder, f"before {number}", f"after {number}", f"after {number}", "")
        assert [text for _, _, askable in lives for _, _, text in askable if not text] == []
        assert lives[-1][1] == 0
        assert_all_are_ready(folder)
        if lives[0][1] == 0:
            return
    raise AssertionError("there were more writes than kills")


@pytest.mark.proof
def test_a_list_that_is_killed_again_and_again_is_ready_in_the_end(tmp_path: Path) -> None:
    points = [f"{when} {number}" for number in (1, 2, 5, 9, 13) for when in ("before", "after")]
    lives = live_and_die(tmp_path, *points, "")
    assert sum(code == -9 for _, code, _ in lives) >= 5
    assert [text for _, _, askable in lives for _, _, text in askable if not text] == []
    assert lives[-1][1] == 0
    assert_all_are_ready(tmp_path)
