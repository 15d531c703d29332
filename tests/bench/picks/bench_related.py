"""How well related papers are found: our score beside TF-IDF and MiniLM summed, on three stand-ins for relatedness.

`python -m tests.bench.picks.bench_related [--queries 60] [--seed 0]` prints a table and JSON; nDCG@20, and the ratio of
the means with its 95 % interval (bootstrap over queries). The stand-ins (of the data in `PAPERSYS_REAL_DATA`):

- names: papers whose abstracts share a rare name (a model, a data set); the names are taken out of the texts first
- authors: papers that share two authors
- likes: articles that the same people keep (CiteULike), by their titles alone

The candidates of a query are its related papers and the same random papers, of one category. Nothing is asserted.
"""

import argparse
import csv
import gzip
import json
import os
import random
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer

from services.embedder.commands import encode_texts
from services.embedder.settings import Settings
from services.ranker.evaluation.metrics import ndcg
from services.summarizer.relatedness.table import PaperText, Table, score_table
from services.summarizer.vectors import Matrix

REAL = Path(os.environ.get("PAPERSYS_REAL_DATA", "../shared/data"))
OTHERS = 70
BEST = 20
DRAWS = 2000
NAME = re.compile(r"\b(?=\w*[A-Z]\w*[A-Z]|\w*\d)(?=\w*[a-z])[A-Za-z][\w.+-]{3,}\w\b")
Relevant = Mapping[int, Mapping[int, float]]


class World(NamedTuple):
    """Papers, which of them are related to which, and those among which they are to be found."""

    name: str
    papers: Sequence[PaperText]
    relevant: Relevant
    others: Sequence[int]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--queries", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    draw = random.Random(options.seed)
    results = [measured(world) for world in worlds(options.queries, draw)]
    for row in results:
        print(row)
    print(json.dumps(results, indent=1))


def worlds(queries: int, draw: random.Random) -> list[World]:
    records = [json.loads(line) for path in sorted((REAL / "papers").glob("*.gz")) for line in lines_of(path)]
    largest = Counter(record["categories"][0] for record in records).most_common(1)[0][0]
    records = [record for record in records if record["categories"][0] == largest]
    papers = [PaperText(" ".join(record["title"].split()), " ".join(record["abstract"].split())) for record in records]
    return [
        _world("names", *by_names(papers), queries, draw),
        _world("authors", papers, by_authors(records), queries, draw),
        _world("likes", *by_likes(), queries, draw),
    ]


def lines_of(path: Path) -> list[bytes]:
    with gzip.open(path) as file:
        return file.readlines()


def by_names(papers: Sequence[PaperText]) -> tuple[list[PaperText], dict[int, dict[int, float]]]:
    holders: dict[str, list[int]] = defaultdict(list)
    for number, paper in enumerate(papers):
        for name in set(NAME.findall(paper.whole)):
            holders[name].append(number)
    rare = {name: numbers for name, numbers in holders.items() if 2 <= len(numbers) <= 12}
    masked = [
        PaperText(*(NAME.sub(lambda m: "" if m[0] in rare else m[0], part) for part in paper)) for paper in papers
    ]
    return masked, _paired(rare.values(), at_least=1)


def by_authors(records: Sequence[Mapping[str, Any]]) -> dict[int, dict[int, float]]:
    written: dict[str, list[int]] = defaultdict(list)
    for number, record in enumerate(records):
        for author in set(record["authors"]) if len(record["authors"]) <= 12 else ():
            written[author].append(number)
    return _paired((numbers for numbers in written.values() if len(numbers) <= 12), at_least=2)


def by_likes() -> tuple[list[PaperText], dict[int, dict[int, float]]]:
    with (REAL / "likes" / "items.csv").open(encoding="utf-8") as file:
        papers = [PaperText(" ".join(row["title"].split()), "") for row in csv.DictReader(file)]
    kept: dict[str, list[int]] = defaultdict(list)
    with (REAL / "likes" / "users.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            kept[row["user"]].append(int(row["item"]))
    sizes = Counter(item for items in kept.values() for item in items)
    pairs = Counter(pair for items in kept.values() if len(items) <= 300 for pair in combinations(sorted(items), 2))
    related: dict[int, dict[int, float]] = defaultdict(dict)
    for (left, right), count in pairs.items():
        if count >= 2 and count / (sizes[left] * sizes[right]) ** 0.5 >= 0.2:
            related[left][right] = related[right][left] = 1.0
    return papers, related


def _paired(groups: Any, at_least: int) -> dict[int, dict[int, float]]:
    pairs = Counter(pair for group in groups for pair in combinations(sorted(group), 2))
    related: dict[int, dict[int, float]] = defaultdict(dict)
    for (left, right), count in pairs.items():
        if count >= at_least:
            related[left][right] = related[right][left] = 1.0
    return related


def _world(name: str, papers: Sequence[PaperText], relevant: Relevant, queries: int, draw: random.Random) -> World:
    able = sorted(query for query, related in relevant.items() if 3 <= len(related) <= BEST)
    chosen = draw.sample(able, min(queries, len(able)))
    others = draw.sample(range(len(papers)), OTHERS)
    return World(name, papers, {query: relevant[query] for query in chosen}, others)


def measured(world: World) -> dict[str, Any]:
    candidates = {query: [*related, *(n for n in world.others if n != query and n not in related)]
                  for query, related in world.relevant.items()}  # fmt: skip
    used = sorted({*candidates, *(number for numbers in candidates.values() for number in numbers)})
    texts = {number: world.papers[number] for number in used}
    table = Table(
        {str(query): {str(number): texts[number] for number in numbers} for query, numbers in candidates.items()},
        {str(query): texts[query] for query in candidates},
    )
    scores: dict[str, dict[str, float]] = defaultdict(dict)
    for name, paper, score in score_table(table, encode):
        scores[name][paper] = score
    words = TfidfVectorizer().fit_transform(texts[number].whole for number in used)
    vectors = encode([texts[number].whole for number in used])
    row = {number: place for place, number in enumerate(used)}
    ours, plain = [], []
    for query, numbers in candidates.items():
        relevance = np.array([world.relevant[query].get(number, 0.0) for number in numbers])
        rows = [row[number] for number in numbers]
        summed = (words[rows] @ words[row[query]].T).toarray().ravel() + vectors[rows] @ vectors[row[query]]
        ours.append(ndcg(relevance, [scores[str(query)][str(number)] for number in numbers], BEST))
        plain.append(ndcg(relevance, summed, BEST))
    return {"set": world.name, "queries": len(ours), **compared(np.array(ours), np.array(plain))}


def compared(ours: NDArray[np.float64], plain: NDArray[np.float64]) -> dict[str, float]:
    rng = np.random.default_rng(0)
    drawn = rng.integers(len(ours), size=(DRAWS, len(ours)))
    low, high = np.percentile(ours[drawn].mean(axis=1) / plain[drawn].mean(axis=1), (2.5, 97.5))
    ratio = ours.mean() / plain.mean()
    return {
        "papersys": round(float(ours.mean()), 3),
        "tfidf_plus_minilm": round(float(plain.mean()), 3),
        "ratio": round(float(ratio), 3),
        "ratio_low": round(float(low), 3),
        "ratio_high": round(float(high), 3),
    }


def encode(texts: Sequence[str]) -> Matrix:
    return encode_texts(Settings(), list(texts))


if __name__ == "__main__":
    main()
