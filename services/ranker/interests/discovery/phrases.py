"""Phrases of papers: one to three words that could name something, and which are distinctive of a set of papers.

Class-based TF-IDF after Grootendorst, BERTopic, 2022 (https://arxiv.org/abs/2203.05794), with shares of papers.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import takewhile
from pathlib import Path

import numpy as np
import snowballstemmer

from services.ranker.search.query.parsed_query import STOP_WORDS
from shared.text.stop_words import FUNCTION_WORDS

Phrase = tuple[str, ...]

_SENTENCE_END = re.compile(r"[.;:!?()\[\],]+(?:\s|$)|\s[(\[]")
_WORD = re.compile(r"[0-9]*[a-z][a-z0-9]*(?:[-'][a-z0-9]+)*", re.IGNORECASE)
_LONGEST = 3
_MOST_WORDS = 4_000
_TEXTS_KEPT = 8_192
"""The likes, the sample and the summaries that interests are found in; an abstract's phrases take 20 kB."""
_SMALL_LETTERS_FROM = 0.2
_KEPT_S = ("ss", "us", "is", "as", "ics")
_LONG_PLURALS = ("sses", "iases", "xes", "ches", "shes")
# Words of every abstract: they say that it is a paper, not of what.
_STEMMER = snowballstemmer.stemmer("english")
_EMPTY = STOP_WORDS | FUNCTION_WORDS | frozenset(Path(__file__).with_name("empty_words.txt").read_text("utf-8").split())


@lru_cache(_TEXTS_KEPT)
def phrases_of(text: str) -> frozenset[Phrase]:
    """The phrases of a text, as the stems of their words; none has an empty word. Those of the last texts are kept."""
    return read_phrases(text)


def read_phrases(text: str) -> frozenset[Phrase]:
    """The same for texts that are read once."""
    phrases: set[Phrase] = set()
    words_left = _MOST_WORDS
    for part in _SENTENCE_END.split(text):
        words = _WORD.findall(part.lower())[:words_left]
        words_left -= len(words)
        stems = [_content_stem(word) for word in words]
        for start, first in enumerate(stems):
            length = 0
            while first and length < _LONGEST and start + length < len(stems) and stems[start + length]:
                length += 1
                phrases.add(tuple(stems[start : start + length]))
    return frozenset(phrases)


@lru_cache(200_000)
def _content_stem(word: str) -> str:
    """The stem of a word in lower case; empty where it can name nothing."""
    return stem(word) if is_content_word(singular(word)) else ""


def singular(word: str) -> str:
    """`studies`, `biases`, `models` as one thing; good enough to count by."""
    if len(word) > 4 and word.endswith("ies"):
        return f"{word[:-3]}y"
    if len(word) > 4 and word.endswith(_LONG_PLURALS):
        return word[:-2]
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(_KEPT_S) else word


@lru_cache(200_000)
def stem(word: str) -> str:
    """`compress`, `compressed` and `compression` as one thing (Porter's English stemmer, version 2)."""
    return str(_STEMMER.stemWord(singular(word)))


def counts_of(texts: Iterable[frozenset[Phrase]]) -> Counter[Phrase]:
    """In how many texts each phrase stands."""
    return Counter(phrase for phrases in texts for phrase in phrases)


def distinctive_phrases(
    inside: Sequence[frozenset[Phrase]], outside: Mapping[Phrase, int], papers: int, most: int = 3, fewest: int = 2
) -> list[Phrase]:
    """The phrases distinctive of some texts against `papers` others (in how many of which each stands), best first."""
    least = max(fewest, round(0.15 * len(inside)))
    counts = {phrase: count for phrase, count in counts_of(inside).items() if count >= least}
    scores = {
        phrase: _contrast(count, len(inside), outside.get(phrase, 0), papers, len(phrase))
        for phrase, count in counts.items()
    }
    chosen: list[Phrase] = []
    for phrase in sorted(scores, key=lambda phrase: (-scores[phrase], phrase)):
        if scores[phrase] <= 0 or len(chosen) == most:
            break
        if not any(are_alike(phrase, earlier) for earlier in chosen):
            chosen.append(phrase)
    return chosen


def as_written(phrases: Sequence[Phrase], texts: Iterable[str]) -> list[str]:
    """Phrases as the texts write them most often."""
    forms: dict[Phrase, Counter[str]] = {phrase: Counter() for phrase in phrases}
    for text in texts:
        words = _WORD.findall(text[:1].lower() + text[1:])  # a first word's capital says nothing
        bare = [stem(word.lower()) for word in words]
        for phrase in phrases:
            for start in range(len(words) - len(phrase) + 1):
                if tuple(bare[start : start + len(phrase)]) == phrase:
                    forms[phrase][" ".join(words[start : start + len(phrase)])] += 1
    return [_commonest(forms[phrase]) or " ".join(phrase) for phrase in phrases]


def _commonest(forms: Counter[str]) -> str:
    """The commonest form; in small letters, unless these are rare: a name or an abbreviation then."""
    words: Counter[str] = Counter()
    for form, count in forms.items():
        words[form.lower()] += count
    if not words:
        return ""
    commonest, total = words.most_common(1)[0]
    if forms[commonest] >= _SMALL_LETTERS_FROM * total:
        return commonest
    return next(form for form, _ in forms.most_common() if form.lower() == commonest)


def _contrast(count: int, texts: int, outside: int, papers: int, words: int) -> float:
    share, elsewhere = count / texts, (outside + 0.5) / (papers + 1)
    return float(share * np.log(share / elsewhere) * (1 + 0.25 * (words - 1)))


def are_alike(phrase: Phrase, other: Phrase) -> bool:
    """Whether two phrases have forms of one word."""
    return any(_alike(word, another) for word in phrase for another in other)


def _alike(word: str, other: str) -> bool:
    """Whether two words are forms of one: `quantized`, `quantization`."""
    pairs = zip(word, other, strict=False)
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    return word == other or (same >= 4 and same >= 0.6 * min(len(word), len(other)))


def is_content_word(word: str) -> bool:
    """Whether a word in lower case can say what a paper is about."""
    return len(word) > 2 and word not in _EMPTY
