"""20,000 papers that were read: seconds to rebuild Qdrant's index, milliseconds to find candidates for a new paper.

`python -m tests.bench.reading.bench_links [--papers 20000]` prints a table and JSON; synthetic papers in a temporary
folder, each with vectors of abstract, problem and method. Beside the rebuild, in the same run: one upsert a point into
Qdrant's local mode as it comes, on 500 points. Nothing is asserted.
"""

import argparse
import asyncio
import json
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import numpy as np

from services.summarizer.links.candidates import CandidateFinder
from services.summarizer.links.field_vectors import FieldVectors, field_texts
from services.summarizer.links.indexed_papers import IndexedPapers
from services.summarizer.links.neighbour_index import NeighbourIndex
from services.summarizer.links.qdrant_storage import VectorName
from services.summarizer.vectors import Matrix
from shared.store.files.data_folder import DataFolder
from shared.store.papers.links import Link, LinkStore
from shared.store.papers.metadata import MetadataStore, Paper
from shared.store.papers.summaries import Claim, FieldValue, MadeBy, Quote, Summary, SummaryStore
from shared.store.people.preferences import RatingStore
from shared.store.vectors.embeddings import VectorStore
from tests.support.papers.summarizer import write_vectors

DIMENSION = 384
WORDS = [f"{a}{b}" for a in ("graph", "merge", "light", "fold", "speech", "proof") for b in range(400)]
START = datetime(2020, 1, 1, tzinfo=UTC)
A_MONTH = 300


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--papers", type=int, default=20_000)
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(asyncio.run(measured(Path(folder), parser.parse_args().papers)), indent=1))


async def measured(folder: Path, count: int) -> dict[str, float]:
    data = DataFolder(folder, 0)
    rng = np.random.default_rng(0)
    fields = FieldVectors(data, DIMENSION)
    papers = [paper_of(number, rng) for number in range(count)]
    store(data, fields, papers, rng)
    summaries, metadata, vectors = SummaryStore(data), MetadataStore(data), VectorStore(data, "minilm")
    library = IndexedPapers(summaries, metadata, vectors, fields)
    index = NeighbourIndex(data, "minilm", DIMENSION)
    result: dict[str, float] = {"papers": count}
    await index.open()
    began = time.perf_counter()
    await index.clear()
    assert await library.catch_up(index) == count
    result["rebuild_seconds"] = time.perf_counter() - began
    began = time.perf_counter()
    await library.catch_up(index)
    result["catch_up_with_nothing_to_do_seconds"] = time.perf_counter() - began
    await index.close()
    index = NeighbourIndex(data, "minilm", DIMENSION)
    began = time.perf_counter()
    await index.open()
    result["open_seconds"] = time.perf_counter() - began
    links = LinkStore(data)
    finder = CandidateFinder(index, summaries, metadata, vectors, links, RatingStore(data))
    result |= await question_times(index, finder, links, papers, rng)
    await index.close()
    result["plain_points_per_second"] = plain_rate(folder / "plain", rng)
    result["ratio_to_plain"] = count / result["rebuild_seconds"] / result["plain_points_per_second"]
    return {name: round(value, 4) for name, value in result.items()}


async def question_times(
    index: NeighbourIndex, finder: CandidateFinder, links: LinkStore, papers: list[Paper], rng: np.random.Generator
) -> dict[str, float]:
    nearest, found, ends = [], [], []
    for number in range(30):
        paper = papers[int(rng.integers(len(papers)))]
        asked: dict[VectorName, Matrix] = {"abstract": unit(rng), "problem": unit(rng), "method": unit(rng)}
        began = time.perf_counter()
        await index.nearest_by(asked, 16, without=paper.paper_id)
        nearest.append(time.perf_counter() - began)
        began = time.perf_counter()
        await finder.find(paper, (f"tag-{number}",), asked, (), 24)
        found.append(time.perf_counter() - began)
        began = time.perf_counter()
        links.of(paper.paper_id)
        ends.append(time.perf_counter() - began)
    return {
        "nearest_by_three_vectors_ms": 1000 * median(nearest),
        "candidates_first_ms": 1000 * found[0],
        "candidates_ms": 1000 * median(found),
        "candidates_slowest_after_first_ms": 1000 * max(found[1:]),
        "links_of_a_paper_first_ms": 1000 * ends[0],
        "links_of_a_paper_ms": 1000 * median(ends),
    }


