"""Reading, adding to and compacting large sets of vectors, against plain pyarrow on the same files in the same run.

Run as `python -m tests.bench.vectors.bench_vectors [rows a year] [years]`; prints a table and a line of JSON, asserts
nothing. It needs about 4 KB of disk a row.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from shared.store.files.data_folder import DataFolder
from shared.store.vectors.embeddings import VectorStore
from shared.store.vectors.manifest import Recipe
from shared.store.vectors.snapshot import SnapshotKeeper
from shared.store.vectors.writer import Embedded, VectorWriter

WIDTH = 384
ALIAS = "bench"
RECIPE = Recipe("bench", "1", WIDTH, 256)
REPEATS = 3
_MB = 1e6


def vectors(year: int, first: int, count: int) -> Embedded:
    rows = range(first, first + count)
    ids = [f"{year % 100:02}{1 + row // 99_999:02}.{1 + row % 99_999:05}" for row in rows]
    matrix = np.random.default_rng(first).normal(size=(count, WIDTH)).astype(np.float32)
    matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
    return Embedded(ids, matrix, [f"{row:032x}" for row in rows], "bench", datetime.now(UTC))


def read_plainly(data: DataFolder) -> tuple[int, np.ndarray]:
    """What one would write without a store."""
    tables = [pq.read_table(path) for path in sorted(data.path("embeddings", ALIAS).glob("*.parquet"))]
    ids = [one for table in tables for one in table.column("paper_id").to_pylist()]
    chunks = [chunk for table in tables for chunk in table.column("embedding").chunks]
    return len(ids), np.concatenate([chunk.flatten().to_numpy().reshape(-1, WIDTH) for chunk in chunks])


def read_parquet(data: DataFolder) -> tuple[int, np.ndarray]:
    ids, matrix = VectorStore(data, ALIAS, cached=False).all()
    return len(ids), matrix


def read_map(data: DataFolder) -> tuple[int, np.ndarray]:
    ids, matrix = VectorStore(data, ALIAS).all()
    return len(ids), matrix


READERS: dict[str, Callable[[DataFolder], tuple[int, np.ndarray]]] = {
    "pyarrow and concatenate": read_plainly,
    "store, from Parquet": read_parquet,
    "store, memory-mapped copy": read_map,
}


def measure(name: str, root: Path) -> dict[str, float]:
    """In a process of its own: the best of some reads, each into an array that one product then goes through."""
    data, query = DataFolder(root, 0), np.ones(WIDTH, np.float32)
    before = _memory("VmRSS")
    walls, cpus, opened = [], [], []
    for _ in range(REPEATS):
        wall, cpu = time.perf_counter(), time.process_time()
        count, matrix = READERS[name](data)
        opened.append(time.perf_counter() - wall)
        if name.endswith("copy"):
            float((matrix @ query).sum())
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
        size = matrix.nbytes
        assert count == len(matrix)
        del matrix
    extra = _memory("VmHWM") - before - size
    return {
        "gb_per_second": round(size / min(walls) / 1e9, 2),
        "gb_per_cpu_second": round(size / min(cpus) / 1e9, 2),
        "open_seconds": round(min(opened), 3),
        "extra_mb": round(extra / _MB),
    }


def _memory(name: str) -> int:
    """A line of the process's status, in bytes; VmHWM is the most memory that it ever had."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(name))


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds of wall and of processor."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return round(time.perf_counter() - wall, 2), round(time.process_time() - cpu, 2)


def written(folder: Path, before: dict[str, int]) -> float:
    """MB in files that are new or changed."""
    now = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    return round(sum((folder / name).stat().st_size for name in now if now[name] != before.get(name)) / _MB, 2)


def add_and_compact(root: Path, rows: int) -> dict[str, float]:
    data, year = DataFolder(root, 0), 2024
    writer, folder = VectorWriter(data, ALIAS, RECIPE), data.path("embeddings", ALIAS)
    news = vectors(year, rows, 500)
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    wall, cpu = timed(lambda: writer.put(news))
    facts = {"add_seconds": wall, "add_cpu_seconds": cpu, "add_mb": written(folder, before)}
    for number in range(1, 17):
        writer.put(vectors(year, rows + 500 * number, 500))

    store, stop, reads = VectorStore(data, ALIAS, cached=False), threading.Event(), [0]

    def read_meanwhile() -> None:
        while not stop.is_set():
            assert store.get(news.paper_ids).ids == news.paper_ids
            reads[0] += 1

    reader = threading.Thread(target=read_meanwhile)
    reader.start()
    wall, cpu = timed(writer.compact_fully)
    stop.set()
    reader.join()
    facts |= {"compaction_seconds": wall, "compaction_cpu_seconds": cpu, "reads_meanwhile": reads[0]}
    table = pq.read_table(folder / f"{year}.parquet")
    rewrite, _ = timed(lambda: pq.write_table(table, folder / ".rewritten.tmp", compression="NONE"))
    return {**facts, "plain_rewrite_seconds": rewrite}


def main() -> None:
    if sys.argv[1:2] == ["--measure"]:
        print(json.dumps(measure(sys.argv[2], Path(sys.argv[3]))))
        return
    rows, years = ([int(text) for text in sys.argv[1:]] + [50_000, 4][len(sys.argv) - 1 :])[:2]
    with tempfile.TemporaryDirectory(prefix="papersys-bench-", dir=os.environ.get("PAPERSYS_BENCH_DIR")) as folder:
        root = Path(folder)
        data = DataFolder(root, 0)
        for year in range(2024, 2024 - years, -1):
            VectorWriter(data, ALIAS, RECIPE).put(vectors(year, 0, rows))
        made, _ = timed(SnapshotKeeper(data, ALIAS).refresh)
        print(f"{rows * years} x {WIDTH}, load {os.getloadavg()[0]:.1f}; the mapped copy took {made} s to make")
        found = {}
        for name in READERS:
            command = [sys.executable, "-m", "tests.bench.vectors.bench_vectors", "--measure", name, folder]
            found[name] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
            print(f"{name:28}", found[name])
        ratios = {
            name: one["gb_per_second"] / found["pyarrow and concatenate"]["gb_per_second"]
            for name, one in found.items()
        }
        written_facts = add_and_compact(root, rows)
        print(f"{'adding 500, compacting':28}", written_facts)
        print(
            json.dumps({"rows": rows * years, "ratios": {k: round(v, 1) for k, v in ratios.items()}, **written_facts})
        )


if __name__ == "__main__":
    main()
