"""The same vectors in Parquet, Arrow IPC and .npy, each read into one array by the readers that there are for it.

Run as `python -m tests.bench.vectors.bench_vector_formats [rows]`; prints a table and a line of JSON, asserts nothing.
What the store needs: 1 GB/s into an array with at most 200 MB beside it, and a few rows without reading all. Each
reader runs in a process of its own, on one thread and on the files' second reading, so from memory.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from shared.store.vectors.parquet_floats import PlainFloats, plain_floats
from shared.store.vectors.table import ROW_GROUP, schema

WIDTH, REPEATS, FEW = 384, 3, 1_000
BATCH_ROWS = 8_192
Matrix = NDArray[np.float32]
Rows = NDArray[np.int64]


class Reader(Protocol):
    """Reads the vectors of one format into an array that is there already."""

    file: str

    def all(self, path: Path, out: Matrix) -> None: ...

    def few(self, path: Path, rows: Rows, out: Matrix) -> None: ...


class Ours:
    """`shared.store.vectors.parquet_floats`."""

    file = "list.parquet"

    def all(self, path: Path, out: Matrix) -> None:
        self._floats(path).read_into(out)

    def few(self, path: Path, rows: Rows, out: Matrix) -> None:
        self._floats(path).rows_into(out, rows)

    def _floats(self, path: Path) -> PlainFloats:
        with path.open("rb") as content:
            floats = plain_floats(path, content, "embedding")
        assert floats is not None
        return floats


class WholeTable:
    """pyarrow's own reader: the table, then the array."""

    file = "list.parquet"

    def all(self, path: Path, out: Matrix) -> None:
        out[:] = self._matrix(path)

    def few(self, path: Path, rows: Rows, out: Matrix) -> None:
        out[:] = self._matrix(path)[rows]

    def _matrix(self, path: Path) -> Matrix:
        column = pq.read_table(path, columns=["embedding"], use_threads=False).column(0).combine_chunks()
        return _matrix_of(column)


class Batches:
    """pyarrow's own reader, batch by batch into the array: little memory beside it."""

    file = "list.parquet"

    def all(self, path: Path, out: Matrix) -> None:
        first = 0
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(BATCH_ROWS, columns=["embedding"], use_threads=False):
                out[first : first + len(batch)] = _matrix_of(batch.column(0))
                first += len(batch)

    def few(self, path: Path, rows: Rows, out: Matrix) -> None:
        with pq.ParquetFile(path) as file:
            first = 0
            for batch in file.iter_batches(BATCH_ROWS, columns=["embedding"], use_threads=False):
                here = (rows >= first) & (rows < first + len(batch))
                out[here] = _matrix_of(batch.column(0))[rows[here] - first]
                first += len(batch)


class FixedBytes(Batches):
    """pyarrow's own reader of Parquet that keeps each vector as bytes: no levels, but no numbers to other programs."""

    file = "bytes.parquet"


