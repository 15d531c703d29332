"""Yearly tables with two columns of vectors taken over: rows and bytes a second, and memory, against a plain copy.

python -m tests.bench.keeping.bench_migrating [--rows 60000] [--years 3] [--folder /where/there/is/room]

Prints a table and JSON. The tables are random and written to disk first; each row has 1,024 + 1,792 float32.
"""

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

DIMENSIONS = {"jasper_v1": 1_024, "conan_v1": 1_792}
GROUP = 5_000
_BLOCK_BYTES = 1024**2
ALL_PAPERS = 3_000_000
_WORDS = "deep graphs for the analysis of large quantum systems, robust estimation and $O(n)$"
_RUN = """
import resource, sys, time
from pathlib import Path
from shared.store.files.data_folder import DataFolder
from tests.support.folders.older_system import move_in
before = time.perf_counter()
move_in(DataFolder(Path(sys.argv[2]), 0), Path(sys.argv[1]))
seconds = time.perf_counter() - before
usage = resource.getrusage(resource.RUSAGE_SELF)
print(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=60_000)
    parser.add_argument("--years", type=int, default=3)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = Path(name)
        for number in range(options.years):
            write_year(folder / "old" / f"{2021 + number}.parquet", 2021 + number, options.rows // options.years)
        size = sum(path.stat().st_size for path in (folder / "old").iterdir())
        figures = measure(folder, options.rows, size)
    for what, value in figures.items():
        print(f"{what:<40} {value:12,.1f}")
    print(json.dumps({"rows": options.rows, "megabytes": size / 1e6, **figures}))


def measure(folder: Path, rows: int, size: int) -> dict[str, float]:
    """Seconds of a migration and of a plain copy with checksums before and after it, and what follows from them."""
    copies = [copied(folder)]
    command = [sys.executable, "-c", _RUN, str(folder / "old"), str(folder / "data")]
    result = subprocess.run(command, check=True, capture_output=True, text=True)
    shutil.rmtree(folder / "data")
    copies.append(copied(folder))
    seconds, processor, megabytes = map(float, result.stdout.split())
    copy_seconds, copy_processor = (sum(each) / len(copies) for each in zip(*copies, strict=True))
    return {
        "seconds": seconds,
        "seconds of a processor": processor,
        "rows a second": rows / seconds,
        "MB a second": size / 1e6 / seconds,
        "seconds of a plain copy with checksums": copy_seconds,
        "seconds of a processor for it": copy_processor,
        "times as long as the copy": seconds / copy_seconds,
        "peak memory, MB": megabytes,
        "minutes for 3 million rows": ALL_PAPERS * seconds / rows / 60,
    }


def copied(folder: Path) -> tuple[float, float]:
    """Seconds by the clock and of a processor that a copy takes whose SHA-256 is taken on the way, until it is on
    the disk."""
    before, processor = time.perf_counter(), time.process_time()
    target = folder / "copy"
    target.mkdir()
    for path in sorted((folder / "old").iterdir()):
        digest = hashlib.sha256()
        with path.open("rb") as source, (target / path.name).open("wb") as copy:
            while block := source.read(_BLOCK_BYTES):
                digest.update(block)
                copy.write(block)
            copy.flush()
            os.fsync(copy.fileno())
    seconds = time.perf_counter() - before, time.process_time() - processor
    shutil.rmtree(target)
    return seconds


def write_year(path: Path, year: int, rows: int) -> None:
    """One table, sorted by id, two in a hundred vectors all zeros."""
    path.parent.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(year)
    ids = [f"{year % 100:02}{1 + 12 * row // rows:02}.{row % 100_000:05}" for row in range(rows)]
    words = np.array(re.findall(r"\S+", _WORDS))
    writer = None
    for start in range(0, rows, GROUP):
        table = pa.table(_columns(random, sorted(ids[start : start + GROUP]), words, year))
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table)
    if writer is not None:
        writer.close()


def _columns(random: np.random.Generator, ids: list[str], words: Any, year: int) -> dict[str, object]:
    count, day = len(ids), f"{year}-01-02"
    return {
        "id": ids,
        "title": [" ".join(random.choice(words, 9)) for _ in ids],
        "authors": [["Ada Lovelace", "Émile Borel", "Li Wen"]] * count,
        "abstract": [" ".join(random.choice(words, 150)) for _ in ids],
        "date": [day] * count,
        "categories": [["cs.LG", "stat.ML"]] * count,
        "created": [day] * count,
        "updated": [day] * count,
        "license": ["http://arxiv.org/licenses/nonexclusive-distrib/1.0/"] * count,
        **{name: _vectors(random, count, dimension) for name, dimension in DIMENSIONS.items()},
    }


def _vectors(random: np.random.Generator, count: int, dimension: int) -> pa.Array:
    matrix = random.standard_normal((count, dimension), dtype=np.float32)
    matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
    matrix[random.random(count) < 0.02] = 0
    offsets = np.arange(0, count * dimension + 1, dimension, dtype=np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), pa.array(matrix.reshape(-1)))


if __name__ == "__main__":
    main()
