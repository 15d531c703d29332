"""Days written while the folder is backed up, copied, looked at and exported differ in no byte from quiet days.

Every copy that is made meanwhile is whole. The same on real processes: `make busy-month`.
"""

import os
import shutil
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from deploy.backup.soundness import problems_of
from deploy.backup.staging import Staging
from deploy.bundles.archive.reading import open_bundle
from deploy.bundles.datasets.dataset import Source
from deploy.bundles.exporting import export_bundle
from deploy.syncing.destination import sync
from deploy.syncing.git_folder import GitFolder
from deploy.verifying.verification import verify
from shared.store.files.data_folder import DataFolder
from shared.store.harvests.runs import HarvestRun, RunStore
from shared.store.models.ledger import Call, Ledger
from shared.store.papers import links as links_module
from shared.store.papers.documents import DocumentRecord, DocumentStore, Section
from shared.store.papers.links import Link, LinkStore
from shared.store.papers.metadata import MetadataStore, Paper
from shared.store.papers.summaries import MadeBy, Summary, SummaryStore, Usage
from shared.store.people.follows import Follow, FollowStore
from shared.store.people.notes import NoteStore
from shared.store.people.preferences import Rating, RatingStore
from shared.store.people.signals import Signal, SignalStore
from shared.store.selections import Candidate, SelectionStore
from shared.store.tagging.tag_decisions import TagDecision
from shared.store.tagging.tags import TagStore
from shared.store.vectors.manifest import Recipe
from shared.store.vectors.writer import Embedded, VectorWriter

pytestmark = [pytest.mark.proof, pytest.mark.xdist_group("busy-days")]
DAYS, PAPERS_A_DAY, READ_A_DAY = 8, 12, 3
FIRST = datetime(2026, 10, 1, 12, tzinfo=UTC)
DIMENSION = 8
OWN = ("locks", "selections", "backup", "sync")
"""Below `state/`: locks, an index with the times of files, and what the tools keep."""


@pytest.fixture(autouse=True)
def _no_wait_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)
    monkeypatch.setattr(links_module, "now", lambda: FIRST)


def live_a_day(data: DataFolder, number: int) -> None:
    """What the services write on a day, in the order in which they do."""
    at = FIRST + timedelta(days=number)
    ids = [f"2610.{number * PAPERS_A_DAY + place:05d}" for place in range(PAPERS_A_DAY)]
    run_id = f"{at:%Y%m%dT%H%M%S000000}-00000{number}"
    MetadataStore(data).put(paper(paper_id, at) for paper_id in ids)
    RunStore(data).put(HarvestRun(run_id=run_id, started_at=at, state="done", day=at.date(), new_ids=tuple(ids)))
    embed(data, ids, number, at)
    SelectionStore(data).write(
        at.date(), run_id, [candidate(paper_id, run_id, at, n) for n, paper_id in enumerate(ids)]
    )
    for paper_id in ids[:READ_A_DAY]:
        read(data, paper_id, run_id, at)
    RatingStore(data).append([Rating(f"r{number}", ids[0], "me", "like", "reader", "me", 1.0, at)])
    SignalStore(data).append([Signal(f"s{number}", "me", ids[1], "save", "reader", at)])
    FollowStore(data).put(Follow(user="me", kind="author", value=f"A. Author {number}", at=at))
    NoteStore(data).put("me", ids[0], f"Read on day {number}.")


def paper(paper_id: str, at: datetime) -> Paper:
    return Paper(
        paper_id, 1, f"On {paper_id}", "We count walks.", ("A. Author",), ("cs.LG",), "cs.LG", at, at, harvested_at=at
    )


def embed(data: DataFolder, ids: list[str], seed: int, at: datetime) -> None:
    matrix = np.random.default_rng(seed).normal(size=(len(ids), DIMENSION)).astype(np.float32)
    matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
    writer = VectorWriter(data, "tiny", Recipe("tiny", "1", DIMENSION, 256))
    writer.put(Embedded(ids, matrix, [f"hash-{paper_id}" for paper_id in ids], "test", at))
    if seed % 2:
        writer.compact_fully()


def candidate(paper_id: str, run_id: str, at: datetime, place: int) -> Candidate:
    facts = {"paper_id": paper_id, "run_id": run_id, "day": at.date(), "made_at": at, "rank": place + 1, "score": 0.5}
    picked = {"outcome": "picked", "slot": "top"} if place < READ_A_DAY else {"outcome": "below_quota"}
    return Candidate.model_validate({**facts, **picked})