class ArrowIpc:
    """Arrow IPC, memory-mapped."""

    file = "list.arrow"

    def all(self, path: Path, out: Matrix) -> None:
        with pa.memory_map(str(path)) as source:
            first = 0
            reader = pa.ipc.open_file(source)
            for number in range(reader.num_record_batches):
                column = reader.get_batch(number).column("embedding")
                out[first : first + len(column)] = _matrix_of(column)
                first += len(column)

    def few(self, path: Path, rows: Rows, out: Matrix) -> None:
        with pa.memory_map(str(path)) as source:
            reader = pa.ipc.open_file(source)
            for number in np.unique(rows // BATCH_ROWS).tolist():
                here = rows // BATCH_ROWS == number
                out[here] = _matrix_of(reader.get_batch(number).column("embedding"))[rows[here] - number * BATCH_ROWS]


class Npy:
    """numpy's own format, memory-mapped; ids and hashes would need a file of their own beside it."""

    file = "matrix.npy"

    def all(self, path: Path, out: Matrix) -> None:
        out[:] = np.load(path, mmap_mode="r")

    def few(self, path: Path, rows: Rows, out: Matrix) -> None:
        out[:] = np.load(path, mmap_mode="r")[rows]


READERS: dict[str, Reader] = {
    "Parquet, parquet_floats": Ours(),
    "Parquet, pyarrow's table": WholeTable(),
    "Parquet, pyarrow's batches": Batches(),
    "Parquet of bytes, pyarrow": FixedBytes(),
    "Arrow IPC, mapped": ArrowIpc(),
    ".npy, mapped": Npy(),
}


def _matrix_of(column: pa.Array) -> Matrix:
    """Rows of a list or of a fixed_size_binary column, without a copy."""
    if pa.types.is_fixed_size_binary(column.type):
        start = column.offset * WIDTH
        return np.frombuffer(column.buffers()[1], np.float32)[start:][: len(column) * WIDTH].reshape(-1, WIDTH)
    return column.flatten().to_numpy(zero_copy_only=True).reshape(-1, WIDTH)  # type: ignore[no-any-return]


def write_all(folder: Path, rows: int) -> dict[str, float]:
    """The same numbers in each format, uncompressed; returns the MB of each file."""
    matrix = np.random.default_rng(0).normal(size=(rows, WIDTH)).astype(np.float32)
    lists = pa.FixedSizeListArray.from_arrays(pa.array(matrix.reshape(-1)), WIDTH)
    kind = pa.schema([schema(WIDTH).field("embedding")])
    table = pa.table({"embedding": lists}).cast(kind)
    as_bytes = pa.FixedSizeBinaryArray.from_buffers(pa.binary(WIDTH * 4), rows, [None, pa.py_buffer(matrix)])
    plainly = {"compression": "NONE", "use_dictionary": False, "row_group_size": ROW_GROUP}
    pq.write_table(table, folder / Ours.file, **plainly)
    pq.write_table(pa.table({"embedding": as_bytes}), folder / FixedBytes.file, **plainly)
    with pa.ipc.new_file(folder / ArrowIpc.file, kind) as target:
        target.write_table(table, max_chunksize=BATCH_ROWS)
    np.save(folder / Npy.file, matrix)
    return {path.name: round(path.stat().st_size / 1e6, 1) for path in sorted(folder.iterdir())}


def measure(name: str, folder: Path, rows: int) -> dict[str, float]:
    """The best of some readings of everything, and of a few rows anywhere."""
    reader = READERS[name]
    path = folder / reader.file
    out = np.ones((rows, WIDTH), np.float32)
    chosen = np.sort(np.random.default_rng(1).choice(rows, FEW, replace=False))
    few = np.empty((FEW, WIDTH), np.float32)
    whole, extra = _best(lambda: reader.all(path, out))
    some, _ = _best(lambda: reader.few(path, chosen, few))
    assert np.array_equal(few, out[chosen])
    return {
        "gb_per_second": round(out.nbytes / whole[0] / 1e9, 2),
        "gb_per_cpu_second": round(out.nbytes / whole[1] / 1e9, 2),
        "extra_mb": round(extra / 1e6),
        f"ms_for_{FEW}_rows": round(some[0] * 1e3, 1),
    }


def _best(work: Callable[[], None]) -> tuple[tuple[float, float], int]:
    """The least seconds of wall and of processor, and the most bytes that the work had beside what was there before."""
    walls, cpus = [], []
    before, most, stop = _anonymous_bytes(), [0], threading.Event()

    def look() -> None:
        while not stop.wait(0.005):
            most.append(_anonymous_bytes() - before)

    watcher = threading.Thread(target=look)
    watcher.start()
    for _ in range(REPEATS):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    stop.set()
    watcher.join()
    return (min(walls), min(cpus)), max(most)


def _anonymous_bytes() -> int:
    """Memory of this process that is no copy of a file: mapped pages can be dropped at any time."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("RssAnon"))


def main() -> None:
    if sys.argv[1:2] == ["--measure"]:
        print(json.dumps(measure(sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]))))
        return
    rows = int(sys.argv[1]) if sys.argv[1:] else 300_000
    with tempfile.TemporaryDirectory(prefix="papersys-bench-", dir=os.environ.get("PAPERSYS_BENCH_DIR")) as folder:
        sizes = write_all(Path(folder), rows)
        print(f"{rows} x {WIDTH}, load {os.getloadavg()[0]:.1f}; MB of files: {sizes}")
        figures = {}
        for name in READERS:
            module = ["-m", "tests.bench.vectors.bench_vector_formats", "--measure", name, folder, str(rows)]
            command = [sys.executable, *module]
            figures[name] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
            print(f"{name:28}", figures[name])
        print(json.dumps({"rows": rows, **figures}))


if __name__ == "__main__":
    main()
