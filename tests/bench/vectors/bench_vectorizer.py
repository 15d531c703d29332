"""The lexicon's bags of words against scikit-learn's vectorizers, on the same texts. Asserts nothing.

python -m tests.bench.vectors.bench_vectorizer [--papers 2000] [--repeats 3]

Texts of the size of abstracts, with three authors and two categories each. "vectors" is text to TF-IDF rows; "memory"
what the fitted vocabulary, or its stand-in of hashed buckets, keeps.
"""

import argparse
import json
import time
from collections.abc import Callable
from typing import TypeVar

import numpy as np

from services.ranker.learning.lexicon import BUCKETS, bag_of, lexicon_of

T = TypeVar("T")

WORDS_OF_TEXT = 180
VOCABULARY = 30_000


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--papers", type=int, default=2_000)
    arguments.add_argument("--repeats", type=int, default=3)
    asked = arguments.parse_args()
    from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer, TfidfVectorizer

    texts = texts_of(asked.papers)
    hashing = HashingVectorizer(n_features=BUCKETS, ngram_range=(1, 2), alternate_sign=False, norm=None)
    weighting = TfidfTransformer(sublinear_tf=True)
    fits: dict[str, Callable[[], object]] = {
        "ours: bags": lambda: [bag_of(text) for text in texts],
        "ours: bags and lexicon": lambda: whole([bag_of(text) for text in texts]),
        "scikit-learn: hashed counts": lambda: hashing.transform(texts),
        "scikit-learn: hashed TF-IDF": lambda: weighting.fit_transform(hashing.transform(texts)),
        "scikit-learn: vocabulary TF-IDF": lambda: TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True).fit_transform(
            texts
        ),
    }
    seconds = {name: timed(fit, asked.repeats) for name, fit in fits.items()}
    base = seconds["ours: bags"]
    for name, value in seconds.items():
        print(f"{name:34} {1000 * value:9.1f} ms  x{value / base:5.2f}")
    one = timed(lambda: bag_of(texts[0]), 50), timed(lambda: hashing.transform(texts[:1]), 50)
    print(f"a single paper: ours {1e6 * one[0]:.0f} us, scikit-learn {1e6 * one[1]:.0f} us, x{one[1] / one[0]:.1f}")
    print(json.dumps({"bench": "vectorizer", "papers": asked.papers, "seconds": seconds, "single": one}))


def texts_of(count: int) -> list[str]:
    """Texts of words drawn by Zipf's law."""
    rng = np.random.default_rng(0)
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz"))
    words = ["".join(rng.choice(letters, int(rng.integers(3, 11)))) for _ in range(VOCABULARY)]
    shares = 1 / np.arange(1, VOCABULARY + 1)
    drawn = rng.choice(VOCABULARY, (count, WORDS_OF_TEXT), p=shares / shares.sum())
    return [" ".join(words[number] for number in row) for row in drawn]


def whole(bags: list[tuple[np.ndarray, np.ndarray]]) -> object:
    """A tenth of the papers liked, a tenth disliked, the rest others."""
    part = len(bags) // 10
    return lexicon_of(bags[:part], bags[part : 2 * part], bags[2 * part :])


def timed(work: Callable[[], T], repeats: int) -> float:
    """The least of some runs, in seconds, after one that imports."""
    work()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


if __name__ == "__main__":
    main()
