"""Fits the weights that ship: labels of abstracts in, `weights.npz` out. Nothing of papersys runs it by itself.

python -m services.summarizer.roles.training ABSTRACTS.jsonl LABELS.txt -o services/summarizer/roles/weights.npz

ABSTRACTS has a JSON object a line with `paper_id` and `abstract`. LABELS has a line a paper, such as
`2501.01234: P2 T1 M4,3 R7 L-`: the numbers of the sentences (from 1, as split_sentences cuts the abstract) that state
problem, task, method, result and limitation, the best first, a dash where none does. A cross-validated accuracy is
printed first: how often the first choice is a labelled one.
"""

import argparse
import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from services.summarizer.roles.features import Array, features_of, words_of
from services.summarizer.roles.model import ROLES, Role, RoleModel
from services.summarizer.text.sentences import split_sentences

Rows = NDArray[np.int64]

PENALTY = 15.0
WORD_SCALE = 0.6
"""A word weighs that much less than a cue before it is fitted, so that it is held back more."""
FEWEST_ABSTRACTS = 8
OTHER_CHOICES = 0.5
"""What a further labelled sentence counts beside the best one."""
FOLDS = 5

_LINE = re.compile(r"^(\S+?):?\s+P(\S+)\s+T(\S+)\s+M(\S+)\s+R(\S+)\s+L(\S+)$")


@dataclass(frozen=True)
class Example:
    """An abstract with, for each role, the rows of its labelled sentences, best first."""

    sentences: tuple[str, ...]
    labels: dict[Role, tuple[int, ...]]


def read_examples(abstracts: Path, labels: Path) -> list[Example]:
    """Raises ValueError for a line that cannot be read, or a number beyond the abstract's sentences."""
    records = map(json.loads, abstracts.read_text("utf-8").splitlines())
    texts = {record["paper_id"]: record["abstract"] for record in records}
    return [_example(line, texts) for line in labels.read_text("utf-8").splitlines() if line.strip()]


def _example(line: str, texts: dict[str, str]) -> Example:
    match = _LINE.match(line.strip())
    if match is None or match[1] not in texts:
        raise ValueError(f"labels: {line!r} is no line of labels, or its abstract is missing")
    sentences = tuple(split_sentences(" ".join(texts[match[1]].split())))
    labels = {role: _rows(match[2 + column]) for column, role in enumerate(ROLES)}
    if any(row >= len(sentences) or row < 0 for rows in labels.values() for row in rows):
        raise ValueError(f"labels: {line!r} names a sentence that the abstract, of {len(sentences)}, does not have")
    return Example(sentences, labels)


def _rows(text: str) -> tuple[int, ...]:
    return () if text == "-" else tuple(int(number) - 1 for number in text.split(","))


def fit(examples: Sequence[Example]) -> RoleModel:
    """The conditional logit of each role, with a Gaussian prior on the weights (L-BFGS)."""
    counts = Counter(word for example in examples for word in {w for text in example.sentences for w in words_of(text)})
    vocabulary = {
        word: place for place, word in enumerate(sorted(w for w, n in counts.items() if n >= FEWEST_ABSTRACTS))
    }
    table = _table(examples, vocabulary)
    starts = np.cumsum([0, *(len(example.sentences) for example in examples)], dtype=np.int64)
    fitted = np.column_stack([_fitted(table, starts, [_target(one, role) for one in examples]) for role in ROLES])
    weights, none = fitted[:-1], fitted[-1]
    weights[-len(vocabulary) :] *= WORD_SCALE
    return RoleModel(vocabulary, weights, none)


def _table(examples: Sequence[Example], vocabulary: dict[str, int]) -> Array:
    dense = np.vstack([features_of(example.sentences) for example in examples])
    words = np.zeros((len(dense), len(vocabulary)))
    texts = [text for example in examples for text in example.sentences]
    for row, text in enumerate(texts):
        words[row, [vocabulary[word] for word in words_of(text) if word in vocabulary]] = WORD_SCALE
    return np.hstack([dense, words])


def _target(example: Example, role: Role) -> Array:
    """The share of each sentence, and last of none of them."""
    shares = np.zeros(len(example.sentences) + 1)
    rows = example.labels[role] or (len(example.sentences),)
    shares[list(rows)] = OTHER_CHOICES
    shares[rows[0]] = 1
    return shares / float(shares.sum())


def _fitted(table: Array, starts: Rows, targets: Sequence[Array]) -> Array:
    """Weights, and last the logit of no sentence."""
    from scipy.optimize import minimize

    which = np.repeat(np.arange(len(targets)), np.diff(starts))
    wanted = np.concatenate([target[:-1] for target in targets])
    wanted_none = np.array([target[-1] for target in targets])

    def loss(parameters: Array) -> tuple[float, Array]:
        weights, none = parameters[:-1], parameters[-1]
        logits = table @ weights
        top = np.maximum(np.maximum.reduceat(logits, starts[:-1]), none)
        shares, none_shares = np.exp(logits - top[which]), np.exp(none - top)
        totals = np.add.reduceat(shares, starts[:-1]) + none_shares
        value = (np.log(totals) + top).sum() - wanted @ logits - wanted_none.sum() * none
        slope = table.T @ (shares / totals[which] - wanted) + PENALTY * weights
        return value + 0.5 * PENALTY * weights @ weights, np.append(slope, (none_shares / totals - wanted_none).sum())

    result = minimize(loss, np.zeros(table.shape[1] + 1), jac=True, method="L-BFGS-B", options={"maxiter": 500})
    return np.asarray(result.x)


def cross_validated(examples: Sequence[Example]) -> dict[Role, float]:
    """How often the likeliest sentence is a labelled one, over abstracts that the model was not fitted to."""
    hits: dict[Role, list[bool]] = {role: [] for role in ROLES}
    for fold in range(FOLDS):
        model = fit([example for number, example in enumerate(examples) if number % FOLDS != fold])
        for example in examples[fold::FOLDS]:
            found = model.probabilities(example.sentences)
            for role in ROLES:
                if example.labels[role]:
                    hits[role].append(int(found.of[role].argmax()) in example.labels[role])
    return {role: float(np.mean(marks)) for role, marks in hits.items() if marks}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("abstracts", type=Path)
    arguments.add_argument("labels", type=Path)
    arguments.add_argument("-o", "--out", type=Path, required=True)
    asked = arguments.parse_args()
    examples = read_examples(asked.abstracts, asked.labels)
    accuracy = cross_validated(examples)
    print(f"{len(examples)} abstracts:", ", ".join(f"{role} {share:.3f}" for role, share in accuracy.items()))  # noqa: T201
    asked.out.write_bytes(fit(examples).to_bytes())


if __name__ == "__main__":
    main()
