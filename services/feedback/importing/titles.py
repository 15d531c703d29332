"""Papers by their titles: the same title is a match, a similar one only an offer."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field

from shared.text.stop_words import STOP_WORDS

Words = frozenset[str]
Titles = Callable[[], Iterable[tuple[str, str]]]
"""Id and title of every paper, as often as they are asked for: millions of them need not be kept in memory."""

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


def match_titles(wanted: Collection[str], titles: Titles) -> TitleMatches:
    """Compare titles, as they are written, with those of all papers, which are read once or three times."""
    by_normal = {normal_title(title): title for title in wanted}
    by_normal.pop("", None)
    same: dict[str, list[str]] = defaultdict(list)
    for paper_id, title in titles() if by_normal else ():
        if (normal := normal_title(title)) in by_normal:
            same[normal].append(paper_id)
    missing = {normal: title for normal, title in by_normal.items() if normal not in same}
    similar = _similar(dict(list(missing.items())[:_MOST_COMPARED]), titles)
    return TitleMatches({normal: tuple(ids) for normal, ids in same.items()}, similar)


def _similar(wanted: Mapping[str, str], titles: Titles) -> dict[str, tuple[str, ...]]:
    """By the words that titles share; only papers that share a rare word are compared."""
    words = {normal: _words(title) for normal, title in wanted.items()}
    by_rare_word = _by_rare_word(words, titles) if words else {}
    found: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for paper_id, title in titles() if by_rare_word else ():
        theirs = _words(title)
        for normal in {normal for word in theirs for normal in by_rare_word.get(word, ())}:
            own = words[normal]
            if (alike := _likeness(len(own & theirs), len(own), len(theirs))) >= _SIMILAR:
                found[normal].append((alike, paper_id))
    return {
        normal: tuple(paper_id for _, paper_id in sorted(alike, key=lambda each: -each[0])[:_MOST_OFFERS])
        for normal, alike in found.items()
    }


def _by_rare_word(words: Mapping[str, Words], titles: Titles) -> dict[str, list[str]]:
    """The wanted titles by each of their rarest words, those left out that many papers have."""
    wanted = frozenset[str]().union(*words.values())
    counts, papers = Counter[str](), 0
    for _, title in titles():
        counts.update(wanted & _words(title))
        papers += 1
    by_word: dict[str, list[str]] = defaultdict(list)
    for normal, own in words.items():
        for word in sorted(own, key=lambda each: (counts[each], each))[:_RARE_WORDS]:
            if counts[word] <= max(_FEW_PAPERS, _SMALL_SHARE * papers):
                by_word[word].append(normal)
    return by_word


def _likeness(shared: int, first: int, second: int) -> float:
    """Shared words over all words (Jaccard); a title that is part of a longer one counts too."""
    jaccard = shared / (first + second - shared)
    is_part = shared == min(first, second) >= _WORDS_OF_A_PART
    return max(jaccard, _SIMILAR) if is_part else jaccard


def _words(title: str) -> Words:
    return frozenset(_WORD.findall(title.casefold())) - STOP_WORDS
