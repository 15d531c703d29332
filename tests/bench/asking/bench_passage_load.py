"""Thousands of papers as passages: adding them beside embedding them alone, asking them, memory.

`python -m tests.bench.asking.bench_passage_load [--papers 2000] [--embedded 10]` prints a table and JSON. The papers
are made of real sections (`PAPERSYS_REAL_DATA`), drawn at random, 20 chunks each. What embedding costs is measured on
some of them with the real model; the others get vectors near that of their first real section, so that the run takes
minutes. Nothing is asserted.
"""

import argparse
import asyncio
import contextlib
import ctypes
import gc
import json
import multiprocessing
import os
import random
import resource
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from services.embedder.commands import encode_texts
from services.embedder.settings import Settings as EmbedderSettings
from services.summarizer.research.chunking.sections import chunks_of
from services.summarizer.research.retrieval.corpora import ResolvedCorpus
from services.summarizer.research.retrieval.opening import create_passages
from services.summarizer.research.retrieval.recipes import texts_of
from services.summarizer.research.retrieval.retriever import Retriever
from services.summarizer.settings import Settings
from shared.contracts import Encode, EncodeReply, now
from shared.settings.settings import DataSettings
from shared.store.files.data_folder import DataFolder
from shared.store.papers.documents import DocumentRecord, DocumentStore
from shared.store.research.reading_list import ReadingListStore
from tests.bench.asking.bench_passages import papers
from tests.support.bus.in_memory import FakeBus

CHUNKS_A_PAPER = 20
QUESTIONS = 30
DIMENSION = 384


class MadeUp:
    """Vectors at once: of the same beginning the same direction, and some noise."""

    def __init__(self, seed: int) -> None:
        self._random = np.random.default_rng(seed)
        self._directions = self._random.normal(size=(50, DIMENSION)).astype(np.float32)
        self.seconds = 0.0

    def answer(self, request: Encode) -> EncodeReply:
        started = time.perf_counter()
        rows = [self._direction(text) for text in request.texts]
        reply = EncodeReply(model="minilm", vectors=tuple(tuple(row) for row in np.round(rows, 7).tolist()))
        self.seconds += time.perf_counter() - started
        return reply

    def _direction(self, text: str) -> NDArray[np.float64]:
        row = self._directions[sum(map(ord, text[:40])) % 50] + self._random.normal(size=DIMENSION)
        return np.asarray(row / np.linalg.norm(row), dtype=np.float64)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--papers", type=int, default=2000)
    parser.add_argument("--embedded", type=int, default=10)
    options = parser.parse_args()
    draw = random.Random(0)
    sections = [chunk.text for name, text in papers().items() for chunk in chunks_of(name, 1, text)]
    texts = {f"26{1 + n % 12:02}.{n:05}": paper_of(sections, draw) for n in range(options.papers)}
    sample = [chunk for name in list(texts)[: options.embedded] for chunk in chunks_of(name, 1, texts[name])]
    embedding = _embedding_seconds([text for chunk in sample for text in texts_of(chunk)]) / len(sample)
    with tempfile.TemporaryDirectory() as folder:
        figures = asyncio.run(measured(Path(folder), texts, embedding, draw))
    figures["load"] = [round(load, 1) for load in os.getloadavg()]
    print(json.dumps(figures, indent=1))


def paper_of(sections: Sequence[str], draw: random.Random) -> str:
    return "".join(f"## Section {n}\n\n{draw.choice(sections)}\n\n" for n in range(CHUNKS_A_PAPER))


async def measured(folder: Path, texts: dict[str, str], embedding: float, draw: random.Random) -> dict[str, object]:
    """Figures of adding and asking; `embedding` is what a chunk takes alone, in seconds."""
    encoder, bus = MadeUp(0), FakeBus()
    bus.answers[Encode] = encoder.answer
    settings = Settings.model_validate({"data": DataSettings(path=folder, min_free_mb=0)})
    data = DataFolder(folder, 0)
    before = _memory_mb()
    passages = create_passages(settings, data, bus.ask, ReadingListStore(data))
    await passages.retriever.open()
    documents = DocumentStore(data)
    for name, text in texts.items():
        documents.put(DocumentRecord(paper_id=name, version=1, status="converted", made_at=now()), text, [])
    started = time.perf_counter()
    chunks = sum([await passages.retriever.index(name, 1) for name in texts])
    adding = (time.perf_counter() - started - encoder.seconds) / chunks
    names = list(texts)
    asked = {n: await _asking(passages.retriever, names[:n], texts, draw) for n in (10, 200, len(texts))}
    added = _memory_mb() - before
    await passages.retriever.close()
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as another:
        opening, opened = another.submit(_opened, folder).result()
    row = {
        "papers": len(texts),
        "chunks": chunks,
        "ms a chunk, embedding alone": round(1000 * embedding, 2),
        "ms a chunk, all else": round(1000 * adding, 2),
        "all else, of embedding": round(adding / embedding, 3),
        "ms a question, median and slowest, by papers asked": asked,
        "seconds to open": round(opening, 1),
        "MB more than at the start": round(added),
        "MB more in another process that opens it": round(opened),
        "MB on disk": round(sum(path.stat().st_size for path in (folder / "chunks").rglob("*.parquet")) / 1e6),
    }
    print("\n".join(f"{name:52} {value}" for name, value in row.items()))
    return row


def _opened(folder: Path) -> tuple[float, float]:
    """Seconds to open the passages of a folder, and MB that they take then."""
    return asyncio.run(_open(folder))


async def _open(folder: Path) -> tuple[float, float]:
    settings = Settings.model_validate({"data": DataSettings(path=folder, min_free_mb=0)})
    data = DataFolder(folder, 0)
    passages = create_passages(settings, data, FakeBus().ask, ReadingListStore(data))
    before, started = _kept_mb(), time.perf_counter()
    await passages.retriever.open()
    seconds = time.perf_counter() - started
    memory = _kept_mb() - before
    await passages.retriever.close()
    return seconds, memory


def _embedding_seconds(texts: list[str]) -> float:
    encode_texts(EmbedderSettings(), texts[:4])
    started = time.perf_counter()
    encode_texts(EmbedderSettings(), texts[:1])
    loading = time.perf_counter() - started
    started = time.perf_counter()
    encode_texts(EmbedderSettings(), texts)
    return time.perf_counter() - started - loading


async def _asking(retriever: Retriever, names: list[str], texts: dict[str, str], draw: random.Random) -> list[float]:
    """Median and slowest of some questions, in milliseconds, without the embedder's time."""
    corpus = ResolvedCorpus(papers=dict.fromkeys(names, 1))
    times = []
    for _ in range(QUESTIONS):
        words = texts[draw.choice(names)].split()
        begin = draw.randrange(len(words))
        started = time.perf_counter()
        await retriever.find(" ".join(words[begin : begin + 10]), corpus, 20)
        times.append(1000 * (time.perf_counter() - started))
    return [round(float(np.median(times)), 1), round(max(times), 1)]


def _kept_mb() -> float:
    """Memory without what was freed and not yet given back, which glibc alone can be asked for."""
    gc.collect()
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)
    return _memory_mb()


def _memory_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


if __name__ == "__main__":
    main()
