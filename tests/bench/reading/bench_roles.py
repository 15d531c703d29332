"""Sentences chosen by role against plain ways, on abstracts in which people marked spans. Asserts nothing.

python -m tests.bench.reading.bench_roles [SPANS.csv]

SPANS has the columns arxiv_id,abstract,start_idx,end_idx,label (problem, task, idea, result). Printed is how often the
first sentence of each field agrees with a span (tests/support/papers/role_spans.py), with the 95 % interval of the mean
over abstracts drawn anew, and the time for an abstract.
"""

import argparse
import json
import os
import time
from pathlib import Path

import numpy as np

from services.summarizer.roles.questions import best_answer
from services.summarizer.roles.table import ranked_fields
from services.summarizer.settings import SummarizerSettings
from services.summarizer.text.passages import ABSTRACT
from services.summarizer.text.sentences import Sentence, split_sentences
from tests.support.papers.role_spans import FIELDS, Choice, agreement, at_one_position, read_marked

REAL = Path(os.environ.get("PAPERSYS_REAL_DATA", "../shared/data")) / "fields" / "abstract_spans_dev.csv"
DRAWS = 2_000


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("spans", type=Path, nargs="?", default=REAL)
    path = arguments.parse_args().spans
    if not path.exists():
        print(f"roles: {path} is not there; PAPERSYS_REAL_DATA names its folder")
        return
    marked = read_marked(path)
    ways: dict[str, Choice] = {"one position": at_one_position, "cue words": by_cues, "roles": by_role}
    figures = []
    print(f"{len(marked)} abstracts", *FIELDS, "mean", "95 % interval", "ms", sep="\t")
    for name, choose in ways.items():
        began = time.perf_counter()
        table = agreement(marked, choose)
        milliseconds = 1000 * (time.perf_counter() - began) / len(marked)
        shares, interval = np.nanmean(table, axis=0), interval_of(table)
        told = [f"{share:.3f}" for share in (*shares, shares.mean())]
        print(name, *told, f"{interval[0]:.3f} to {interval[1]:.3f}", f"{milliseconds:.1f}", sep="\t")
        figures.append({"way": name, **dict(zip(FIELDS, shares.tolist(), strict=True)), "mean": float(shares.mean())})
    print(json.dumps({"bench": "roles", "figures": figures}))


def by_role(text: str) -> dict[str, str]:
    return {name: ranked[0] for name, ranked in ranked_fields(text).items()}


def by_cues(text: str) -> dict[str, str]:
    """As fields without a role are answered: cues and place of the settings, no vectors."""
    texts = split_sentences(text)
    sentences = [Sentence(one, ABSTRACT, row / max(1, len(texts) - 1)) for row, one in enumerate(texts)]
    answers = {field.name: best_answer(sentences, field, None) for field in SummarizerSettings().fields}
    return {name: texts[row] for name, row in answers.items() if row is not None}


def interval_of(table: np.ndarray) -> tuple[float, float]:
    """95 % of the means of abstracts drawn with replacement."""
    rng = np.random.default_rng(0)
    means = [np.nanmean(table[rng.integers(0, len(table), len(table))], axis=0).mean() for _ in range(DRAWS)]
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)


if __name__ == "__main__":
    main()
