"""Which parts of a paper a model reads where not all of it fits: what tells most first, in the order of the paper."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from services.summarizer.text.passages import ABSTRACT, Passage
from services.summarizer.text.sentences import split_sentences
from services.summarizer.text.tokens import tokens_of

_NUMBER = re.compile(r"^(?:(?:section|chapter)\s+)?(?:[\dIVX]+(?:\.\d+)*[.):]?|[A-Z][.)])\s+", re.I)
_LEFT_OUT = re.compile(
    r"^(?:references?|bibliography|literature cited|works cited|acknowledge?ments?|funding|author contributions?"
    r"|conflicts? of interest|competing interests?|data availability)\b",
    re.I,
)
_LATE = re.compile(r"^(?:appendix|appendices|supplement|related work|previous work|prior work|proof of)\b", re.I)
_TELLING = (
    re.compile(r"introduction|motivation|overview", re.I),
    re.compile(r"conclusion|concluding|summary|discussion", re.I),
    re.compile(r"limitation|threats|future work|shortcoming", re.I),
    re.compile(r"method|approach|model|algorithm|framework|architecture|proposed|construction|design", re.I),
    re.compile(r"experiment|evaluation|result|finding|setup|data|benchmark|analysis", re.I),
)
_LARGEST_SHARE = 0.4
_LEAST_TOKENS = 60
_CUT = "[...]"
_HEADING_TOKENS = 8


class Selection(NamedTuple):
    """The text for a model, its likely tokens, and whether all of the paper is in it."""

    text: str
    tokens: int
    whole: bool


def select_sections(passages: Sequence[Passage], most_tokens: int) -> Selection:
    """As much of the paper as fits; references and acknowledgements are never in it.

    By rank, each section gets at most two fifths of the room at first, so that a long introduction does not push out
    the method; what is left then goes to those that were cut, in the same order.
    """
    prose = [passage for passage in passages if not _LEFT_OUT.match(_bare(passage.section))]
    sizes = [tokens_of(passage.text) + _HEADING_TOKENS for passage in prose]
    granted = _granted(sizes, sorted(range(len(prose)), key=lambda i: (_rank(prose, i), i)), most_tokens)
    blocks = [
        f"## {passage.section}\n{_cut(passage.text, room - _HEADING_TOKENS) if room < size else passage.text}"
        for passage, room, size in zip(prose, granted, sizes, strict=True)
        if room
    ]
    text = "\n\n".join(blocks)
    return Selection(text, tokens_of(text), granted == sizes)


def _granted(sizes: Sequence[int], order: Sequence[int], most_tokens: int) -> list[int]:
    """Tokens for each section, nothing where only a shred of it would fit."""
    granted, room = [0] * len(sizes), most_tokens
    for share in (_LARGEST_SHARE, 1.0):
        for i in order:
            wanted = min(sizes[i], max(_LEAST_TOKENS, int(most_tokens * share))) - granted[i]
            more = min(wanted, room)
            if granted[i] + more >= min(sizes[i], _LEAST_TOKENS):
                granted[i] += more
                room -= more
    return granted


def _rank(passages: Sequence[Passage], i: int) -> int:
    title = _bare(passages[i].section)
    if passages[i].section == ABSTRACT:
        return 0
    if _LATE.match(title):
        return len(_TELLING) + 3
    for rank, pattern in enumerate(_TELLING, start=1):
        if pattern.search(title):
            return rank
    return 1 if i <= 1 else len(_TELLING) + 1


def _bare(title: str) -> str:
    return _NUMBER.sub("", title.strip())


def _cut(text: str, most_tokens: int) -> str:
    """The beginning of a text, whole sentences of it."""
    kept: list[str] = []
    room = most_tokens
    for paragraph in text.split("\n\n"):
        sentences: list[str] = []
        for sentence in split_sentences(paragraph):
            room -= tokens_of(sentence)
            if room < 0:
                return "\n\n".join([*kept, " ".join([*sentences, _CUT])])
            sentences.append(sentence)
        kept.append(" ".join(sentences))
    return "\n\n".join(kept)
