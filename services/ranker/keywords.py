"""Keyword search over titles and abstracts: an inverted index in memory, weighted by how rare a word is.

Scoring is BM25 without its length and frequency terms (abstracts are of one length and say a word once or twice); a
word in the title counts double. Holds some tens of thousands of papers.
"""

import math
import re
from array import array
from collections import defaultdict
from collections.abc import Iterable

_WORD = re.compile(r"[^\W_]+(?:[-'][^\W_]+)*", re.UNICODE)
_TITLE_COUNTS = 2.0
_SHARE_OF_BEST = 0.4
_NOWHERE = array("I")


def words_of(text: str) -> set[str]:
    """The words of a text in lower case; a word with a hyphen is also its parts."""
    whole = {word.casefold() for word in _WORD.findall(text)}
    return whole | {part for word in whole for part in word.split("-") if part}


class KeywordIndex:
    """`add` papers, then `search`."""

    def __init__(self) -> None:
        self._ids: list[str] = []
        self._in_title: dict[str, array[int]] = defaultdict(lambda: array("I"))
        self._in_abstract: dict[str, array[int]] = defaultdict(lambda: array("I"))

    def __len__(self) -> int:
        return len(self._ids)

    def add(self, paper_id: str, title: str, abstract: str) -> None:
        number = len(self._ids)
        self._ids.append(paper_id)
        in_title = words_of(title)
        for word in in_title:
            self._in_title[word].append(number)
        for word in words_of(abstract) - in_title:
            self._in_abstract[word].append(number)

    def search(self, query: str, limit: int) -> list[tuple[str, float]]:
        """Papers that have the words of the query, best first; those that have only its common words are left out."""
        scores: dict[int, float] = defaultdict(float)
        for word in sorted(words_of(query)):
            in_title, in_abstract = self._in_title.get(word, _NOWHERE), self._in_abstract.get(word, _NOWHERE)
            rarity = math.log(1 + len(self._ids) / (1 + len(in_title) + len(in_abstract)))
            _count(scores, in_title, _TITLE_COUNTS * rarity)
            _count(scores, in_abstract, rarity)
        enough = _SHARE_OF_BEST * max(scores.values(), default=0.0)
        found = [(self._ids[number], score) for number, score in scores.items() if score >= enough]
        return sorted(found, key=lambda one: (-one[1], one[0]))[:limit]


def _count(scores: dict[int, float], numbers: Iterable[int], points: float) -> None:
    for number in numbers:
        scores[number] += points


def fuse(*rankings: list[str], constant: int = 60) -> list[tuple[str, float]]:
    """Several rankings as one, best first, by reciprocal rank fusion (Cormack, Clarke, Büttcher, SIGIR 2009)."""
    scores: dict[str, float] = defaultdict(float)
    for ranking in rankings:
        for rank, paper_id in enumerate(ranking, 1):
            scores[paper_id] += 1 / (constant + rank)
    return sorted(scores.items(), key=lambda one: (-one[1], one[0]))
