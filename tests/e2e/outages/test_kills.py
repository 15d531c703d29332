"""Kill any process at any moment of a busy run: afterwards everything is there, once, and readable.

A short form runs with every test: those kills that no test of one service makes, with a stand-in for the embedding
model, which takes most of the time. `make chaos` runs 60 kills, or as many as KILLS says, with the real one.
"""

import json
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import psutil
import pyarrow.parquet as pq
import pytest

from shared.settings.settings import SERVICES
from shared.store.files.data_folder import DataFolder
from shared.store.files.jsonlines import read_lines
from shared.store.papers.metadata import MetadataStore
from shared.store.papers.summaries import Summary, SummaryStore
from shared.store.selections import SelectionStore
from shared.store.vectors.embeddings import VectorStore
from tests.support.checks.waiting import eventually_sync
from tests.support.llm.embedding_server import embedding_server
from tests.support.processes.system import System, running_system

pytestmark = pytest.mark.xdist_group("kills")
VICTIMS = (*SERVICES, "nats", "papersys")
OF_THE_SHORT_FORM = ("summarizer", "nats", "papersys")
PER_DAY = 8
WORDS = ("network", "language", "graph", "quantum", "star", "proof", "market", "cell")


def picks(data: DataFolder, *, requested: bool = False) -> list[str]:
    """What was picked within the quota, or on request."""
    store = SelectionStore(data)
    picked = [one for day in store.days() for one in store.day(day) if one.outcome == "picked"]
    return [one.paper_id for one in picked if (one.slot == "requested") is requested]


def kill(system: System, victim: str) -> bool:
    """SIGKILL one program; the launcher is started again by us, all others by it."""
    pid = system.pids().get(victim)
    if pid is None or not psutil.pid_exists(pid):
        return False
    os.kill(pid, signal.SIGKILL)
    if victim == "papersys":
        assert system.process is not None
        system.process.wait(60)
        eventually_sync(lambda: system.leftovers() == [], what="nothing outlives the launcher")
        system.start(wait=False)
        eventually_sync(lambda: system.pids().get("papersys") == system.process.pid, what="the launcher is back")  # type: ignore[union-attr]
    return True


def keep_busy(system: System, chance: random.Random, papers: list[str]) -> None:
    """Ask for some papers again, as a person might; refused while NATS is away."""
    if papers:
        system.command("reprocess", *chance.sample(papers, min(3, len(papers))))


def victims_of(kills: int, chance: random.Random) -> list[str]:
    """Each before any comes again."""
    return [victim for _ in range(kills // len(VICTIMS) + 1) for victim in chance.sample(VICTIMS, len(VICTIMS))][:kills]


def run_kills(folder: Path, victims: Sequence[str], chance: random.Random, **settings: str) -> None:
    environment = {
        **settings,
        "PAPERSYS_RANKER__PER_DAY": str(PER_DAY),
        "PAPERSYS_RANKER__DEADLINE_SECONDS": "600",
        "PAPERSYS_LAUNCHER__GIVE_UP_AFTER": "1000",
        "PAPERSYS_LAUNCHER__SHORT_LIFE_SECONDS": "0.1",
        "PAPERSYS_BUS__ACK_WAIT_SECONDS": "3",
        "PAPERSYS_BUS__RETRY_DELAYS_SECONDS": json.dumps([0.5] * 60),
    }
    with running_system(folder, **environment) as system:
        data = DataFolder(system.data, 0)
        for victim in victims:
            time.sleep(chance.uniform(0.1, 2.0))
            if chance.random() < 0.3:
                keep_busy(system, chance, [paper.paper_id for paper in MetadataStore(data).all()])
            eventually_sync(partial(kill, system, victim), 60, f"{victim} runs and can be killed")
        system.until_ready(180)
        check_aftermath(system, data)
        assert system.stop() == 0
        assert system.leftovers() == []


def check_aftermath(system: System, data: DataFolder) -> None:
    """Every paper stored once, embedded once, every pick summarised once, every file whole."""
    eventually_sync(lambda: len(list(MetadataStore(data).all())) >= 120, 120, "all papers are harvested")
    wanted = {paper.paper_id for paper in MetadataStore(data).all() if not paper.withdrawn}
    eventually_sync(lambda: wanted <= set(VectorStore(data, "minilm").all().ids), 120, "all papers are embedded")
    eventually_sync(lambda: picks(data), 120, "a selection was made")
    asked_for = {*picks(data), *picks(data, requested=True)}
    eventually_sync(lambda: asked_for <= {one.paper_id for one in SummaryStore(data).all()}, 240, "all are read")
    ids = [paper.paper_id for path in MetadataStore(data).months() for paper in MetadataStore(data).month(path)]
    vectors = VectorStore(data, "minilm").all().ids
    lines = [one.paper_id for path in data.path("summaries").glob("*.jsonl") for one in read_lines(path, Summary)]
    assert (len(ids), len(vectors), len(lines)) == (len(set(ids)), len(set(vectors)), len(set(lines)))
    assert len(picks(data)) == len(set(picks(data))) == PER_DAY
    for path in data.root.rglob("*.parquet"):
        pq.read_table(path)
    assert system.dead_letters() == []


@pytest.mark.proof
@pytest.mark.timeout(900)
def test_a_few_kills_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    chance = random.Random(int(os.environ.get("PAPERSYS_SEED", "1")))
    with embedding_server(*WORDS) as model:
        run_kills(tmp_path, OF_THE_SHORT_FORM, chance, **model.as_model("minilm"))


@pytest.mark.slow
def test_many_kills_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    kills, seed = int(os.environ.get("PAPERSYS_KILLS", "60")), int(os.environ.get("PAPERSYS_SEED", str(time.time_ns())))
    print(f"{kills} kills, PAPERSYS_SEED={seed}")
    chance = random.Random(seed)
    victims = victims_of(kills, chance)
    run_kills(tmp_path, victims, chance)
    print(dict(Counter(victims)))
