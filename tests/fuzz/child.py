"""One target under atheris in this process, which the campaign started and limits.

`python -m tests.fuzz.child TARGET FOLDER SECONDS SEED [RUNS]`; with `RUNS` above 0 that many inputs, whatever the time.
"""

import logging
import resource
import signal
import sys
from pathlib import Path
from types import FrameType

import atheris

from tests.fuzz.findings import Findings
from tests.fuzz.mutation import mutator
from tests.fuzz.planted_target import TARGET as PLANTED
from tests.fuzz.targets import Run, Target, all_targets

MEMORY_MB = 2_500
_RSS_MB = 1_200
_FILE_MB = 64
_MB = 1024**2
_INPUT_CPU_SECONDS = 6.0
_HANGS_AFTER_SECONDS = 60


class TooSlow(BaseException):
    """An input that took longer than any of its size may; no handler of the code under test catches this."""


def watched(target: Target, run: Run, findings: Findings) -> Run:
    """`run`, timed; whatever it raises is kept as a finding, and the fuzzing goes on."""

    def one_input(content: bytes) -> None:
        signal.setitimer(signal.ITIMER_VIRTUAL, _INPUT_CPU_SECONDS)
        try:
            run(content)
        except BaseException as error:
            findings.add(target.name, content, error)
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)

    return one_input


def _inherited_mb() -> int:
    """The peak of the process that started this one, which Linux counts as ours too (getrusage(2) after execve)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    name, folder, seconds, seed, runs = (*sys.argv[1:], "0")[:5]
    target, place = {**all_targets(), PLANTED.name: PLANTED}[name], Path(folder)
    _limit(float(seconds))
    logging.disable()
    with atheris.instrument_imports(
        include=["services", "shared", "pypdf", "bibtexparser"], enable_loader_override=False
    ):
        run = target.prepare()
    findings = Findings(place / "findings")
    options = [
        f"-max_total_time={seconds}" if runs == "0" else f"-runs={runs}",
        f"-seed={seed}",
        f"-max_len={target.max_bytes}",
        f"-rss_limit_mb={_RSS_MB + _inherited_mb()}",
        f"-timeout={_HANGS_AFTER_SECONDS}",
        f"-artifact_prefix={place}/deaths/{name}-",
        f"-report_slow_units={_HANGS_AFTER_SECONDS}",
        "-print_final_stats=1",
        "-len_control=0",
        str(place / "corpus" / name),
    ]
    signal.signal(signal.SIGVTALRM, _too_slow)
    # Looked up at each call: atheris puts another function in its place when it starts.
    change = mutator(target, lambda content, most_bytes: atheris.Mutate(content, most_bytes))
    atheris.Setup([sys.argv[0], *options], watched(target, run, findings), custom_mutator=change)
    atheris.Fuzz()


def _too_slow(number: int, frame: FrameType | None) -> None:
    raise TooSlow(f"over {_INPUT_CPU_SECONDS:g} s of processor time")


def _limit(seconds: float) -> None:
    cpu = int(seconds) + 300
    for kind, most in (
        (resource.RLIMIT_AS, MEMORY_MB * _MB),
        (resource.RLIMIT_FSIZE, _FILE_MB * _MB),
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))


if __name__ == "__main__":
    main()
