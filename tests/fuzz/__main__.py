"""`python -m tests.fuzz`: fuzz all targets, or those named, and keep what is found in a folder."""

import argparse
import sys
import time
from pathlib import Path

from tests.fuzz.campaign import Plan, first_lines, line_of, run_campaign
from tests.fuzz.targets import all_targets


def main() -> int:
    """0: nothing was found; 1: something was, or a target could not be fuzzed; 2: wrong use."""
    known = all_targets()
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", help=f"of {', '.join(known)}; none: all")
    parser.add_argument("--minutes", type=float, default=60.0, help="time for all targets together (%(default)g)")
    parser.add_argument("--out", type=Path, default=Path("fuzz-findings"), help="folder for findings (%(default)s)")
    parser.add_argument("--jobs", type=int, default=1, help="targets at a time (%(default)s)")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="of the random numbers")
    asked = parser.parse_args()
    if unknown := set(asked.targets) - known.keys():
        parser.error(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    chosen = {name: known[name] for name in asked.targets or known}
    seconds = asked.minutes * 60 * asked.jobs / len(chosen)
    print(f"{len(chosen)} targets, {seconds:.0f} s each, seed {asked.seed}; findings go to {asked.out}", flush=True)
    reports = run_campaign(chosen, Plan(asked.out, seconds, asked.seed, jobs=asked.jobs))
    print("\n".join(["", *map(line_of, reports), "", *first_lines(asked.out)]))
    return int(any(report.findings or report.broken for report in reports))


if __name__ == "__main__":
    sys.exit(main())
