"""A data folder of years, for benches: 300,000 papers with vectors, 10,000 summaries, a year of days, 3,000 ratings.

Made once in minutes and used again where a folder is named; benches that change something work on a copy.
"""

import resource
import shutil
import tempfile
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np

from shared.settings.settings import EmbeddingSettings
from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore
from shared.store.people.preferences import RatingStore
from shared.store.vectors.embeddings import VectorStore
from shared.store.vectors.manifest import Recipe
from shared.store.vectors.writer import Embedded, VectorWriter
from tests.bench.pages.bench_reader import library, live, make

ALIAS = EmbeddingSettings().model
DIMENSION = EmbeddingSettings().active.dimension
RECIPE = Recipe("bench", "1", DIMENSION, 256)
_AT_ONCE = 20_000


def options_of(description: str | None) -> Namespace:
    parser = ArgumentParser(description=description)
    parser.add_argument("--papers", type=int, default=300_000)
    parser.add_argument("--summaries", type=int, default=10_000)
    parser.add_argument("--folder", type=Path, help="kept, and used again")
    parser.add_argument("--scratch", type=Path, help="where there is room for copies")
    return parser.parse_args()


@contextmanager
def large_folder(options: Namespace) -> Iterator[tuple[Path, Path]]:
    """The folder, and an empty one for what is made of it."""
    with tempfile.TemporaryDirectory(dir=options.scratch, prefix="bench-") as name:
        folder = options.folder or Path(name, "library")
        _fill(DataFolder(folder, 0), options)
        scratch = Path(name, "scratch")
        scratch.mkdir()
        yield folder, scratch


def _fill(data: DataFolder, options: Namespace) -> None:
    made = library(options.papers, options.summaries)
    if MetadataStore(data).count() < options.papers:
        make(data, made)
    if not RatingStore(data).count():
        live(data, made)
    if VectorStore(data, ALIAS).count() < options.papers:
        for start in range(0, options.papers, _AT_ONCE):
            put_vectors(data, made.papers[start : start + _AT_ONCE], seed=start)
        VectorWriter(data, ALIAS, RECIPE).compact_fully()


def put_vectors(data: DataFolder, paper_ids: list[str], seed: int) -> None:
    matrix = np.random.default_rng(seed).normal(size=(len(paper_ids), DIMENSION)).astype(np.float32)
    matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
    at = datetime(2026, 11, 20, tzinfo=UTC)
    VectorWriter(data, ALIAS, RECIPE).put(Embedded(paper_ids, matrix, ["hash"] * len(paper_ids), "bench", at))


class Cost(NamedTuple):
    """Of some work: seconds by the clock, and of a processor, its processes included; these depend less on the load."""

    clock: float
    processor: float

    def __str__(self) -> str:
        return f"{self.clock:.1f}, {self.processor:.1f}"


class Row(NamedTuple):
    """What papersys takes for something, and a plain alternative, which `how` names."""

    ours: Cost
    plain: Cost
    how: str


def cost_of(work: Callable[[], object]) -> Cost:
    clock, processor = time.perf_counter(), _processor_seconds()
    work()
    return Cost(time.perf_counter() - clock, _processor_seconds() - processor)


def _processor_seconds() -> float:
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def plain_copy(source: Path, target: Path) -> None:
    shutil.copytree(source, target)


def table_of(rows: Mapping[str, Row]) -> str:
    """Each with seconds by the clock and of a processor, and the ratios of both."""
    lines = ["| what | papersys: clock, processor, s | plainly | ratios |", "|---|---|---|---|"]
    for what, (ours, plain, how) in rows.items():
        ratios = f"{ours.clock / plain.clock:.1f}, {ours.processor / plain.processor:.1f}"
        lines.append(f"| {what} | {ours} | {how}: {plain} | {ratios} |")
    return "\n".join(lines)
