"""Kills around every step of a look at new versions: what it finds in the end is what it finds unharmed."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.support.kills.revisions import ASKED, PAPERS, PER_DAY, PUBLISHED, WITHDRAWN

ROOT = Path(__file__).parents[3]


def live_and_die(folder: Path, *points: str) -> list[list[Any]]:
    """Each life's point and ending, and what the records said after it."""
    folder.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "tests.support.kills.revisions", str(folder), *points]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=250, check=True)
    assert "Error" not in done.stderr, done.stderr
    return list(json.loads(done.stdout))


def lines_of(path: Path) -> list[str]:
    return path.read_text().split() if path.exists() else []


def assert_nothing_is_lost_or_doubled(folder: Path, told: dict[str, Any], unharmed: dict[str, Any]) -> None:
    assert told == unharmed
    assert {told[paper_id]["to_version"] for paper_id in PAPERS} == {2}
    assert told[WITHDRAWN]["withdrawn"]
    asked = lines_of(folder / ASKED)
    assert set(asked) == set(PAPERS)
    assert len(asked) <= PER_DAY, "a kill never costs more documents than a day may have"
    again = Counter(lines_of(folder / PUBLISHED))
    assert set(again) == {f"revised-{paper_id}-v2" for paper_id in PAPERS}, "a repeat has the same id"


@pytest.fixture(scope="module")
def unharmed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    ((_, code, told),) = live_and_die(tmp_path_factory.mktemp("unharmed") / "life", "")
    assert code == 0
    return dict(told)


@pytest.mark.slow
def test_a_look_that_is_killed_around_every_step_finds_the_same(tmp_path: Path, unharmed: dict[str, Any]) -> None:
    for number in range(1, 60):
        folder = tmp_path / str(number)
        lives = live_and_die(folder, f"before {number}", f"after {number}", "")
        assert lives[-1][1] == 0
        assert_nothing_is_lost_or_doubled(folder, lives[-1][2], unharmed)
        if lives[0][1] == 0:
            return
    raise AssertionError("there were more steps than kills")


@pytest.mark.proof
def test_a_look_that_is_killed_again_and_again_finds_the_same(tmp_path: Path, unharmed: dict[str, Any]) -> None:
    folder = tmp_path / "lives"
    lives = live_and_die(folder, "after 1", "before 2", "after 4", "before 5", "after 3", "before 7", "")
    assert sum(code == -9 for _, code, _ in lives) >= 5
    assert lives[-1][1] == 0
    assert_nothing_is_lost_or_doubled(folder, lives[-1][2], unharmed)
