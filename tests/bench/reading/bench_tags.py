"""Tags brought together: ours beside plain normal forms and MiniLM at cosine .95, on the same tags in one run.

python -m tests.bench.reading.bench_tags [--wrong 20]

Pairs are all pairs of names within a cluster, of the prediction and of the truth; all tags of a set go in at once, so
that a name can be taken for any other. The thesaurus stands there whole and in halves, to show how far chance goes; the
thresholds were set with an eye on all of it, so a judge needs other tags. The software tags were written for this
project by whoever wrote the list of abbreviations, so judge there without it. The variant groups are silver
(`algorithmic` is another tag than `algorithm` there).
"""

import argparse
import csv
import hashlib
import itertools
import json
import os
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np

from services.embedder.commands import LocalTextEncoder
from services.embedder.settings import Settings
from services.summarizer.tags.matching.abbreviations import Abbreviations
from services.summarizer.tags.matching.clustering import cluster
from services.summarizer.tags.matching.forms import plain_text_of
from shared.store.vectors.embeddings import Matrix

REAL = Path(os.environ.get("PAPERSYS_REAL_DATA", "../shared/data"))
SOFTWARE = Path(__file__).parents[2] / "fixtures" / "software-tags.txt"
NO_LIST = Abbreviations({})

Pairs = set[tuple[str, str]]
Method = Callable[[Sequence[str]], Pairs]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--wrong", type=int, default=0, help="show so many wrong pairs of ours")
    shown = arguments.parse_args().wrong
    encode = Vectors()
    methods: dict[str, Method] = {
        "plain forms": lambda tags: pairs_of(by(tags, plain_form)),
        "MiniLM .95": lambda tags: near_pairs(tags, encode, 0.95),
        "ours": lambda tags: our_pairs(tags, encode),
        "ours, no list": lambda tags: our_pairs(tags, encode, NO_LIST),
    }
    results = []
    for name, groups in data_sets().items():
        tags, truth = sorted({tag for group in groups for tag in group}), pairs_of(groups)
        encode([plain_text_of(tag) for tag in tags])
        for method, predict in methods.items():
            began = time.perf_counter()
            predicted = predict(tags)
            seconds = time.perf_counter() - began
            figure = figures(predicted, truth)
            results.append({"set": name, "tags": len(tags), "method": method, **figure, "seconds": round(seconds, 2)})
            shares = f"precision {figure['precision']:.3f} recall {figure['recall']:.3f}"
            print(f"{name:22} {len(tags):6} {method:14} {shares}")
            if method == "ours":
                print("".join(f"    {one} | {other}\n" for one, other in sorted(predicted - truth)[:shown]), end="")
    print(json.dumps(results))


def figures(predicted: Pairs, truth: Pairs) -> dict[str, float]:
    right = len(predicted & truth)
    return {"precision": right / max(1, len(predicted)), "recall": right / max(1, len(truth)), "pairs": len(predicted)}


def data_sets() -> dict[str, list[list[str]]]:
    """Groups of synonyms by the name of their set; those that are not there are left out."""
    sets = {"software (own)": read_software(SOFTWARE)}
    thesaurus = REAL / "tags" / "uat_synonyms_dev.csv"
    if thesaurus.exists():
        groups = read_thesaurus(thesaurus)
        sets |= {"thesaurus": list(groups.values())}
        for half in (0, 1):
            sets[f"thesaurus, half {half + 1}"] = [group for name, group in groups.items() if half_of(name) == half]
    variants = REAL / "tags" / "variant_groups.jsonl"
    if variants.exists():
        sets["variants (silver)"] = [
            [tag for tag, _ in json.loads(line)] for line in variants.read_text("utf-8").splitlines()
        ][:1500]
    return sets


def read_software(path: Path) -> list[list[str]]:
    lines = [line for line in path.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    return [[tag.strip() for tag in line.split(",")] for line in lines]


def read_thesaurus(path: Path) -> dict[str, list[str]]:
    groups: dict[str, set[str]] = defaultdict(set)
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            groups[row["canonical"]] |= {row["canonical"], row["synonym"]}
    return {name: sorted(group) for name, group in groups.items()}


def half_of(name: str) -> int:
    return hashlib.sha256(name.encode()).digest()[5] % 2


def plain_form(tag: str) -> str:
    """Case, hyphens, spaces and a plural `s` apart: what papersys did before."""
    words = re.sub(r"[^\w+#]+", " ", tag.replace("_", " ").casefold()).split()
    kept = ("ss", "us", "is", "ics", "sis")
    return "".join(
        f"{word[:-3]}y" if len(word) > 4 and word.endswith("ies")
        else word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(kept)
        else word
        for word in words
    ) or tag  # fmt: skip


def by(tags: Iterable[str], key: Callable[[str], str]) -> list[list[str]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for tag in tags:
        groups[key(tag)].append(tag)
    return list(groups.values())


def pairs_of(groups: Iterable[Iterable[str]]) -> Pairs:
    return {pair for group in groups for pair in itertools.combinations(sorted(set(group)), 2)}


def near_pairs(tags: Sequence[str], encode: "Vectors", least: float) -> Pairs:
    vectors = encode(tags)
    rows = zip(*np.nonzero(np.triu(vectors @ vectors.T, 1) >= least), strict=True)
    return {(min(tags[i], tags[j]), max(tags[i], tags[j])) for i, j in rows}


def our_pairs(tags: Sequence[str], encode: "Vectors", known: Abbreviations | None = None) -> Pairs:
    groups: dict[int, list[str]] = defaultdict(list)
    for tag, number in zip(tags, cluster(tags, encode, known), strict=True):
        groups[number].append(tag)
    return pairs_of(groups.values())


class Vectors:
    """The embedder's vectors of texts, each encoded once."""

    def __init__(self) -> None:
        self._encoder = LocalTextEncoder(Settings())
        self._rows: dict[str, Matrix] = {}

    def __call__(self, texts: Sequence[str]) -> Matrix:
        missing = [text for text in dict.fromkeys(texts) if text not in self._rows]
        if missing:
            self._rows.update(zip(missing, self._encoder.encode(missing), strict=True))
        return np.stack([self._rows[text] for text in texts])


if __name__ == "__main__":
    main()
