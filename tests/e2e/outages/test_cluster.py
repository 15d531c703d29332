"""papersys on a cluster, as processes: any node may be killed, nothing is lost and nothing is there twice.

A short form with fetchers and embedders runs with every test; `make cluster` lets a month go by with two processes of
every service and three nats-servers, kills one of them a day, and prints how long its work stood still.
"""

import asyncio
import os
import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import httpx
import pyarrow.parquet as pq
import pytest

from shared.bus.connections import connected, publish
from shared.bus.delivery.dead_letters import DeadLetters
from shared.contracts import Encode, FeedbackLabel, Harvest, Lookup, Recommend, Related
from shared.settings.settings import SERVICES
from shared.store.files.jsonlines import read_lines
from shared.store.papers.metadata import MetadataStore
from shared.store.papers.summaries import Summary, SummaryStore
from shared.store.people.preferences import RatingStore
from shared.store.selections import SelectionStore
from shared.store.vectors.embeddings import VectorStore
from tests.support.arxiv.month_corpus import announcement_days, write_month
from tests.support.checks.waiting import eventually_sync
from tests.support.processes.service_cluster import ServiceCluster, seconds_until, service_cluster

pytestmark = pytest.mark.xdist_group("cluster")

KINDS = ("nats", *SERVICES)
PICKS_A_DAY = 4


def two_of(*services: str) -> tuple[str, ...]:
    return tuple(f"{service}-{number}" for service in services for number in (1, 2))


def picks(cluster: ServiceCluster) -> list[str]:
    store = SelectionStore(cluster.data)
    return [one.paper_id for day in store.days() for one in store.day(day) if one.outcome == "picked"]


def has_picks(cluster: ServiceCluster, days: int) -> bool:
    return len(SelectionStore(cluster.data).days()) >= days


def check_papers(cluster: ServiceCluster, wanted: set[str]) -> None:
    """Each paper is stored once and has one vector, and every file is whole."""
    eventually_sync(lambda: wanted <= {p.paper_id for p in MetadataStore(cluster.data).all()}, 180, "all are harvested")
    eventually_sync(lambda: wanted <= set(VectorStore(cluster.data, "minilm").all().ids), 180, "all are embedded")
    store = MetadataStore(cluster.data)
    ids = [paper.paper_id for path in store.months() for paper in store.month(path)]
    vectors = VectorStore(cluster.data, "minilm").all().ids
    assert max(Counter(ids).values()) == max(Counter(vectors).values()) == 1
    for path in cluster.data.root.rglob("*.parquet"):
        pq.read_table(path)


def dead_letters(cluster: ServiceCluster) -> list[str]:
    async def look() -> list[str]:
        async with connected(cluster.nats.settings) as client:
            return [letter.reason for letter in await DeadLetters(client.jetstream()).all()]

    return asyncio.run(look())


@pytest.mark.proof
@pytest.mark.timeout(600)
def test_two_embedders_and_two_fetchers_share_their_work_and_outlive_kills(tmp_path: Path) -> None:
    quick = {"PAPERSYS_BUS__ACK_WAIT_SECONDS": "2", "PAPERSYS_DATA__LEASE_SECONDS": "3"}
    services = two_of("fetcher", "embedder")
    with service_cluster(tmp_path, services, ["--days", "3"], PAPERSYS_FETCHER__START="2026-10-26", **quick) as cluster:
        worked = cluster.active("fetcher")
        cluster.next_day()
        seconds_until(lambda: cluster.ask(Harvest()))
        for victim in ("embedder-1", cluster.nats.leader(), worked):
            cluster.kill(victim)
        cluster.restart("embedder-1")
        cluster.next_day()
        seconds_until(lambda: cluster.ask(Harvest()))
        assert cluster.active("fetcher") != worked
        store = MetadataStore(cluster.data)
        eventually_sync(
            lambda: len(list(store.all())) >= 120, 120, "all of the demo's papers are harvested", cluster.logs
        )
        check_papers(cluster, {paper.paper_id for paper in store.all() if not paper.withdrawn})
        assert dead_letters(cluster) == []


