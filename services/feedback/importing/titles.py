"""Papers by their titles: the same title is a match, a similar one only an offer."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from shared.text.stop_words import STOP_WORDS

_WORD = re.compile(r"[^\W_]+")
_SIMILAR = 0.6
_WORDS_OF_A_PART = 4
_MOST_OFFERS = 3
_MOST_COMPARED = 1_000
"""Titles for which similar ones are sought; a longer list of works is not of arXiv."""


@dataclass(frozen=True)
class TitleMatches:
    """Ids by `normal_title`: of the same title (several where papers share it), and of similar ones, the best first."""

    same: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    similar: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def normal_title(title: str) -> str:
    """Letters and digits alone: case, accents, hyphens, spaces, braces and dollars make no difference."""
    decomposed = unicodedata.normalize("NFKD", title.replace("\\", "")).casefold()
    return "".join(char for char in decomposed if char.isalnum())


def match_titles(wanted: Collection[str], titles: Mapping[str, str] | Iterable[tuple[str, str]]) -> TitleMatches:
    """Compare titles with (id, title) of all papers, which are read once; the wanted ones are given as written."""
    pairs = list(titles.items() if isinstance(titles, Mapping) else titles)
    by_normal = {normal_title(title): title for title in wanted}
    by_normal.pop("", None)
    same: dict[str, list[str]] = defaultdict(list)
    for paper_id, title in pairs:
        if (normal := normal_title(title)) in by_normal:
            same[normal].append(paper_id)
    missing = {normal: title for normal, title in by_normal.items() if normal not in same}
    similar = _similar(dict(list(missing.items())[:_MOST_COMPARED]), pairs)
    return TitleMatches({normal: tuple(ids) for normal, ids in same.items()}, similar)


def _similar(wanted: Mapping[str, str], pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """By the words that titles share."""
    words = {normal: _words(title) for normal, title in wanted.items()}
    by_word: dict[str, list[str]] = defaultdict(list)
    for normal, own in words.items():
        for word in own:
            by_word[word].append(normal)
    found: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for paper_id, title in pairs if by_word else ():
        theirs = _words(title)
        shared = Counter(normal for word in theirs for normal in by_word.get(word, ()))
        for normal, count in shared.items():
            if (alike := _likeness(count, len(words[normal]), len(theirs))) >= _SIMILAR:
                found[normal].append((alike, paper_id))
    return {
        normal: tuple(paper_id for _, paper_id in sorted(alike, key=lambda each: -each[0])[:_MOST_OFFERS])
        for normal, alike in found.items()
    }


def _likeness(shared: int, first: int, second: int) -> float:
    """Shared words over all words (Jaccard); a title that is part of a longer one counts too."""
    jaccard = shared / (first + second - shared)
    is_part = shared == min(first, second) >= _WORDS_OF_A_PART
    return max(jaccard, _SIMILAR) if is_part else jaccard


def _words(title: str) -> frozenset[str]:
    return frozenset(_WORD.findall(title.casefold())) - STOP_WORDS
