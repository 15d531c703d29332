"""Papers by their titles: the same title is a match, a similar one only an offer."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from shared.text.stop_words import STOP_WORDS

Words = frozenset[str]

_WORD = re.compile(r"[^\W_]+")
_SIMILAR = 0.6
_WORDS_OF_A_PART = 4
_MOST_OFFERS = 3
_RARE_WORDS = 4
_FEW_PAPERS, _SMALL_SHARE = 200, 0.02
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


def _similar(wanted: Mapping[str, str], pairs: Sequence[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """By the words that titles share; only papers that share a rare word are compared."""
    words = {normal: _words(title) for normal, title in wanted.items()}
    every = [(paper_id, _words(title)) for paper_id, title in pairs] if wanted else []
    found: dict[str, list[tuple[float, str]]] = defaultdict(list)
    by_rare_word = _by_rare_word(words, Counter(word for _, theirs in every for word in theirs), len(every))
    for paper_id, theirs in every:
        for normal in {normal for word in theirs for normal in by_rare_word.get(word, ())}:
            own = words[normal]
            if (alike := _likeness(len(own & theirs), len(own), len(theirs))) >= _SIMILAR:
                found[normal].append((alike, paper_id))
    return {
        normal: tuple(paper_id for _, paper_id in sorted(alike, key=lambda each: -each[0])[:_MOST_OFFERS])
        for normal, alike in found.items()
    }


def _by_rare_word(words: Mapping[str, Words], counts: Mapping[str, int], papers: int) -> dict[str, list[str]]:
    """The wanted titles by each of their rarest words, those left out that many papers have."""
    by_word: dict[str, list[str]] = defaultdict(list)
    for normal, own in words.items():
        for word in sorted(own, key=lambda each: (counts.get(each, 0), each))[:_RARE_WORDS]:
            if counts.get(word, 0) <= max(_FEW_PAPERS, _SMALL_SHARE * papers):
                by_word[word].append(normal)
    return by_word


def _likeness(shared: int, first: int, second: int) -> float:
    """Shared words over all words (Jaccard); a title that is part of a longer one counts too."""
    jaccard = shared / (first + second - shared)
    is_part = shared == min(first, second) >= _WORDS_OF_A_PART
    return max(jaccard, _SIMILAR) if is_part else jaccard


def _words(title: str) -> Words:
    return frozenset(_WORD.findall(title.casefold())) - STOP_WORDS
