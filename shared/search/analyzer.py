"""How texts become words: in the index, in queries and where hits are marked alike.

Letters and digits in lower case without accents, stemmed by Porter's algorithm for English (https://snowballstem.org).
Words of names are not stemmed.
"""

import itertools
import re
import unicodedata
from functools import cache
from typing import NamedTuple

import tantivy

ANALYZER = "papers-1"
"""Its number goes up when words are made in another way: an index with other words is rebuilt."""
_MOST_WORDS_OF_NAME = 12
_ASCII_WORD = re.compile(r"[a-zA-Z0-9]+")
"""What Tantivy's tokenizer finds in ASCII, in a third of the time that its tokens take on their way here."""


class LocatedWords(NamedTuple):
    """The stemmed words of a text, and where each begins and ends."""

    stems: tuple[str, ...]
    places: list[tuple[int, int]]


@cache
def text_analyzer() -> tantivy.TextAnalyzer:
    return _words_without_accents().filter(tantivy.Filter.stemmer("english")).build()


def stems_of(text: str) -> tuple[str, ...]:
    """The words of a text as the index has them."""
    return tuple(text_analyzer().analyze(without_accents(text)))


def located_words(text: str) -> LocatedWords:
    """The words of a text with their places."""
    if text.isascii():
        return LocatedWords(stems_of(text), [match.span() for match in _ASCII_WORD.finditer(text)])
    letters = [without_accents(letter) for letter in text]
    origin = [place for place, letter in enumerate(letters) for _ in letter]
    tokens = text_analyzer().pre_tokenize("".join(letters)).tokens
    places = [(origin[token.char_offset_from], origin[token.char_offset_to - 1] + 1) for token in tokens]
    return LocatedWords(tuple(token.text for token in tokens), places)


def name_keys(name: str) -> list[str]:
    """What is indexed of one author's name, and sought of a name: its words, and each two of them.

    A paper that has all keys of a name has an author with these words in their name, in whatever order.
    """
    words = sorted(dict.fromkeys(_name_analyzer().analyze(without_accents(name))[:_MOST_WORDS_OF_NAME]))
    return words + [f"{first} {second}" for first, second in itertools.combinations(words, 2)]


def without_accents(text: str) -> str:
    """`Müller` as `Muller`; letters that are no letter with an accent (`ł`) are left to the analyzer."""
    if text.isascii():
        return text
    return "".join(char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char))


@cache
def _name_analyzer() -> tantivy.TextAnalyzer:
    return _words_without_accents().build()


def _words_without_accents() -> tantivy.TextAnalyzerBuilder:
    words = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple()).filter(tantivy.Filter.lowercase())
    return words.filter(tantivy.Filter.ascii_fold())
