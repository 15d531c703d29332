"""A harvest of many papers by a process that is killed at random moments: nothing missing, nothing twice."""

import contextlib
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from deploy.demo.papers.synthetic import generate_corpus
from services.fetcher.harvesting.harvest import FLUSH_PAPERS
from shared.store.files.data_folder import DataFolder
from shared.store.harvests.runs import RunStore
from tests.integration.services.test_fetcher import ROOT, demo_arxiv
from tests.support.checks.waiting import eventually_sync


def start(folder: Path, arxiv: str, flush_papers: int) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "tests.support.processes.harvesting", str(folder), arxiv, str(flush_papers)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)


def finish(process: "subprocess.Popen[bytes]") -> int:
    """Megabytes at the peak."""
    output, _ = process.communicate(timeout=1200)
    assert process.returncode == 0
    return int(output)


def kill_somewhere(folder: Path, process: "subprocess.Popen[bytes]", seconds: float) -> bool:
    """Kill it some time after its next write to the cursor; False where it was done before."""
    before = written(folder)
    eventually_sync(lambda: process.poll() is not None or written(folder) != before, 120)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
        return False
    process.kill()
    process.wait(60)
    return True


def written(folder: Path) -> list[tuple[str, int]]:
    paths = sorted(folder.glob("state/fetcher/cursors/*"))
    with contextlib.suppress(FileNotFoundError):
        return [(path.name, path.stat().st_size) for path in paths]
    return []


def stored_bytes(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.glob("metadata/*"))}


def go_through(folder: Path, papers: int, kills: int, page_size: int, flush_papers: int, longest_life: float) -> None:
    draw = random.Random(papers)
    with demo_arxiv("--made-up", str(papers), "--page-size", str(page_size)) as arxiv:
        begun = time.monotonic()
        peak = finish(start(folder / "calm", arxiv, flush_papers))
        calm_seconds = time.monotonic() - begun
        killed = 0
        for _ in range(kills):
            killed += kill_somewhere(
                folder / "killed", start(folder / "killed", arxiv, flush_papers), draw.uniform(0, longest_life)
            )
        last_peak = finish(start(folder / "killed", arxiv, flush_papers)) if unfinished(folder / "killed") else 0
    print(f"\n{papers:,} papers, calm run {calm_seconds:.0f} s, peak {peak} MB; {killed} kills, peak {last_peak} MB")
    assert killed == kills
    assert stored_bytes(folder / "killed") == stored_bytes(folder / "calm")
    (run,) = RunStore(DataFolder(folder / "killed", 0)).all()
    assert run.new_ids == tuple(entry.paper_id for entry in generate_corpus(papers).entries)
    assert (run.state, run.known) == ("done", 0)
    assert max(peak, last_peak) < 300


def unfinished(folder: Path) -> bool:
    return any(folder.glob("state/fetcher/cursors/*.jsonl"))


@pytest.mark.proof
def test_a_harvest_that_is_killed_at_random_stores_what_an_undisturbed_one_does(tmp_path: Path) -> None:
    go_through(tmp_path, papers=1_500, kills=3, page_size=50, flush_papers=200, longest_life=0.1)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_200000_papers_and_30_kills(tmp_path: Path) -> None:
    go_through(tmp_path, papers=200_000, kills=30, page_size=2_500, flush_papers=FLUSH_PAPERS, longest_life=3.0)
