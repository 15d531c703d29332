"""`papersys logs` and `papersys trace` beside a running system."""

import json
import select
import subprocess
import sys

import pytest

from tests.support.checks.waiting import eventually_sync
from tests.support.processes.system import System

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1_200), pytest.mark.xdist_group("system")]


def picked(system: System) -> str:
    """A paper that has a summary, on its page."""
    eventually_sync(lambda: list(system.data.glob("summaries/*.jsonl")), 300, "a summary", system.log_tail)
    (first, *_) = (line for path in system.data.glob("summaries/*.jsonl") for line in path.read_text().splitlines())
    return str(json.loads(first)["paper_id"])


def traced(system: System, *arguments: str) -> str:
    done = system.command("trace", *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def stages_of(system: System, paper_id: str) -> list[str]:
    return [step["stage"] for step in json.loads(traced(system, paper_id, "--json"))["steps"]]


def test_a_papers_way_is_told_from_its_announcement_to_its_page(system: System) -> None:
    paper_id = picked(system)
    eventually_sync(lambda: "published" in stages_of(system, paper_id), 300, "it is published", system.log_tail)
    way = json.loads(traced(system, paper_id, "--json"))
    stages = [step["stage"] for step in way["steps"]]
    road = ["announced", "harvested", "embedded", "ranked", "document", "summary", "published"]
    assert [stage for stage in dict.fromkeys(stages) if stage in road] == road
    assert (way["standing"], way["remark"]) == ("It has a summary.", "")
    assert "picked (" in traced(system, paper_id)


def test_of_an_unknown_paper_it_says_how_to_get_it(system: System) -> None:
    unknown = system.command("trace", "2403.99999")
    assert unknown.returncode == 1, unknown.stderr
    assert "papersys reprocess 2403.99999" in unknown.stdout


def test_the_log_is_shown_by_service_and_by_paper(system: System) -> None:
    of_ranker = system.command("logs", "ranker", "--json").stdout.splitlines()
    assert {json.loads(line)["service"] for line in of_ranker} == {"ranker"}
    about = system.command("logs", "--paper", picked(system), "--since", "1d").stdout
    assert "Summarised" in about
    assert "Document of" in about


def test_the_log_is_followed(system: System) -> None:
    command = [sys.executable, "-m", "deploy.cli", "logs", "ranker", "--follow", "-n", "1"]
    following = subprocess.Popen(
        command, cwd=system.folder, env=system.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert following.stdout is not None
    try:
        assert " ranker " in following.stdout.readline()  # the last line of before
        assert system.command("like", "2611.00109").returncode == 0
        assert select.select([following.stdout], [], [], 120)[0], "the ranker learns anew, and says so"
        assert " ranker " in following.stdout.readline()
    finally:
        following.kill()
        following.communicate()
        system.command("clear", "2611.00109")
