"""What short forms stand for: those that are well known, and those that papers define or that tags beside them explain.

The well-known ones are lists that were written for papersys, `abbreviations_*.txt`. A short form with several meanings
counts only where exactly one of them is in use.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from shared.text.tag_words import Words, join_words, tag_words

_SCIENCE, _SOFTWARE = (Path(__file__).with_name(f"abbreviations_{name}.txt") for name in ("science", "software"))
_LONGEST_SPAN = 6
_NUMERONYM = re.compile(r"([a-z])(\d{1,2})([a-z])")
_DEFINED = re.compile(r"\(\s*([^\W_][\w-]{1,9})\s*\)")
_BEFORE = re.compile(r"[^\W_][\w'’-]*")
_LINKING = frozenset({"of", "the", "and", "for", "in", "on", "to", "a", "an", "with", "by"})


class Abbreviations:
    """Short forms and the words they stand for, as far as the tags of one collection allow."""

    def __init__(self, meanings: Mapping[str, Collection[Words]]) -> None:
        self._meanings = meanings

    def expanded(self, words: Words) -> Words:
        """The words with every known short form written out, the longest first."""
        out: list[str] = []
        at = 0
        while at < len(words):
            for end in range(min(len(words), at + _LONGEST_SPAN), at, -1):
                meanings = self._meanings.get(join_words(words[at:end]), ())
                if len(meanings) == 1:
                    out += next(iter(meanings))
                    at = end
                    break
            else:
                out.append(words[at])
                at += 1
        return tuple(out)

    def with_defined(self, defined: Iterable[tuple[str, str]]) -> "Abbreviations":
        """With short forms that papers define, as (short, long); they come before the well-known ones."""
        meanings = defaultdict(set)
        for short, long in defined:
            meanings[join_words(tag_words(short))].add(self.expanded(tag_words(long)))
        return Abbreviations({**self._meanings, **meanings})

    def within(self, collection: Iterable[Words]) -> "Abbreviations":
        """For one collection of tags: of several meanings those remain that these tags name."""
        keys = set(map(join_words, collection))
        return Abbreviations(
            {
                short: [words for words in meanings if join_words(words) in keys] if len(meanings) > 1 else meanings
                for short, meanings in self._meanings.items()
            }
        )


@cache
def well_known() -> Abbreviations:
    """The lists that papersys ships."""
    meanings: dict[str, set[Words]] = defaultdict(set)
    for path in (_SCIENCE, _SOFTWARE):
        for long, shorts in _entries(path):
            words = tag_words(long)
            for name in (long, *shorts):
                meanings[join_words(tag_words(name))].add(words)
    return Abbreviations(meanings)


def well_known_terms() -> list[tuple[str, tuple[str, ...]]]:
    """Terms of the sciences, each with its short forms and other names."""
    return list(_entries(_SCIENCE))


def _entries(path: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    for line in path.read_text("utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            long, _, shorts = line.rpartition(": ")
            yield long, tuple(short.strip() for short in shorts.split(","))


def defined_in(text: str) -> list[tuple[str, str]]:
    """Short forms that a text defines, as `convolutional neural network (CNN)`: (short, long), in order.

    The long form is the fewest words before the parenthesis whose initials are the short form's letters (Schwartz &
    Hearst, 2003, with words for letters).
    """
    found = []
    for match in _DEFINED.finditer(text):
        short = match[1]
        if sum(char.isupper() for char in short) < 2:
            continue
        long = _long_form(short, _BEFORE.findall(text[max(0, match.start() - 150) : match.start()]))
        if long:
            found.append((short, long))
    return found


def initials(words: Words) -> str:
    """The first letters of the words, without those that only link."""
    return "".join(word[0] for word in words if word not in _LINKING)


def is_numeronym(short: str) -> bool:
    """Whether a word is written like `k8s`, with a number for the letters between the first and the last."""
    return _NUMERONYM.fullmatch(short) is not None


def numeronym_fits(short: str, word: str) -> bool:
    """Whether a short form such as `k8s` stands for a word: first letter, how many between, last letter."""
    match = _NUMERONYM.fullmatch(short)
    return match is not None and (word[:1], len(word) - 2, word[-1:]) == (match[1], int(match[2]), match[3])


def _long_form(short: str, before: list[str]) -> str:
    letters = short.removesuffix("s").replace("-", "").casefold()
    for start in range(len(before) - 1, max(-1, len(before) - 2 * len(letters) - 1), -1):
        parts = [part for word in before[start:] for part in word.split("-") if part]
        if initials(tuple(part.casefold() for part in parts)) == letters:
            return " ".join(before[start:])
    return ""