@dataclass
class Month:
    """What was done to a cluster in a month."""

    cluster: ServiceCluster
    chance: random.Random
    pauses: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    likes: list[str] = field(default_factory=list)

    def like(self, paper_id: str) -> None:
        """With whichever reader answers, as often as needed; the reader says when it is stored in NATS."""

        def post() -> None:
            port = self.chance.choice(list(self.cluster.readers.values()))
            body = {"paper_id": paper_id, "label": "like"}
            answer = httpx.post(f"http://127.0.0.1:{port}/api/rating", json=body, timeout=60, trust_env=False)
            answer.raise_for_status()

        seconds_until(post)
        self.likes.append(paper_id)

    def kill_one(self, kind: str, known: str) -> None:
        """Kill the process that does the work now, measure until the work is done again, and start it anew."""
        victim = self.cluster.nats.leader() if kind == "nats" else self.cluster.active(kind)
        if not victim:
            return
        time.sleep(self.chance.uniform(0.0, 1.0))
        self.cluster.kill(victim)
        self.pauses[kind].append(seconds_until(self.work_of(kind, known)))
        print(f"{victim} killed: {self.pauses[kind][-1]:.1f} s", flush=True)
        self.cluster.restart(victim)

    def work_of(self, kind: str, known: str) -> Callable[[], object]:
        """Something that is asked of a kind of node."""
        cluster = self.cluster
        rating = FeedbackLabel(paper_ids=(known,), label="like", source="cli", event_id=f"probe-{time.monotonic_ns()}")

        def stored() -> None:
            asyncio.run(publish(cluster.nats.settings, rating))
            assert any(one.event_id == rating.event_id for one in RatingStore(cluster.data).all())

        def page() -> None:
            errors = [
                httpx.get(f"http://127.0.0.1:{port}/", timeout=60, trust_env=False).status_code != 200
                for port in self.chance.sample(list(cluster.readers.values()), 1)
            ]
            assert not any(errors)

        return {
            "nats": lambda: asyncio.run(publish(cluster.nats.settings, rating)),
            "fetcher": lambda: cluster.ask(Lookup(paper_ids=(known,))),
            "embedder": lambda: cluster.ask(Encode(texts=("graphs of bounded width",))),
            "ranker": lambda: cluster.ask(Recommend(limit=1)),
            "summarizer": lambda: cluster.ask(Related(paper_id=known)),
            "publisher": page,
            "feedback": stored,
        }[kind]


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_a_month_in_which_a_node_is_killed_every_day(tmp_path: Path) -> None:
    seed = int(os.environ.get("PAPERSYS_SEED", str(time.time_ns() % 10_000)))
    length, per_day = int(os.environ.get("PAPERSYS_DAYS", "22")), int(os.environ.get("PAPERSYS_PAPERS", "30"))
    print(f"PAPERSYS_SEED={seed}")
    days = announcement_days(length, datetime.now(UTC).date() - timedelta(days=1))
    wanted = write_month(tmp_path / "arxiv", days, per_day)
    demo = ["--folder", str(tmp_path / "arxiv"), "--days", str(length)]
    settings = {
        "PAPERSYS_FETCHER__START": days[0].isoformat(),
        "PAPERSYS_RANKER__PER_DAY": str(PICKS_A_DAY),
        "PAPERSYS_RANKER__EXPLORE": "0",
        "PAPERSYS_RANKER__DEADLINE_SECONDS": "600",
    }
    with service_cluster(tmp_path / "cluster", two_of(*SERVICES), demo, **settings) as cluster:
        month = Month(cluster, random.Random(seed))
        kinds = [kind for _ in range(length // len(KINDS) + 1) for kind in month.chance.sample(KINDS, len(KINDS))]
        for number, kind in enumerate(("", *kinds[: length - 1])):
            if kind:
                cluster.next_day()
            seconds_until(lambda: cluster.ask(Harvest()))
            if kind:
                month.kill_one(kind, wanted[0])
            eventually_sync(partial(has_picks, cluster, number + 1), 600, f"day {number} has its picks", cluster.logs)
            month.like(month.chance.choice(wanted[: (number + 1) * per_day]))
        check_month(month, set(wanted), length)
        for kind, pauses in sorted(month.pauses.items()):
            print(f"{kind:<12}" + " ".join(f"{pause:6.1f} s" for pause in sorted(pauses)))


def check_month(month: Month, wanted: set[str], length: int) -> None:
    cluster = month.cluster
    check_papers(cluster, wanted)
    assert len(SelectionStore(cluster.data).days()) == length
    picked = picks(cluster)
    assert max(Counter(picked).values()) == 1
    assert len(picked) == length * PICKS_A_DAY
    eventually_sync(
        lambda: set(picked) <= {one.paper_id for one in SummaryStore(cluster.data).all()}, 300, "all are read"
    )
    lines = [
        one.paper_id for path in cluster.data.path("summaries").glob("*.jsonl") for one in read_lines(path, Summary)
    ]
    assert max(Counter(lines).values()) == 1
    eventually_sync(lambda: set(month.likes) <= set(RatingStore(cluster.data).current()), 60, "all likes are stored")
    events = Counter(rating.event_id for rating in RatingStore(cluster.data).all())
    assert max(events.values()) == 1
    assert dead_letters(cluster) == []
    verified = cluster.command("verify", "--deep")
    assert verified.returncode == 0, verified.stdout
