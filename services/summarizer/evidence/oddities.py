"""What in a paper speaks to the model that reads it: reported on the summary, in words for its reader.

It is a notice, no defence: a model sees the paper as data, answers in a schema, has no tools, and what it writes is cut
of everything active, whether or not anything is noticed here. Colours and sizes of letters are gone from a converted
paper; white and tiny text is read, and judged, like any other.
"""

import base64
import binascii
import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from services.summarizer.evidence.odd_phrases import DOUBTFUL, MENTIONED, SURE, TOPIC
from services.summarizer.evidence.plain_answers import without_unseen
from services.summarizer.text.passages import Passage, one_line

_MOST_REPORTED, _LONGEST_SHOWN = 5, 120
_NEARBY_CHARS = 300
_FEWEST_ON_TOPIC = 3
_TAGS = re.compile("[\U000e0020-\U000e007e]{4,}")
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]{4,}")
_FLAG = re.compile("\U0001f3f4[\U000e0020-\U000e007f]+")
_WITHIN_WORDS = re.compile("(?<=[^\\W\\d_])[\u200b\u200d\u2060\u2063\ufeff]+(?=[^\\W\\d_])")
_OVERRIDES = re.compile("[\u202d\u202e]")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff]")
_MANY_UNSEEN = 20
_BASE64 = re.compile(r"(?<![\w+/=])[A-Za-z0-9+/]{40,}={0,2}(?![\w+/])")
_QUOTED = re.compile(r"[“‘\"«「『`][^“”\"«»「」『』`\n]{3,400}[”’\"»」』`]|``[^\n]{3,400}?''")
_CODE = re.compile(
    r"^[ \t>]*(```+|~~~+).*?^[ \t>]*\1[^\n]*$|^(?: {4}|\t)[^\n]*$|^\s*\|[^\n]*$|^\s*\+[-=+][^\n]*$", re.S | re.M
)
_SENTENCE_END = re.compile(r"[.!?。！？]\s|\n\s*\n|[。！？]")
_LOOK_ALIKES = str.maketrans("АВЕЗКМНОРСТХаеорсухіјԁһԛѕ", "ABE3KMHOPCTXaeopcyxijdhqs")


_CYRILLIC = re.compile("[\u0400-\u052f]")
_WORD = re.compile(r"[^\W\d_]+")
_SPACED_OUT = re.compile(r"(?<![^\W_])(?:[A-Za-z][ .*_-]){5,}[A-Za-z](?![^\W_])")


class _Hit(NamedTuple):
    asks: str
    start: int
    end: int


def oddities_of(texts: Iterable[Passage]) -> tuple[str, ...]:
    """Sentences about what looks like orders to a model, at most five; `texts` are sections as they are stored.

    Markdown is better than plain text here, because plain text has no unseen characters, no code and no tables.
    """
    sections = list(texts)
    is_on_topic = _is_on_topic(sections)
    found = (notice for section in sections for notice in _notices(section, is_on_topic))
    return tuple(dict.fromkeys(found))[:_MOST_REPORTED]


def _notices(section: Passage, is_on_topic: bool) -> Iterator[str]:
    where = f"Section “{one_line(section.section)}”" if section.section else "The text"
    yield from (f"{where} {words}" for words in _unseen(section.text))
    text = _readable(section.text)
    for hit in _orders(text, is_on_topic):
        shown = one_line(text[hit.start : hit.end]).strip(" .:;,")[:_LONGEST_SHOWN]
        yield f"{where} has text that seems to {hit.asks}: “{shown}”."
    for decoded in _decoded(section.text):
        for hit in _orders(decoded, is_on_topic=False):
            shown = one_line(decoded[hit.start : hit.end])[:_LONGEST_SHOWN]
            yield f"{where} has encoded text (Base64) that seems to {hit.asks}: “{shown}”."


