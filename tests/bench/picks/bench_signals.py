"""How often signals are used of simulated people whose saves and skips tell what they will like, and of others.

`python -m tests.bench.picks.bench_signals [--people 12]` prints a table and JSON; it asserts nothing. Of those whose
signals are random, an interval of 95 % should call 2.5 % helped.
"""

import argparse
import json
import time

import numpy as np
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits

from services.ranker.evaluation.backtest import BacktestPapers, splits_of
from services.ranker.evaluation.baselines import Corpus
from services.ranker.evaluation.signal_comparison import SignalComparison, compare_signals
from services.ranker.features.history import History
from services.ranker.learning.lexicon import bag_of
from services.ranker.settings import RankerSettings
from tests.support.people.simulated_people import Person, simulate


def compared(person: Person) -> SignalComparison:
    """Without words: the papers are points."""
    rated = {rating.paper_id for rating in person.ratings}
    names = person.vectors.ids
    rows = sorted(range(len(names)), key=lambda row: names[row] not in rated)
    ids = [names[row] for row in rows]
    corpus = Corpus(person.vectors.matrix[rows], csr_matrix((len(ids), 1), dtype=np.float32))
    papers = BacktestPapers(ids, len(rated), corpus, [bag_of("")] * len(ids))
    history = History(person.ratings, person.signals)
    return compare_signals(list(splits_of(person.ratings, rated)), papers, history, person.vectors, RankerSettings())


def figures(people: int, *, saves_tell: bool) -> dict[str, float | int | str]:
    started = time.perf_counter()
    found = [compared(simulate(seed, saves_tell=saves_tell)) for seed in range(1_000, 1_000 + people)]
    return {
        "saves and skips": "tell" if saves_tell else "are random",
        "people": people,
        "used": sum(one.helps for one in found),
        "worse beyond chance": sum(one.high < 0 for one in found),
        "without": round(float(np.mean([one.without for one in found])), 4),
        "with": round(float(np.mean([one.with_signals for one in found])), 4),
        "gain": round(float(np.mean([one.gain for one in found])), 4),
        "seconds a person": round((time.perf_counter() - started) / people, 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=12, help="how many of each kind")
    people = parser.parse_args().people
    with threadpool_limits(1, "blas"):
        rows = [figures(people, saves_tell=tells) for tells in (True, False)]
    print("| " + " | ".join(rows[0]) + " |")
    print("|" + "---|" * len(rows[0]))
    for row in rows:
        print("| " + " | ".join(map(str, row.values())) + " |")
    print(json.dumps(rows))


if __name__ == "__main__":
    main()
