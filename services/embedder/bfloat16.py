"""Whether this processor computes bfloat16, and how much faster: tried out in a process of its own.

What the processor says of itself is not enough: virtual machines were seen that claim AMX and then kill the process
that uses it (SIGILL), and processors without a matrix unit for bfloat16 are slower at it than at float32.
"""

import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from shared.processes import leash

if TYPE_CHECKING:
    import torch

LEAST_SPEEDUP = 1.3
_CLAIMS = {"amx_bf16", "avx512_bf16"}
_SHAPES = ((1, 8), (3, 40), (32, 256))
_REPEATS = 3
_TIMEOUT_SECONDS = 60.0


class Trial:
    """A trial that runs beside us; on processors that do not claim bfloat16 there is none."""

    def __init__(self, process: "subprocess.Popen[str] | None") -> None:
        self._process = process

    def pays(self) -> bool:
        """Whether bfloat16 works here and is faster; waits for the trial to end."""
        if self._process is None:
            return False
        try:
            said, _ = self._process.communicate(timeout=_TIMEOUT_SECONDS)
            return self._process.returncode == 0 and float(json.loads(said)["speedup"]) >= LEAST_SPEEDUP
        except (subprocess.TimeoutExpired, ValueError, KeyError):
            return False


@contextlib.contextmanager
def trial(flags: set[str], threads: int) -> Iterator[Trial]:
    """Try it with as many threads as the model will have; `flags` are what the processor claims."""
    process = _start(threads) if _CLAIMS & flags else None
    try:
        yield Trial(process)
    finally:
        if process is not None:
            process.kill()
            process.communicate()


def _start(threads: int) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", __name__, str(threads)],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        preexec_fn=leash(),
    )


def cpu_flags(path: Path = Path("/proc/cpuinfo")) -> set[str]:
    """What the processor claims, as Linux names it; empty where that is not told."""
    with contextlib.suppress(OSError):
        for line in path.read_text().splitlines():
            if line.startswith("flags"):
                return set(line.partition(":")[2].split())
    return set()


def measure_speedup(threads: int) -> float:
    """Seconds of a small transformer layer as float32 over those as bfloat16; the best of a few runs each."""
    import torch

    torch.set_num_threads(threads)
    weights = [torch.nn.Linear(384, 384), torch.nn.Linear(384, 1536)]
    seconds = {}
    for dtype in (torch.float32, torch.bfloat16):
        enabled = dtype is torch.bfloat16
        with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16, enabled=enabled):
            runs = [_seconds_of_layers(weights) for _ in range(_REPEATS + 1)]
        seconds[dtype] = min(runs[1:])
    return seconds[torch.float32] / seconds[torch.bfloat16]


def _seconds_of_layers(weights: "list[torch.nn.Linear]") -> float:
    started = time.perf_counter()
    for rows, length in _SHAPES:
        _layer(weights, rows, length)
    return time.perf_counter() - started


def _layer(weights: "list[torch.nn.Linear]", rows: int, length: int) -> None:
    """The kinds of operation that a transformer is made of; more heads than needed would show nothing more."""
    import torch

    mixing, widening = weights
    heads = mixing(torch.randn(rows, length, 384)).view(rows, length, 12, 32).transpose(1, 2)
    mask = torch.ones(rows, 1, 1, length, dtype=torch.bool)
    mixed = torch.nn.functional.scaled_dot_product_attention(heads, heads, heads, attn_mask=mask)
    torch.softmax(heads @ heads.transpose(-1, -2), dim=-1)
    torch.nn.functional.gelu(widening(mixed.transpose(1, 2).reshape(rows, length, 384)))


if __name__ == "__main__":
    sys.stdout.write(json.dumps({"speedup": measure_speedup(int(sys.argv[1]))}))
