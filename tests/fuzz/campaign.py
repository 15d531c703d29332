"""A campaign: every target for its share of the time, each in child processes that may die; then what was found."""

import hashlib
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from shared.service.child_processes import die_with_parent
from tests.fuzz.findings import Findings
from tests.fuzz.targets import Target

_ROOT = Path(__file__).resolve().parents[2]
_MOST_DEATHS = 10
_ENDING_SECONDS = 90


@dataclass(frozen=True)
class Report:
    """What became of one target. `broken` says why it could not be fuzzed to the end of its time."""

    target: str
    inputs: int
    seconds: float
    deaths: int
    findings: int
    broken: str = ""


@dataclass(frozen=True)
class Plan:
    """`runs` above 0 counts inputs instead of seconds."""

    folder: Path
    seconds: float
    seed: int
    runs: int = 0
    jobs: int = 1


def run_campaign(targets: Mapping[str, Target], plan: Plan) -> list[Report]:
    """Fuzz each target for `plan.seconds`, `plan.jobs` at a time."""
    for part in ("corpus", "deaths", "findings"):
        (plan.folder / part).mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(plan.jobs) as pool:
        return list(pool.map(lambda target: _fuzz(target, plan), targets.values()))


def _fuzz(target: Target, plan: Plan) -> Report:
    """Children one after another until the time is over: an input that kills one is kept, the next goes on."""
    plant(target, plan.folder)
    started, inputs, deaths, broken = time.monotonic(), 0, 0, ""
    seconds = plan.seconds
    while seconds >= 1 and not broken:
        said, code = _child(target.name, plan, seconds, plan.seed + deaths)
        inputs += _inputs_in(said)
        if code == 0:
            break
        killers = _collect(target.name, plan.folder, said)
        deaths += 1
        if not killers:
            broken = f"its process ended with code {code}: {' '.join(said.split())[-160:]}"
        elif deaths >= _MOST_DEATHS:
            broken = f"it died {deaths} times"
        seconds = plan.seconds - (time.monotonic() - started)
    found = len(list((plan.folder / "findings").glob(f"{target.name}.*")))
    report = Report(target.name, inputs, time.monotonic() - started, deaths, found, broken)
    print(line_of(report), flush=True)
    return report


def plant(target: Target, folder: Path) -> None:
    """The seeds as files, named by what is in them."""
    corpus = folder / "corpus" / target.name
    corpus.mkdir(parents=True, exist_ok=True)
    for content in target.seeds():
        cut = content[: target.max_bytes]
        (corpus / _file_name(cut)).write_bytes(cut)


def _file_name(content: bytes) -> str:
    """As libFuzzer names its own."""
    return hashlib.sha1(content, usedforsecurity=False).hexdigest()


def line_of(report: Report) -> str:
    rate = report.inputs / max(report.seconds, 0.001)
    line = f"{report.target:<18} {report.inputs:>10} inputs {rate:>8.0f}/s {report.findings:>4} findings"
    return f"{line}  NOT FUZZED TO THE END: {report.broken}" if report.broken else line


def first_lines(folder: Path) -> Sequence[str]:
    """A line for each finding."""
    texts = sorted((folder / "findings").glob("*/traceback.txt"))
    return [f"{path.parent}: {path.read_text('utf-8', 'replace').splitlines()[0]}" for path in texts]


def _child(name: str, plan: Plan, seconds: float, seed: int) -> tuple[str, int]:
    command = [
        sys.executable, "-m", "tests.fuzz.child", name, str(plan.folder.resolve()), str(int(seconds)), str(seed),
        str(plan.runs),
    ]  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="papersys-fuzz-") as scratch:
        process = subprocess.Popen(
            command,
            cwd=_ROOT,
            env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(_ROOT), "TMPDIR": scratch, "LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            preexec_fn=die_with_parent(),
        )
        try:
            _, said = process.communicate(timeout=seconds + _ENDING_SECONDS if plan.runs == 0 else None)
        except subprocess.TimeoutExpired:
            process.kill()
            _, said = process.communicate()
        return said.decode("utf-8", "replace"), process.returncode


def _collect(name: str, folder: Path, said: str) -> int:
    """Inputs that ended the process become findings; how many there were."""
    findings = Findings(folder / "findings")
    killers = list((folder / "deaths").glob(f"{name}-*"))
    for path in killers:
        content = path.read_bytes()
        findings.add_death(name, content, f"the process died ({path.name})\n\n{said[-4_000:]}")
        (folder / "corpus" / name / _file_name(content)).unlink(missing_ok=True)
        path.unlink()
    return len(killers)


def _inputs_in(said: str) -> int:
    counts = re.findall(r"stat::number_of_executed_units:\s*(\d+)", said) or re.findall(r"^#(\d+)", said, re.M)
    return int(counts[-1]) if counts else 0
