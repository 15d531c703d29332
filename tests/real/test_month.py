"""The launcher against a demo arXiv that serves a month of real papers and real e-prints: nothing missing, none twice.

A slice runs with every test; `make real` runs the whole month.
"""

import gzip
import json
import shutil
import time
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore
from shared.store.papers.summaries import SummaryStore
from shared.store.people.preferences import RatingStore
from shared.store.selections import SelectionStore
from shared.store.vectors.embeddings import VectorStore
from tests.support.checks.waiting import eventually_sync
from tests.support.folders.real_data import real_data
from tests.support.processes.system import System, running_system

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("month")]
MONTH = "2025-03.jsonl.gz"
FIRST_PART = date(2025, 3, 20)
AFTER_ALL = date(2025, 4, 2)
LIKED_WORDS = ("diffusion", "language model")


def month(every: int) -> list[dict[str, Any]]:
    with gzip.open(real_data("papers", MONTH), "rt", encoding="utf-8") as file:
        return [json.loads(line) for number, line in enumerate(file) if number % every == 0]


def serve_folder(folder: Path, papers: list[dict[str, Any]]) -> Path:
    """A folder for the demo arXiv: these papers, and every real e-print."""
    folder.mkdir()
    with (folder / "papers.jsonl").open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(paper) + "\n" for paper in papers)
    for eprint in real_data("latex").glob("*.gz"):
        shutil.copy(eprint, folder)
    return folder


def set_today(system: System, day: date) -> None:
    address = f"http://127.0.0.1:{system.ports['demo']}/_demo/today"
    assert httpx.post(address, json={"today": day.isoformat()}, trust_env=False).is_success


def give_ratings(system: System, papers: list[dict[str, Any]], count: int) -> set[str]:
    """Ratings of an owner with two interests; returns the ids judged."""
    early = [paper for paper in papers if paper["first_seen"] <= FIRST_PART.isoformat()]
    liked = [one["id"] for one in early if any(word in one["title"].lower() for word in LIKED_WORDS)][: count // 2]
    disliked = [one["id"] for one in early if one["id"] not in liked][: count - len(liked)]
    assert system.command("like", *liked).returncode == 0
    assert system.command("dislike", *disliked).returncode == 0
    return {*liked, *disliked}


def go_through(folder: Path, every: int, read: int, per_day: int) -> None:
    papers = month(every)
    ids = {paper["id"] for paper in papers}
    environment = {
        "PAPERSYS_DEMO__FOLDER": str(serve_folder(folder / "arxiv", papers)),
        "PAPERSYS_FETCHER__HARVEST_ON_START": "false",
        "PAPERSYS_FETCHER__START": "2025-03-01",
        "PAPERSYS_RANKER__PER_DAY": str(per_day),
    }
    settings = "[demo]\nenabled = true\n[fetcher]\ncategories = []\npace_seconds = 0\n"
    with running_system(folder / "system", settings, **environment) as system:
        started = time.monotonic()
        data = DataFolder(system.data, 0)
        vectors = VectorStore(data, "minilm")
        set_today(system, FIRST_PART)
        assert system.command("fetch").returncode == 0
        early = {paper["id"] for paper in papers if paper["first_seen"] <= FIRST_PART.isoformat()}
        eventually_sync(lambda: early <= set(vectors.all().ids), 600, "the first part is embedded")
        judged = give_ratings(system, papers, 30)
        eventually_sync(lambda: judged <= set(RatingStore(data).current()), 60, "30 ratings are stored")
        eventually_sync(lambda: '"ratings": 30' in model_text(system), 60, "the ranker has learned from 30 ratings")
        set_today(system, AFTER_ALL)
        assert system.command("fetch").returncode == 0
        harvested = [paper.paper_id for paper in MetadataStore(data).all()]
        assert sorted(paper_id for paper_id in harvested if paper_id in ids) == sorted(ids)
        eventually_sync(lambda: ids <= set(vectors.all().ids), 900, "all papers are embedded")
        assert len(vectors.all().ids) == len(set(vectors.all().ids))
        store = SelectionStore(data)
        eventually_sync(lambda: store.days()[:1] and store.days()[0] > FIRST_PART, 120, "the second part is ranked")
        last = store.day(store.days()[0])
        picks = [one for one in last if one.outcome == "picked"]
        assert len(picks) == per_day
        assert {one.regime for one in picks} == {"regression"}
        summaries = SummaryStore(data)
        wanted = {one.paper_id for one in picks}
        eventually_sync(lambda: wanted <= {one.paper_id for one in summaries.all()}, 300, "all picks are summarised")
        page = system.get("/").text
        assert all(paper_id in page for paper_id in wanted)
        read_eprints(system, summaries, read)
        hits = [one for one in picks if any(word in title_of(papers, one.paper_id) for word in LIKED_WORDS)]
        seconds = time.monotonic() - started
        print(f"\n{len(ids)} papers of the month and {read} real e-prints in {seconds:.0f} s; ", end="")
        print(f"{len(hits)} of {per_day} picks name a liked topic; base rate {base_rate(papers):.0%}")


def read_eprints(system: System, summaries: SummaryStore, count: int) -> None:
    """Real e-prints, old and new, are read on request."""
    wanted = ["1706.03762", "quant-ph/9802040", "1403.0039", "1403.0038", "1403.0037", "1403.0040", "2501.01300"][
        :count
    ]
    assert system.command("reprocess", *wanted).returncode == 0
    eventually_sync(lambda: len(summaries.get_many(wanted)) == count, 400, f"{wanted} are summarised")
    read = summaries.get_many(wanted)
    routes = {paper_id: summary.made_by.document_route for paper_id, summary in read.items()}
    assert set(routes.values()) == {"latex"}, routes
    claims = [claim for summary in read.values() for field in summary.fields for claim in field.claims]
    assert claims
    assert all(claim.found for claim in claims)


def model_text(system: System) -> str:
    path = system.data / "state" / "ranker" / "me" / "model.json"
    return path.read_text() if path.exists() else ""


def title_of(papers: list[dict[str, Any]], paper_id: str) -> str:
    return next((str(paper["title"]).lower() for paper in papers if paper["id"] == paper_id), "")


def base_rate(papers: list[dict[str, Any]]) -> float:
    late = [paper for paper in papers if paper["first_seen"] > FIRST_PART.isoformat()]
    return sum(any(word in paper["title"].lower() for word in LIKED_WORDS) for paper in late) / len(late)


@pytest.mark.proof
def test_a_slice_of_a_real_month_goes_from_harvest_to_page(tmp_path: Path) -> None:
    go_through(tmp_path, every=20, read=1, per_day=5)


@pytest.mark.slow
def test_a_whole_real_month_goes_from_harvest_to_page(tmp_path: Path) -> None:
    go_through(tmp_path, every=1, read=7, per_day=10)
