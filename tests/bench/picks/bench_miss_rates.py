"""How often the interval of the miss rate holds the true rate, and how often a change is told where there is none.

`python -m tests.bench.picks.bench_miss_rates [--people 1000]` prints a line of JSON a case; it asserts nothing. Weeks
reject 300 to 2,000 papers, of which two are drawn; nine in ten are rated, or, for `rates likes`, nine in ten of what is
liked and three in ten of what is not.
"""

import argparse
import json
from datetime import UTC, datetime, timedelta

import numpy as np

from services.ranker.missed.miss_rates import miss_rates
from shared.contracts import Label
from shared.store.people.preferences import Rating
from shared.store.selections import Candidate

START = datetime(2026, 1, 5, 8, tzinfo=UTC)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1000)
    people = parser.parse_args().people
    for weeks in (8, 26, 52):
        for rate in (0.01, 0.05, 0.2):
            print(json.dumps(figures(people, weeks, rate, rates_likes=False)), flush=True)
    print(json.dumps(figures(people, 52, 0.05, rates_likes=True)), flush=True)


def figures(people: int, weeks: int, rate: float, *, rates_likes: bool) -> dict[str, object]:
    rng = np.random.default_rng([weeks, int(1000 * rate), rates_likes])
    holds, widths, changes, told = 0, list[float](), 0, 0
    for _ in range(people):
        found = miss_rates(*checked(rng, weeks, rate, rates_likes=rates_likes))
        together = found.together
        if together is None or together.low is None or together.high is None:
            continue
        told += 1
        holds += together.low <= rate <= together.high
        widths.append(together.high - together.low)
        changes += found.change in ("higher", "lower")
    return {
        "weeks": weeks,
        "true rate": rate,
        "rates likes": rates_likes,
        "interval holds it": round(holds / max(told, 1), 3),
        "mean width": round(float(np.mean(widths)), 3),
        "change told": round(changes / max(told, 1), 3),
    }


def checked(
    rng: np.random.Generator, weeks: int, rate: float, *, rates_likes: bool
) -> tuple[list[Candidate], dict[str, Rating]]:
    """The blind checks of a person, and what the person said of them."""
    picks, ratings = list[Candidate](), dict[str, Rating]()
    for week in range(weeks):
        moment = START + timedelta(weeks=week)
        rejected = int(rng.integers(300, 2001))
        for place in (0, 1):
            name = f"2601.{2 * week + place:05}"
            facts = {"day": moment.date(), "run_id": f"run-{week}", "made_at": moment, "propensity": 2 / rejected}
            picks.append(Candidate.model_validate({"paper_id": name, "outcome": "picked", "slot": "audit", **facts}))
            is_liked = rng.random() < rate
            if rng.random() < (0.9 if not rates_likes or is_liked else 0.3):
                label: Label = "like" if is_liked else "dislike"
                ratings[name] = Rating(name, name, "me", label, "reader", "me", 1.0, moment)
    return picks, ratings


if __name__ == "__main__":
    main()