def read(data: DataFolder, paper_id: str, run_id: str, at: datetime) -> None:
    event_id = f"event-{paper_id}"
    text = f"The text of {paper_id}.\n"
    record = DocumentRecord(paper_id=paper_id, version=1, status="converted", route="latex", made_at=at)
    DocumentStore(data).put(record, text, [Section(title="Text", level=1, text=text)])
    Ledger(data).add(
        Call(made_at=at, service="summarizer", purpose="extract", model="small", input_tokens=9, output_tokens=9,
             cost=0.1, paper_id=paper_id, event_id=event_id, call_id=f"call-{paper_id}")
    )  # fmt: skip
    slug = f"tag-{paper_id[-2:]}"
    TagStore(data).add(
        decisions=[
            TagDecision(action="create", phrase=slug, slug=slug, how="seed", made_at=at),
            TagDecision(phrase=f"a {slug}", slug=slug, how="meaning", paper_id=paper_id, made_at=at),
        ]
    )
    LinkStore(data).put(paper_id, [Link(paper_id=paper_id, other_id="2610.00011", type="cites", score=1.0)])
    made_by = MadeBy(run_id=run_id, event_id=event_id, model="small", document_version=1)
    usage = Usage(calls=1)
    SummaryStore(data).put(
        Summary(paper_id=paper_id, version=1, mode="llm", tags=(slug,), usage=usage, made_at=at, made_by=made_by)
    )


class Disturbances:
    """Each does its work again and again beside the days, and keeps what it found wrong."""

    def __init__(self, data: DataFolder, folder: Path) -> None:
        self._data, self._folder = data, folder
        self.problems: list[str] = []
        self.counts: Counter[str] = Counter()
        self._stop = threading.Event()

    @contextmanager
    def going_on(self) -> Iterator[None]:
        works = (self._back_up, self._sync, self._look, self._export)
        threads = [threading.Thread(target=self._repeat, args=(work,)) for work in works]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._stop.set()
            for thread in threads:
                thread.join()

    def _repeat(self, work: Callable[[], list[str]]) -> None:
        while not self._stop.is_set():
            try:
                self.problems += [f"{work.__name__}: {problem}" for problem in work()]
            except Exception as error:
                self.problems.append(f"{work.__name__}: {type(error).__name__}: {error}")
                return
            self.counts[work.__name__] += 1
            time.sleep(0.05)

    def _back_up(self) -> list[str]:
        copy = self._folder / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        Staging(self._data, copy).take()
        return [*problems_of(DataFolder(copy, 0), whole=False), *damage_in(DataFolder(copy, 0), 0)]

    def _sync(self) -> list[str]:
        return list(sync(self._data, GitFolder(self._folder / "git", "main"), with_ratings=True).plan.conflicts)

    def _look(self) -> list[str]:
        return damage_in(self._data, 0.5)

    def _export(self) -> list[str]:
        path = self._folder / "bundle.zip"
        export_bundle(Source(self._data), path, FIRST, min_free_mb=0)
        with open_bundle(path) as bundle:
            bundle.verify()
        return []


def damage_in(data: DataFolder, pause: float) -> list[str]:
    report = verify(data, {}, deep=True, pause=lambda seconds: time.sleep(pause))
    return [str(finding) for finding in report.findings if finding.severity == "damage"]


def contents(data: DataFolder) -> dict[str, bytes]:
    names = {path.relative_to(data.root): path for path in data.root.rglob("*") if path.is_file()}
    return {
        name.as_posix(): path.read_bytes()
        for name, path in names.items()
        if name.parts[:1] != ("state",) or name.parts[1] not in OWN
    }


def test_days_amid_backups_copies_looks_and_exports_are_quiet_days_byte_for_byte(tmp_path: Path) -> None:
    quiet, busy = DataFolder(tmp_path / "quiet", 0), DataFolder(tmp_path / "busy", 0)
    for day in range(DAYS):
        live_a_day(quiet, day)
    busy.prepare()
    disturbances = Disturbances(busy, tmp_path)
    with disturbances.going_on():
        for day in range(DAYS):
            live_a_day(busy, day)
            time.sleep(0.2)
    assert not disturbances.problems, "\n".join(disturbances.problems)
    assert len(disturbances.counts) == 4
    assert contents(quiet) == contents(busy)
    sync(busy, GitFolder(tmp_path / "git", "main"), with_ratings=True)
    for path in (tmp_path / "git" / "summaries").iterdir():
        assert path.read_bytes() == busy.path("summaries", path.name).read_bytes()
