"""Sentences of a paper, each with its section and place."""

import itertools
import re
from collections.abc import Iterable
from typing import NamedTuple

from services.summarizer.text.passages import Passage

_END = re.compile(r"[.!?][\"')\]”’]*\s+(?=[\"'(\[“‘$\\]*[A-Z0-9])")
_SHORTENED = re.compile(
    r"(?:\b(?:e\.g|i\.e|et al|al|figs?|eqs?|eqns?|secs?|refs?|tabs?|thm|lem|prop|def|cf|vs|resp|approx|nos?|dr"
    r"|prof|mr|ms|st|vol|pp|ch|app|w\.r\.t|a\.k\.a)|\b[A-Z])\.\s+$",
    re.I,
)
_LONGEST_CHARS = 500
_SHORTEST_WORDS = 6


class Sentence(NamedTuple):
    """`place` is its position in its section, from 0 (first) to 1 (last)."""

    text: str
    section: str
    place: float


def sentences_of(passages: Iterable[Passage]) -> list[Sentence]:
    """Every sentence that can stand alone, in reading order, each text once."""
    sentences: dict[str, Sentence] = {}
    for passage in passages:
        texts = split_sentences(passage.text)
        for number, text in enumerate(texts):
            if is_statement(text):
                sentences.setdefault(text, Sentence(text, passage.section, number / max(1, len(texts) - 1)))
    return list(sentences.values())


def split_sentences(text: str) -> list[str]:
    """The sentences of prose; paragraphs end sentences, abbreviations and initials do not."""
    return [sentence for paragraph in text.split("\n\n") for sentence in _split_paragraph(paragraph)]


def _split_paragraph(paragraph: str) -> list[str]:
    bounds = [0, *sentence_ends(paragraph), len(paragraph)]
    sentences = (paragraph[start:end].strip() for start, end in itertools.pairwise(bounds))
    return [sentence for sentence in sentences if sentence]


def sentence_ends(paragraph: str) -> list[int]:
    """Where in a paragraph a sentence ends and the next one begins; the paragraph's own end is not among them."""
    ends, start = list[int](), 0
    for end in _END.finditer(paragraph):
        if not _SHORTENED.search(paragraph[start : end.end()]):
            start = end.end()
            ends.append(start)
    return ends


def is_statement(text: str) -> bool:
    """Whether this is a whole sentence in words: not a caption, a heading, a formula or a torn piece."""
    words = re.findall(r"[^\W\d_]{2,}", text)
    letters = sum(char.isalpha() or char.isspace() for char in text)
    whole = text[-1:] in '.!?"”)' and not text[0].islower()
    return whole and len(words) >= _SHORTEST_WORDS and len(text) <= _LONGEST_CHARS and letters / len(text) > 0.7
