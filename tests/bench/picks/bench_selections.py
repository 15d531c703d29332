"""A year of selections: what it takes to look at one paper. Prints a table and JSON; asserts nothing.

python -m tests.bench.picks.bench_selections [--days 365] [--candidates 500]

The plain alternative makes every candidate of every day and keeps them, as `day` of each day would. Times are of the
processor, so that a busy machine tells the same.
"""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from shared.store.files.data_folder import DataFolder
from shared.store.selections import Candidate, SelectionStore
from tests.bench.asking.bench_search import alone, memory_mb

FIRST = date(2025, 11, 21)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--days", type=int, default=365)
    arguments.add_argument("--candidates", type=int, default=500)
    asked = arguments.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        alone(make, Path(temporary), asked.days, asked.candidates)
        wanted = paper_id(asked.days // 3, 7)
        report(alone(looks, Path(temporary), wanted), alone(plain, Path(temporary), wanted))


def paper_id(day: int, number: int) -> str:
    at = FIRST + timedelta(days=day)
    return f"{at:%y%m}.{at.day * 2000 + number:05}"


def make(folder: Path, days: int, candidates: int) -> None:
    store = SelectionStore(DataFolder(folder, 0))
    for day in range(days):
        rows = [candidate(day, number) for number in range(candidates)]
        store.write(FIRST + timedelta(days=day), f"run-{day}", rows)


def candidate(day: int, number: int) -> Candidate:
    is_pick = number < 10
    return Candidate(
        paper_id=paper_id(day, number),
        day=FIRST + timedelta(days=day),
        run_id=f"run-{day}",
        score=1 / (1 + number),
        rank=number + 1,
        outcome="picked" if is_pick else "below_quota",
        slot="top" if is_pick else "",
        reasons=(f"rank {number + 1} of 500; 10 a day are picked",),
        regime="regression",
        model="minilm",
        made_at=datetime(2026, 1, 1, tzinfo=UTC),
        probability=0.5,
        propensity=float(is_pick),
    )


def looks(folder: Path, wanted: str) -> dict[str, float]:
    store = SelectionStore(DataFolder(folder, 0))
    before = memory_mb()["anonymous_mb"]
    return {
        "first look, ms": milliseconds(lambda: store.outcomes(wanted)),
        "next look, ms": milliseconds(lambda: store.outcomes(wanted)),
        "all picks, ms": milliseconds(lambda: list(store.picks())),
        "all ids, ms": milliseconds(store.selected_ids),
        "memory, MB": memory_mb()["anonymous_mb"] - before,
    }


def plain(folder: Path, wanted: str) -> dict[str, float]:
    store = SelectionStore(DataFolder(folder, 0))
    before = memory_mb()["anonymous_mb"]
    kept: list[Candidate] = []
    first = milliseconds(lambda: kept.extend(one for day in store.days() for one in store.day(day)))
    again = milliseconds(lambda: [one for one in kept if one.paper_id == wanted])
    return {"first look, ms": first, "next look, ms": again, "memory, MB": memory_mb()["anonymous_mb"] - before}


def milliseconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return (time.process_time() - started) * 1000


def report(found: dict[str, float], against: dict[str, float]) -> None:
    print(f"load {os.getloadavg()[0]:.1f}")
    for name, value in found.items():
        print(f"{name:16} {value:9.1f}" + (f"   plain {against[name]:9.1f}" if name in against else ""))
    print(json.dumps({"bench": "selections", "found": found, "plain": against}))


if __name__ == "__main__":
    main()