def plain_rate(folder: Path, rng: np.random.Generator) -> float:
    """Points a second where each is one upsert of lists of floats into a local collection as it comes."""
    from qdrant_client import QdrantClient, models

    client = QdrantClient(path=str(folder))
    names = ("abstract", "problem", "method")
    params = {name: models.VectorParams(size=DIMENSION, distance=models.Distance.COSINE) for name in names}
    client.create_collection("plain", vectors_config=params)
    began, count = time.perf_counter(), 500
    for number in range(count):
        vector = {name: unit(rng).tolist() for name in names}
        client.upsert("plain", [models.PointStruct(id=number, vector=vector, payload={"paper_id": str(number)})])
    rate = count / (time.perf_counter() - began)
    client.close()
    return rate


def store(data: DataFolder, fields: FieldVectors, papers: list[Paper], rng: np.random.Generator) -> None:
    """Everything as the services would have written it."""
    MetadataStore(data).put(papers)
    ids = [paper.paper_id for paper in papers]
    write_vectors(data, {paper_id: unit(rng) for paper_id in ids})
    recipe = repr(VectorStore(data, "minilm").recipe)
    summaries = [summary_of(paper, rng) for paper in papers]
    fields.put(recipe, {text: unit(rng) for summary in summaries for text in field_texts(summary).values()})
    by_month: dict[str, list[Summary]] = {}
    for summary in summaries:
        by_month.setdefault(f"20{summary.paper_id[:2]}-{summary.paper_id[2:4]}", []).append(summary)
    for month, members in by_month.items():
        write(data.path("summaries", f"{month}.jsonl"), [summary.model_dump_json() for summary in members])
        lines = [links_line(summary.paper_id, ids, rng) for summary in members]
        write(data.path("links", f"{month}.jsonl"), lines)


def write(path: Path, lines: list[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", "utf-8")


def links_line(paper_id: str, ids: list[str], rng: np.random.Generator) -> str:
    others = [ids[int(number)] for number in rng.integers(len(ids), size=20)]
    links = [
        Link(paper_id=paper_id, other_id=other, type="cites", score=1.0, evidence="A. Author. " * 8) for other in others
    ]
    listed = [link.model_dump(mode="json") for link in links]
    return json.dumps({"paper_id": paper_id, "links": listed, "made_at": START.isoformat()})


def paper_of(number: int, rng: np.random.Generator) -> Paper:
    month, place = divmod(number, A_MONTH)
    year, month_of_year = 20 + month // 12, month % 12 + 1
    when = START + timedelta(days=number / 10)
    return Paper(
        paper_id=f"{year}{month_of_year:02}.{place + 1:05}",
        version=1,
        title=words(rng, 9),
        abstract=". ".join(words(rng, 20).capitalize() for _ in range(8)) + ".",
        authors=("A. Author",),
        categories=("cs.DS",),
        primary_category="cs.DS",
        published_at=when,
        updated_at=when,
    )


def summary_of(paper: Paper, rng: np.random.Generator) -> Summary:
    return Summary(
        paper_id=paper.paper_id,
        version=1,
        mode="extractive",
        fields=tuple(field(name, words(rng, 22)) for name in ("problem", "method", "result")),
        tags=tuple(f"tag-{int(tag)}" for tag in rng.integers(2000, size=5)),
        made_at=START,
        made_by=MadeBy(event_id="bench", model="extractive"),
    )


def field(name: str, text: str) -> FieldValue:
    return FieldValue(name=name, claims=(Claim(text=text, quotes=(Quote(text=text),)),))


def words(rng: np.random.Generator, count: int) -> str:
    return " ".join(WORDS[int(number)] for number in rng.integers(len(WORDS), size=count))


def unit(rng: np.random.Generator) -> Matrix:
    vector = rng.normal(size=DIMENSION)
    return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)


if __name__ == "__main__":
    main()
