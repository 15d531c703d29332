"""Kills at every node of the agent, with a real server that counts: no call is paid twice, a summary exists once."""

import json
import sqlite3
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from shared.store.files.data_folder import DataFolder
from shared.store.papers.summaries import SummaryStore
from tests.support.llm.server import LlmServer, Scripted, in_turn, llm_server
from tests.support.papers.summarizer import PAPER_ID

NODES = ("read", "extract", "check", "repair", "tag", "link", "measure", "finish")
ROOT = Path(__file__).parents[3]


def answer(quote: str) -> Scripted:
    fields = {"method": [{"quotes": [quote], "statement": "A tree of tournament nodes holds the head of each run."}]}
    return Scripted(json.dumps({"fields": fields, "tags": ["external sorting", "tournament trees"]}))


WRONG = answer("We use a forest of seventeen trees that nobody has ever described.")
GOOD = answer("We use a tree of tournament nodes, each holding the head of one run.")


def read_and_kill(folder: Path, server: LlmServer, *points: str) -> dict[str, int]:
    """How the lives ended that were to be cut off at these points, one after the other."""
    command = [sys.executable, "-m", "tests.support.kills.readings", str(folder), server.url, *points]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=280, check=True)
    assert "Error" not in done.stderr, done.stderr
    return dict(json.loads(done.stdout))


def assert_paid_once(server: LlmServer, calls: int) -> None:
    asked = Counter(json.dumps(body["messages"]) for body in server.asked)
    assert [number for number in asked.values() if number > 1] == []
    assert len(server.asked) == calls


def assert_read_once(folder: Path) -> None:
    (path,) = (folder / "summaries").glob("*.jsonl")
    assert len(path.read_text().splitlines()) == 1
    summary = SummaryStore(DataFolder(folder, 0)).get(PAPER_ID)
    assert summary is not None
    assert summary.mode == "llm"
    assert summary.usage.calls == 2
    with sqlite3.connect(folder / "state" / "agent.sqlite") as connection:
        for table in ("checkpoints", "writes", "answers", "readings"):
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)


@pytest.mark.slow
def test_a_reading_that_is_killed_at_every_node_in_turn_pays_each_call_once(tmp_path: Path) -> None:
    points = [f"{when} {node}" for node in NODES for when in ("before", "after")]
    with llm_server(in_turn(WRONG, GOOD)) as server:
        endings = read_and_kill(tmp_path, server, *points, "")
        assert_paid_once(server, calls=2)
    assert endings.pop("") == 0
    survived = [point for point, ending in endings.items() if ending != -9]
    assert survived == []
    assert_read_once(tmp_path)


@pytest.mark.proof
def test_a_kill_between_an_answer_and_its_checkpoint_pays_nothing_again(tmp_path: Path) -> None:
    with llm_server(in_turn(WRONG, GOOD)) as server:
        endings = read_and_kill(tmp_path, server, "kept 1", "kept  1", "")
        assert_paid_once(server, calls=2)
    assert list(endings.values()) == [-9, -9, 0]
    assert_read_once(tmp_path)