def _unseen(text: str) -> Iterator[str]:
    """Characters that a model reads and nobody sees."""
    tags = "".join(chr(ord(char) - 0xE0000) for run in _TAGS.findall(_FLAG.sub("", text)) for char in run)
    if tags:
        yield f"has unseen characters that spell “{one_line(tags)[:_LONGEST_SHOWN]}”."
    if _SELECTORS.search(text):
        yield "has runs of unseen characters, in which text can be hidden."
    if len(_WITHIN_WORDS.findall(text)) >= _MANY_UNSEEN:
        yield "has unseen characters within many words, which hide words from a search."
    if _OVERRIDES.search(text) and not _RIGHT_TO_LEFT.search(text):
        yield "has characters that turn the direction of reading round."


def _readable(text: str) -> str:
    """The text as a model would read it: without unseen characters, wide and look-alike letters made plain."""
    text = unicodedata.normalize("NFKC", without_unseen(text))
    text = _SPACED_OUT.sub(lambda match: re.sub(r"[ .*_-]", "", match[0]), text)
    return _WORD.sub(lambda match: _latin(match[0]), text) if _CYRILLIC.search(text) else text


def _latin(word: str) -> str:
    """A word of Latin letters in which some are Cyrillic ones that look the same."""
    has_latin = any(char.isascii() and char.isalpha() for char in word)
    return word.translate(_LOOK_ALIKES) if has_latin and not word.isascii() else word


def _orders(text: str, is_on_topic: bool) -> list[_Hit]:
    shown_only = [match.span() for pattern in (_QUOTED, _CODE) for match in pattern.finditer(text)]
    sure = list(_hits(text, SURE))
    doubtful = sorted(_hits(text, DOUBTFUL), key=lambda hit: hit.start)
    kept = [hit for hit in sure if not _is_spoken_of(text, hit, shown_only, is_on_topic)]
    if is_on_topic:
        return kept
    doubtful = [hit for hit in doubtful if not _is_spoken_of(text, hit, shown_only, is_on_topic)]
    return kept or [hit for hit in doubtful if any(_confirms(other, hit) for other in (*doubtful, *sure))]


def _hits(text: str, phrases: Iterable[tuple[str, re.Pattern[str]]]) -> Iterator[_Hit]:
    for asks, pattern in phrases:
        yield from (_Hit(asks, *match.span()) for match in pattern.finditer(text))


def _confirms(one: _Hit, other: _Hit) -> bool:
    return one.asks != other.asks and abs(one.start - other.start) <= _NEARBY_CHARS


def _is_spoken_of(text: str, hit: _Hit, shown_only: list[tuple[int, int]], is_on_topic: bool) -> bool:
    """Whether a phrase is quoted or discussed. In a paper on such attacks either sign is enough, elsewhere both."""
    is_shown = any(start <= hit.start and hit.end <= end for start, end in shown_only)
    is_discussed = bool(MENTIONED.search(_sentence(text, hit)))
    return (is_shown or is_discussed) if is_on_topic else (is_shown and is_discussed)


def _sentence(text: str, hit: _Hit) -> str:
    """What stands before the phrase in its sentence, and after it, without the phrase itself."""
    starts = [match.end() for match in _SENTENCE_END.finditer(text, max(0, hit.start - 300), hit.start)]
    after = _SENTENCE_END.search(text, hit.end)
    start, end = max(starts, default=max(0, hit.start - 300)), min(after.start() if after else len(text), hit.end + 300)
    return f"{text[start : hit.start]} {text[hit.end : end]}"


def _is_on_topic(sections: list[Passage]) -> bool:
    """Whether the paper is about orders to models: then it quotes them."""
    return sum(len(TOPIC.findall(section.text)) for section in sections) >= _FEWEST_ON_TOPIC


def _decoded(text: str) -> Iterator[str]:
    for match in _BASE64.finditer(text):
        try:
            decoded = base64.b64decode(match[0] + "=" * (-len(match[0]) % 4), validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError):
            continue
        if decoded.isprintable() or decoded.replace("\n", "").isprintable():
            yield decoded
