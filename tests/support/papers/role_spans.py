"""Abstracts in which people marked the words for problem, task, idea and result; and how a choice of sentences agrees.

A sentence agrees with a span when they share at least half of the characters of the shorter of the two.
"""

import csv
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from services.summarizer.text.sentences import split_sentences

FIELDS = {"problem": "problem", "task": "one_sentence_summary", "idea": "method", "result": "result"}
"""The field for each label of the marked spans."""

Choice = Callable[[str], dict[str, str]]
"""The first sentence of each field of an abstract, by the field's name."""


@dataclass(frozen=True)
class MarkedAbstract:
    """An abstract, and for each label where its spans begin and end."""

    text: str
    spans: dict[str, list[tuple[int, int]]] = field(default_factory=dict)

    def agrees(self, label: str, sentence: str | None) -> bool:
        start = self.text.find(sentence) if sentence else -1
        if sentence is None or start < 0:
            return False
        end = start + len(sentence)
        shorter = (min(last - first, end - start) for first, last in self.spans[label])
        shared = (min(last, end) - max(first, start) for first, last in self.spans[label])
        return any(both >= 0.5 * least for both, least in zip(shared, shorter, strict=True))


def read_marked(path: Path) -> list[MarkedAbstract]:
    abstracts: dict[str, MarkedAbstract] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            marked = abstracts.setdefault(row["arxiv_id"], MarkedAbstract(row["abstract"]))
            marked.spans.setdefault(row["label"], []).append((int(row["start_idx"]), int(row["end_idx"])))
    return list(abstracts.values())


def agreement(abstracts: list[MarkedAbstract], choose: Choice) -> np.ndarray:
    """Abstracts x labels: 1 where the chosen sentence agrees, 0 where not, NaN where nobody marked a span."""
    table = np.full((len(abstracts), len(FIELDS)), np.nan)
    for row, marked in enumerate(abstracts):
        chosen = choose(marked.text)
        for column, (label, name) in enumerate(FIELDS.items()):
            if label in marked.spans:
                table[row, column] = marked.agrees(label, chosen.get(name))
    return table


def at_one_position(text: str) -> dict[str, str]:
    """The plain way: the second sentence, the first, the middle one and the last, whatever they say."""
    sentences = split_sentences(text)
    places = {"problem": min(1, len(sentences) - 1), "one_sentence_summary": 0, "result": len(sentences) - 1}
    places["method"] = round((len(sentences) - 1) * 0.45)
    return {name: sentences[place] for name, place in places.items()}
