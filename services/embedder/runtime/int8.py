"""Whether a compiled transformer runs as int8 from now on: where that keeps the vectors and is faster here."""

import logging
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.embedder.runtime.bfloat16 import LEAST_SPEEDUP, cpu_flags
from services.embedder.runtime.openvino import CompiledTransformer
from services.embedder.runtime.sample_texts import ABSTRACTS

log = logging.getLogger(__name__)

Rows = NDArray[np.floating[Any]]
Encode = Callable[[list[str]], Rows]
"""Texts to one vector a row."""

_LEAST_MEAN_COSINE = 0.999
_LEAST_COSINE = 0.995
_BYTE_PRODUCTS = {"avx512_vnni", "avx_vnni"}
_TIMED_RUNS = 3


def use_int8_if_exact_and_faster(compiled: CompiledTransformer, encode: Encode) -> None:
    """Where the vectors of abstracts have a mean cosine of 0.999 with those of float32, and 0.995 at least."""
    if not _BYTE_PRODUCTS & cpu_flags():
        return
    plain, plain_seconds = timed(encode)
    compiled.use("int8")
    quick, seconds = timed(encode)
    found = cosines(plain, quick)
    facts = {"cosine": round(float(found.mean()), 5), "speedup": round(plain_seconds / seconds, 2)}
    is_exact = found.mean() >= _LEAST_MEAN_COSINE and found.min() >= _LEAST_COSINE
    if not is_exact or facts["speedup"] < LEAST_SPEEDUP:
        compiled.use("float32")
        log.info("This model stays at float32.", extra={"action": "precision_kept", **facts})
        return
    log.info("The embedding model runs as int8 from now on.", extra={"action": "precision_chosen", **facts})


def timed(encode: Encode) -> tuple[Rows, float]:
    """Vectors of texts as long as abstracts, and the seconds of the quickest of some runs."""
    times = []
    for _ in range(_TIMED_RUNS):
        started = time.perf_counter()
        vectors = encode(list(ABSTRACTS))
        times.append(time.perf_counter() - started)
    return vectors, min(times)


def cosines(first: Rows, second: Rows) -> Rows:
    """The cosine of each row of one matrix with the same row of the other."""
    lengths = np.linalg.norm(first, axis=1) * np.linalg.norm(second, axis=1)
    return np.asarray(np.sum(first * second, axis=1) / lengths)
