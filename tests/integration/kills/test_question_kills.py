"""Kills at every step of a question, with a real server that counts: no call is paid twice, one answer in the end."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from shared.contracts import now
from shared.store.files.data_folder import DataFolder
from shared.store.models.ledger import Ledger
from shared.store.research.traces import TraceStore
from tests.support.llm.server import Body, LlmServer, Scripted, llm_server
from tests.support.papers.questions import numbers_of, purpose_of, said

STEPS = (
    "asked", "estimated", "planned", "retrieved", "reranked", "read", "called 1", "drafted", "checked", "mended",
    "struck", "discovered", "finished", "answered",
)  # fmt: skip
ROOT = Path(__file__).parents[3]


def script(body: Body, before: int) -> Scripted:
    """A model whose draft has to be mended, and is not mended well."""
    nodes = numbers_of(body, "tournament nodes")
    match purpose_of(body):
        case "plan":
            return Scripted(json.dumps({"question": "", "queries": ["tournament nodes"]}))
        case "rank":
            return Scripted(json.dumps({"relevant": [1]}))
        case "answer":
            return said((nodes, "Each node holds the head of one run."), (nodes, "It is rebuilt 900 times in a pass."))
        case _:
            return said((nodes, "It is rebuilt 800 times in a pass."))


def ask_and_kill(folder: Path, server: LlmServer, *points: str) -> dict[str, int]:
    command = [sys.executable, "-m", "tests.support.kills.questions", str(folder), server.url, *points]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=280, check=True)
    assert "Error" not in done.stderr, done.stderr
    return dict(json.loads(done.stdout))


def assert_answered_once(folder: Path, server: LlmServer) -> None:
    asked = Counter(json.dumps(body["messages"]) for body in server.asked)
    assert [number for number in asked.values() if number > 1] == []
    (path,) = (folder / "traces").glob("*/*.jsonl")
    steps = TraceStore(DataFolder(folder, 0)).steps(path.stem)
    assert max(Counter((step["step"], step.get("key")) for step in steps).values()) == 1
    result = TraceStore(DataFolder(folder, 0)).result(path.stem)
    assert result is not None
    assert (result.mode, result.cost.llm_calls) == ("llm", len(server.asked))
    assert len(Ledger(DataFolder(folder, 0)).month(now())) == len(server.asked)


@pytest.mark.slow
def test_a_question_that_is_killed_at_every_step_in_turn_pays_each_call_once(tmp_path: Path) -> None:
    points = [f"{when} {step}" for step in STEPS for when in ("before", "after")][1:]
    points = [point for point in points if point != "before called 1"]  # a reply that was not kept is asked for again
    with llm_server(script) as server:
        endings = ask_and_kill(tmp_path, server, *points, "")
        assert_answered_once(tmp_path, server)
    assert endings.pop("") == 0
    assert [point for point, ending in endings.items() if ending != -9] == []


@pytest.mark.proof
def test_a_kill_between_a_reply_and_its_use_pays_nothing_again(tmp_path: Path) -> None:
    with llm_server(script) as server:
        endings = ask_and_kill(tmp_path, server, "after called 1", "after called  1", "after called   1", "")
        assert_answered_once(tmp_path, server)
    assert list(endings.values()) == [-9, -9, -9, 0]
