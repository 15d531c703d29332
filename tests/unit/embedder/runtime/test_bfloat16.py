"""Whether bfloat16 pays is measured in a process of its own, which may die of it."""

import subprocess
import sys
from pathlib import Path

import pytest

from services.embedder.runtime.bfloat16 import Bfloat16Trial, cpu_flags, start_trial
from tests.support.checks.waiting import eventually_sync


def test_a_processor_that_does_not_claim_bfloat16_is_not_tried(tmp_path: Path) -> None:
    (tmp_path / "cpuinfo").write_text("model name\t: Old\nflags\t\t: fpu avx2\n")
    flags = cpu_flags(tmp_path / "cpuinfo")
    assert flags == {"fpu", "avx2"}
    assert start_trial(flags, 1) is None
    assert cpu_flags(tmp_path / "none") == set()


@pytest.mark.parametrize(
    ("script", "pays"),
    [
        ("""print('{"speedup": 2.5}')""", True),
        ("""print('{"speedup": 0.9}')""", False),
        ("""import os, signal; os.kill(os.getpid(), signal.SIGILL)""", False),
    ],
)
def test_bfloat16_is_used_where_the_trial_lives_and_is_faster(script: str, pays: bool) -> None:
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    trial = Bfloat16Trial(process)
    eventually_sync(lambda: trial.pays() is not None)
    assert trial.pays() is pays


def test_a_trial_that_is_not_over_says_nothing_yet_and_can_be_ended() -> None:
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], stdout=subprocess.PIPE, text=True)
    trial = Bfloat16Trial(process)
    assert trial.pays() is None
    trial.stop()
    assert trial.pays() is False
