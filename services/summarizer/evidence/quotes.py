"""Quotes looked up in a paper: a claim rests on words that stand there, or it is marked.

A quote is compared word by word, without regard to case, line breaks, hyphenation and Markdown. Where it is not
there letter by letter, a near match may differ in function words and spelling, never in a number or a negation.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from functools import cached_property
from typing import NamedTuple

from services.summarizer.text.passages import Passage, plain_text
from shared.store.papers.summaries import Claim, FieldValue, Quote

_HYPHEN = r"[-‐‑\u00ad]"
_WORD = re.compile(
    rf"\d+(?:[.,]\d+)*|[^\W\d_][^\W_]*(?:(?:{_HYPHEN}\s*|['’])[^\W_]+)*|[%<>=+±≤≥≈×]|[-−](?=\d)",
)
_INSIDE = re.compile(rf"(?:{_HYPHEN}\s*|['’])")
_FEWEST_WORDS = 4
_NEAR = 0.85
_SAME_SPELLING = 0.85
_FUNCTION_WORDS = (
    "a an and are as at be been by for from has have in is it its of on or our that the their them these this those to "
    "was we were which with"
)
_NEGATIONS = (
    "no not never nor none neither without cannot cant dont doesnt didnt isnt arent wasnt werent wont hardly barely "
    "unable fails fail lacks lack less fewer"
)


class FoundQuote(NamedTuple):
    """The paper's own words, and the title of the section they stand in."""

    text: str
    section: str


class WordIndex:
    """A text as comparable words, each with its place in the original."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def places(self) -> list[tuple[int, int]]:
        return [match.span() for match in _WORD.finditer(self.text)]

    @cached_property
    def words(self) -> list[str]:
        return words_of(self.text)

    @cached_property
    def line(self) -> str:
        return f" {' '.join(self.words)} "

    def find_words_of(self, quote: str) -> tuple[int, int] | None:
        """Where the very words of a quote stand one after the other: characters of the text."""
        words = words_of(quote)
        first = self.first_of(words) if words else None
        return None if first is None else self.span(first, first + len(words) - 1)

    def first_of(self, words: Sequence[str]) -> int | None:
        at = self.line.find(f" {' '.join(words)} ")
        return None if at < 0 else self.line.count(" ", 0, at + 1) - 1

    def span(self, first: int, last: int) -> tuple[int, int]:
        """The text from word `first` to word `last`, widened to whole words with their punctuation."""
        start, end = self.places[first][0], self.places[last][1]
        while start > 0 and not self.text[start - 1].isspace():
            start -= 1
        while end < len(self.text) and not self.text[end].isspace():
            end += 1
        return start, end - len(self.text[start:end]) + len(self.text[start:end].rstrip(",;:"))


class _Searchable(WordIndex):
    """The words of a passage, and the title of its section."""

    def __init__(self, passage: Passage) -> None:
        super().__init__(passage.text)
        self.section = passage.section

    def original(self, first: int, last: int) -> FoundQuote:
        start, end = self.span(first, last)
        return FoundQuote(self.text[start:end], self.section)


class Quotes:
    """The searchable text of one paper."""

    def __init__(self, passages: Iterable[Passage]) -> None:
        self._texts = [_Searchable(passage) for passage in passages]

    def find(self, quote: str) -> FoundQuote | None:
        """Where a quote stands, as the paper has it; None where it does not, or is too short to prove anything."""
        words = words_of(plain_text(quote))
        if len(words) < _FEWEST_WORDS:
            return None
        for text in self._texts:
            match = _exact(words, text)
            if match:
                return match
        for text in self._texts:
            match = _near(words, text)
            if match:
                return match
        return None

    def check(self, field: FieldValue) -> FieldValue:
        """The field with each quote as the paper has it, or marked as not found."""
        return field.model_copy(update={"claims": tuple(self._checked(claim) for claim in field.claims)})

    def _checked(self, claim: Claim) -> Claim:
        return claim.model_copy(update={"quotes": tuple(self._looked_up(quote) for quote in claim.quotes)})

    def _looked_up(self, quote: Quote) -> Quote:
        match = self.find(quote.text)
        if match is None:
            return Quote(text=quote.text, found=False)
        return Quote(text=match.text, section=match.section)


def is_too_short(quote: str) -> bool:
    """Whether a quote has too few words to prove anything, wherever it stands."""
    return len(words_of(plain_text(quote))) < _FEWEST_WORDS


def words_of(text: str) -> list[str]:
    """Comparable words: case, hyphens, apostrophes, thousands' commas and forms of letters make no difference."""
    return [_comparable(match.group()) for match in _WORD.finditer(text)]


def _comparable(word: str) -> str:
    if word[0].isdigit():
        return re.sub(r",(?=\d{3})", "", word)
    return unicodedata.normalize("NFKC", _INSIDE.sub("", word.replace("−", "-")) or "-").casefold()


def _exact(words: list[str], text: _Searchable) -> FoundQuote | None:
    first = text.first_of(words)
    return None if first is None else text.original(first, first + len(words) - 1)


def _near(words: list[str], text: _Searchable) -> FoundQuote | None:
    start = _likeliest_start(words, text.words)
    if start is None:
        return None
    window = text.words[start : start + len(words)]
    matcher = SequenceMatcher(None, words, window, autojunk=False)
    if matcher.ratio() < _NEAR or not _differ_harmlessly(words, window, matcher):
        return None
    blocks = [block for block in matcher.get_matching_blocks() if block.size]
    return text.original(start + blocks[0].b, start + blocks[-1].b + blocks[-1].size - 1)


def _likeliest_start(words: list[str], text: list[str]) -> int | None:
    """Where a window of as many words shares most of them; None where none shares enough."""
    size = len(words)
    wanted, seen = Counter(words), Counter[str]()
    best, best_start, shared = 0, None, 0
    for end, word in enumerate(text):
        seen[word] += 1
        shared += seen[word] <= wanted[word]
        if end >= size:
            gone = text[end - size]
            shared -= seen[gone] <= wanted[gone]
            seen[gone] -= 1
        if shared > best:
            best, best_start = shared, max(0, end - size + 1)
    return best_start if best >= _NEAR * size else None


def _differ_harmlessly(words: list[str], window: list[str], matcher: SequenceMatcher[str]) -> bool:
    for kind, left, left_end, right, right_end in matcher.get_opcodes():
        if kind == "equal":
            continue
        ours, theirs = words[left:left_end], window[right:right_end]
        at_edge = kind == "insert" and (right == 0 or right_end == len(window))
        if not at_edge and not _mean_the_same(ours, theirs):
            return False
    return True


def _mean_the_same(ours: list[str], theirs: list[str]) -> bool:
    if any(_weighs(word) for word in [*ours, *theirs]):
        return False
    if all(word in _FUNCTION_WORDS.split() for word in [*ours, *theirs]):
        return True
    return SequenceMatcher(None, "".join(ours), "".join(theirs), autojunk=False).ratio() >= _SAME_SPELLING


def _weighs(word: str) -> bool:
    return word in _NEGATIONS.split() or not word.isalpha()
