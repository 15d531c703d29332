"""Conversion in a process of its own: whatever a source does to its converter ends with that process.

`python -m services.fetcher.converter OPTIONS` (JSON) writes the outcome as JSON to standard output.
"""

import json
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from services.fetcher.conversion import Budget, Converted, convert_source
from services.fetcher.eprint import Limits, SourceRefused, open_folder, open_source
from services.fetcher.pandoc import limited
from services.fetcher.settings import FetcherSettings
from shared.contracts import DocumentStatus

_GRACE_SECONDS = 15.0
_MB = 1024**2


@dataclass(frozen=True)
class Order:
    """What to convert and what it may take."""

    path: str
    seconds: float
    memory_mb: int
    max_bytes: int
    limits: Limits


def order_for(path: Path, settings: FetcherSettings) -> Order:
    limits = Limits(settings.unpacked_max_mb * _MB, settings.archive_max_files, settings.archive_max_ratio)
    return Order(
        str(path), settings.converter_seconds, settings.converter_memory_mb, settings.document_max_mb * _MB, limits
    )


def convert_file(order: Order) -> Converted:
    """Convert a file or folder in a child process. Never raises for what is in it: the outcome says what is wrong."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "services.fetcher.converter", json.dumps(asdict(order))],
            cwd=Path(__file__).resolve().parents[2],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=order.seconds + _GRACE_SECONDS,
            preexec_fn=limited(order.seconds + _GRACE_SECONDS, order.memory_mb),
            check=False,
        )
    except subprocess.TimeoutExpired:
        return _refused("unreadable", f"converting it took over {order.seconds:g} s")
    if done.returncode != 0:
        last = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
        what = "took too much memory" if last and "MemoryError" in last[0] else f"broke ({' '.join(last)[:200]})"
        return _refused("unreadable", f"the converter {what}")
    return Converted.model_validate_json(done.stdout)


def convert_here(order: Order) -> Converted:
    """Convert in this process."""
    path = Path(order.path)
    try:
        if path.is_dir():
            source = open_folder(path, order.limits)
        elif path.stat().st_size > order.max_bytes:
            return _refused("too_large", f"the source has over {order.max_bytes // _MB} MB")
        else:
            source = open_source(path.read_bytes(), order.limits)
        return convert_source(source, Budget(time.monotonic() + order.seconds, order.memory_mb))
    except SourceRefused as refusal:
        return _refused(refusal.status, str(refusal))


def _refused(status: DocumentStatus, detail: str) -> Converted:
    return Converted(status=status, detail=detail, tried=(f"{status}: {detail}",))


def main() -> None:
    content = json.loads(sys.argv[1])
    order = Order(**{**content, "limits": Limits(**content["limits"])})
    sys.setrecursionlimit(3_000)
    sys.stdout.write(convert_here(order).model_dump_json())


if __name__ == "__main__":
    main()
