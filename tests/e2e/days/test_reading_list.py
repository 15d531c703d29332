"""A reading list in the running system: what the commands say, and kills of the summarizer in the middle of it all."""

import json
import os
import signal
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from shared.contracts import ListedPaper
from shared.store.files.data_folder import DataFolder
from shared.store.papers.documents import DocumentStore
from shared.store.papers.metadata import MetadataStore
from shared.store.research.reading_list import ReadingListStore
from tests.support.checks.waiting import eventually_sync
from tests.support.processes.system import System

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

PAPERS = 25
KILLS = 3


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    system = System(tmp_path_factory.mktemp("listed"))
    system.start()
    yield system
    system.end()


def listed(system: System) -> list[ListedPaper]:
    return ReadingListStore(DataFolder(system.data, 0)).of_user("me")


def states(system: System) -> Counter[str]:
    return Counter(paper.state for paper in listed(system))


def is_done(system: System) -> bool:
    return set(states(system)) <= {"ready", "failed"}


def kill_in_the_middle(system: System) -> None:
    """Whenever papers are under way, as often as KILLS."""
    for _ in range(KILLS):
        eventually_sync(lambda: bool({"fetching", "embedding"} & set(states(system))), 120, "papers are under way")
        pid = system.pids()["summarizer"]
        os.kill(pid, signal.SIGKILL)
        eventually_sync(partial(has_another, system, pid), 60, "it was started again")


def has_another(system: System, pid: int) -> bool:
    return system.pids().get("summarizer", pid) != pid


def test_a_batch_outlives_kills_and_says_what_came_of_each_paper(system: System) -> None:
    own = system.folder / "own.tex"
    own.write_text(
        "\\documentclass{article}\\title{Walks}\\begin{document}\\maketitle\\section{Counting}"
        "We count walks of every length in a graph and compare them.\\end{document}"
    )
    eventually_sync(lambda: MetadataStore(DataFolder(system.data, 0)).count() > PAPERS, 120, "papers are harvested")
    harvested = sorted(paper.paper_id for paper in MetadataStore(DataFolder(system.data, 0)).all())
    ids = [paper_id for paper_id in harvested if paper_id.startswith("26")][:PAPERS]
    queued = system.command("arxiv", "add", *ids, "2610.99999", str(own), "--no-wait", "--json")
    assert len(json.loads(queued.stdout)["papers"]) == PAPERS + 2
    kill_in_the_middle(system)
    eventually_sync(lambda: is_done(system), 300, "every paper is done")
    assert states(system) == {"ready": PAPERS + 1, "failed": 1}
    again = system.command("arxiv", "add", ids[0], "2610.99999")
    assert (again.returncode, "arXiv has no paper 2610.99999" in again.stdout) == (1, True)
    told = json.loads(system.command("arxiv", "info", ids[0], "--json").stdout)
    assert told["listed"]["chunks"] > 0
    assert told["sections"]


def test_a_pinned_version_stays_until_it_is_updated_and_its_text_after_that(system: System) -> None:
    papers = MetadataStore(DataFolder(system.data, 0)).all()
    revised = next(paper for paper in papers if paper.version > 1)
    paper_id = revised.paper_id
    assert system.command("arxiv", "add", f"{paper_id}v1").returncode == 0
    pinned = next(paper for paper in listed(system) if paper.paper_id == paper_id)
    assert (pinned.version, pinned.newer_version) == (1, revised.version)
    assert system.command("arxiv", "update", paper_id).returncode == 0
    updated = next(paper for paper in listed(system) if paper.paper_id == paper_id)
    assert (updated.version, updated.earlier_versions, updated.newer_version) == (revised.version, (1,), None)
    assert DocumentStore(DataFolder(system.data, 0)).stamp(paper_id, 1)


def test_a_new_way_of_cutting_outlives_kills_and_papers_can_be_asked_meanwhile(system: System) -> None:
    before = {paper.paper_id: paper.version for paper in listed(system)}
    (chunker,) = {paper.chunker for paper in listed(system) if paper.chunker}
    system.stop()
    system.environment["PAPERSYS_SUMMARIZER__CHUNK_WORDS"] = "80"
    system.start(wait=False)
    kill_in_the_middle(system)
    assert {paper.paper_id: paper.version for paper in listed(system)} == before
    eventually_sync(lambda: is_done(system), 300, "every paper is done")
    assert {paper.chunker for paper in listed(system) if paper.state == "ready"}.isdisjoint({chunker})
    assert {paper.paper_id: paper.version for paper in listed(system)} == before


def test_what_is_added_while_nothing_runs_is_done_at_the_next_start(system: System, tmp_path: Path) -> None:
    paper_id = next(paper.paper_id for paper in listed(system) if paper.state == "ready")
    system.stop()
    assert system.command("arxiv", "remove", paper_id).returncode == 0
    added = system.command("arxiv", "add", f"{paper_id}v1")
    assert (added.returncode, "papersys is not running" in added.stderr) == (0, True)
    system.start()
    eventually_sync(lambda: is_done(system), 120, "it is done")
    assert next(paper.state for paper in listed(system) if paper.paper_id == paper_id) == "ready"
