"""Whether this processor computes bfloat16, and how much faster: tried out in a process of its own.

What the processor says of itself is not enough: virtual machines were seen that claim AMX and then kill the process
that uses it (SIGILL), and processors without a matrix unit for bfloat16 are slower at it than at float32.
"""

import contextlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from shared.service.child_processes import die_with_parent

if TYPE_CHECKING:
    import torch

LEAST_SPEEDUP = 1.3
_CLAIMS = {"amx_bf16", "avx512_bf16"}
_SHAPES = ((1, 8), (3, 40), (32, 256))
_REPEATS = 3
_TIMEOUT_SECONDS = 60.0


class Trial:
    """A trial that runs beside us, so that nobody waits for it."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self._said = ""
        self._ends_at = time.monotonic() + _TIMEOUT_SECONDS

    def pays(self) -> bool | None:
        """Whether bfloat16 works here and is faster; None while that is still being tried."""
        if self._process.poll() is None and time.monotonic() < self._ends_at:
            return None
        self.stop()
        try:
            return self._process.returncode == 0 and float(json.loads(self._said)["speedup"]) >= LEAST_SPEEDUP
        except (ValueError, KeyError):
            return False

    def stop(self) -> None:
        """End it and hear what it said."""
        if self._process.returncode is None or not self._said:
            self._process.kill()
            self._said = self._process.communicate()[0] or "{}"


def start_trial(flags: set[str], threads: int) -> Trial | None:
    """Try it with as many threads as the model has; None on processors whose `flags` do not claim bfloat16."""
    if not _CLAIMS & flags:
        return None
    process = subprocess.Popen(
        [sys.executable, "-m", __name__, str(threads)],
        cwd=Path(__file__).parents[3],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        preexec_fn=die_with_parent(),
    )
    return Trial(process)


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
    os.nice(10)
    sys.stdout.write(json.dumps({"speedup": measure_speedup(int(sys.argv[1]))}))
