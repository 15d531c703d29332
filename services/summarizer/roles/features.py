"""What is known of each sentence of an abstract: its place, its cues and its neighbours', and its words."""

import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from services.summarizer.roles.cues import COUNTED, CUES, PATTERNS

Array = NDArray[np.float64]

_WORD = re.compile(r"[a-z]+(?:-[a-z]+)*|\d+(?:\.\d+)?%?|[?:;]", re.I)
_HEAD_WORDS = 4
_FROM_START, _FROM_END, _BUMPS = 7, 5, 5
_TYPICAL_LOG_LENGTH = 5.0
_COLUMNS = {name: column for column, name in enumerate(CUES)}
_ANCHORS = {"proposal": (-3, 5), "outcome": (-3, 3), "contrast": (-2, 3)}
"""How far before and after its anchor a sentence's distance is told apart."""


def feature_names() -> list[str]:
    """A name for each column of `features_of`; weights are kept with these, so that a change of features is noticed."""
    places = [f"place {number} from start" for number in range(_FROM_START)]
    places += [f"place {number} from end" for number in range(_FROM_END)]
    places += ["share", "share squared", *(f"near {number}/{_BUMPS - 1}" for number in range(_BUMPS)), "length"]
    cues = [f"{where}: {name}" for where in ("cue", "before", "after") for name in CUES]
    counts = [f"count of {name}" for name in COUNTED]
    distances = [
        f"{name} {distance}" for name, (low, high) in _ANCHORS.items() for distance in (*range(low, high + 1), "none")
    ]
    return [*places, *cues, *counts, *distances]


def features_of(sentences: Sequence[str]) -> Array:
    """A row for each sentence of one abstract, in its order."""
    if not sentences:
        return np.zeros((0, len(feature_names())))
    cues = np.array([[bool(pattern.search(text)) for pattern in PATTERNS.values()] for text in sentences], dtype=float)
    outside = np.zeros((1, cues.shape[1]))
    before, after = np.vstack([outside, cues[:-1]]), np.vstack([cues[1:], outside])
    counts = np.log1p([[len(PATTERNS[name].findall(text)) for name in COUNTED] for text in sentences])
    return np.hstack([_places(sentences), cues, before, after, counts, *_distances(cues)])


def words_of(sentence: str) -> set[str]:
    """Words, pairs of words, and how the sentence begins; numbers are all one word, percentages another."""
    words = [_plain(word) for word in _WORD.findall(sentence)]
    head = words[:_HEAD_WORDS]
    pairs = {f"{first} {second}" for first, second in pairwise(words)}
    return {*words, *pairs, *("^" + " ".join(head[:count]) for count in range(1, len(head) + 1))}


def _plain(word: str) -> str:
    if word[0].isdigit():
        return "<n%>" if word.endswith("%") else "<n>"
    return word.lower()


def _places(sentences: Sequence[str]) -> Array:
    count = len(sentences)
    number = np.arange(count)
    from_start = np.minimum(number, _FROM_START - 1)[:, None] == np.arange(_FROM_START)
    from_end = (count - 1 - number)[:, None] == np.arange(_FROM_END)
    share = number / max(1, count - 1)
    bumps = np.maximum(0, 1 - np.abs(share[:, None] * (_BUMPS - 1) - np.arange(_BUMPS)))
    length = np.log([len(text) + 1 for text in sentences]) - _TYPICAL_LOG_LENGTH
    return np.column_stack([from_start, from_end, share, (share - 0.5) ** 2, bumps, length])


def _distances(cues: Array) -> list[Array]:
    """How far each sentence is from where the authors begin to act, from the first outcome, from the first contrast."""
    acts = np.maximum(_cue(cues, "authors act"), _cue(cues, "this paper")) * (1 - _cue(cues, "outcome first"))
    proposal = _first(acts)
    if proposal is None:
        proposal = _first(_cue(cues, "proposal"))
    after_it = np.arange(len(cues)) > (-1 if proposal is None else proposal)
    outcome = _first(_cue(cues, "outcome first") * after_it)
    contrast = _first(_cue(cues, "contrast first") + _cue(cues, "concession first"))
    anchors = {"proposal": proposal, "outcome": outcome, "contrast": contrast}
    return [_one_hot(len(cues), anchors[name], *reach) for name, reach in _ANCHORS.items()]


def _cue(cues: Array, name: str) -> Array:
    column: Array = cues[:, _COLUMNS[name]]
    return column


def _first(marks: Array) -> int | None:
    rows = np.flatnonzero(marks)
    return int(rows[0]) if len(rows) else None


def _one_hot(count: int, anchor: int | None, low: int, high: int) -> Array:
    table = np.zeros((count, high - low + 2))
    if anchor is None:
        table[:, -1] = 1
    else:
        distance = np.clip(np.arange(count) - anchor, low, high)
        table[np.arange(count), distance - low] = 1
    return table
