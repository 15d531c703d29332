"""The content words of a text, as stems, and how many of a claim's its quotes have."""

import re
from collections.abc import Collection, Iterable

from shared.text.stop_words import FUNCTION_WORDS

_WORD = re.compile(r"[^\W\d_]+(?:[-‐‑'’][^\W_]+)*|[^\W\d_]+\d[\w.-]*")
_SAID_OF_ANY_PAPER = frozenset(
    """
    author paper work study article propose present introduce describe address consider investigate show demonstrate
    find report approach method technique result new novel problem aim goal focus develop design allow enable based
    different called named following including include provide make made given result finding conclude claim state argue
    suggest need require have
    """.split()  # noqa: SIM905
)
_ENDINGS = re.compile(
    r"(?:ization|isation|ational|fulness|ousness|iveness|ations?|ators?|ities|ments?|ness|ically|ingly|edly|ies|ings?"
    r"|ions?|ers?|est|ed|ly|ity|al|ive|es|e|s|y)$"
)
_SHORTEST_STEM = 4
_ENGLISH_LETTERS = 0.9
_MANY_WORDS, _FEWEST_FUNCTION_WORDS = 8, 0.1


def content_stems(text: str) -> list[str]:
    """Stems of the words that carry meaning, each once, in order; the parts of a hyphenated word on their own."""
    words = (part for match in _WORD.finditer(text.casefold()) for part in re.split(r"[-‐‑'’]", match.group()))
    stems = (stem(word) for word in words if len(word) > 1 and word not in FUNCTION_WORDS)
    return list(dict.fromkeys(word for word in stems if word not in _GENERAL))


def stem(word: str) -> str:
    """A word without its ending, at least four letters of it: `converges` and `convergence` have one stem."""
    ending = _ENDINGS.search(word)
    return word[: max(_SHORTEST_STEM, ending.start())] if ending and len(word) > _SHORTEST_STEM else word


def is_same_stem(one: str, other: str) -> bool:
    """Whether two stems are forms of one word: `optimiz` and `optimal` are not, `converg` and `convergenc` are."""
    shorter, longer = sorted((one, other), key=len)
    return one == other or (
        len(shorter) >= _SHORTEST_STEM and longer.startswith(shorter) and len(longer) - len(shorter) <= 3
    )


def has_stem(wanted: str, stems: Collection[str]) -> bool:
    return wanted in stems or any(is_same_stem(wanted, other) for other in stems)


def shared_part(claim: str, texts: Iterable[str]) -> float | None:
    """The part of a claim's content words that the texts have, from 0 to 1; None where it has none."""
    wanted = content_stems(claim)
    there = {word for text in texts for word in content_stems(text)}
    return sum(has_stem(word, there) for word in wanted) / len(wanted) if wanted else None


def is_english(text: str) -> bool:
    """Whether words of this text can be compared with English ones; a few words without any sign are taken for it."""
    letters = [char for char in text if char.isalpha()]
    if not letters:
        return True
    if sum(char.isascii() for char in letters) < _ENGLISH_LETTERS * len(letters):
        return False
    words = re.findall(r"[a-z]+", text.casefold())
    return len(words) < _MANY_WORDS or sum(word in FUNCTION_WORDS for word in words) >= _FEWEST_FUNCTION_WORDS * len(
        words
    )


_GENERAL = frozenset(stem(word) for word in _SAID_OF_ANY_PAPER)
