"""A paper's Markdown as sections of units: sentences, theorems, formulas, rows of tables, each with its place."""

import bisect
import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Literal, NamedTuple

from services.summarizer.research.chunking.blocks import Block, Heading, parts_of
from services.summarizer.revisions.comparable import numbers_of, title_key, tokens_of
from services.summarizer.text.passages import one_line
from services.summarizer.text.sentences import sentence_ends

UnitKind = Literal["text", "theorem", "table"]

_STATEMENT = re.compile(
    r"\s*\*\*(?:Theorem|Lemma|Proposition|Corollary|Conjecture|Claim|Definition|Assumption|Fact|Hypothesis)\b", re.I
)
_GOES_ON = re.compile(r"\s*(?:\*(?!\*|Proof)|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)]\s+\*)")
_NOT_READ = re.compile(r"^(?:references|bibliography|literature cited|acknowledge?ments?)\b", re.I)
_UNCUT = re.compile(r"\$\$.*?\$\$|(?<!\\)\$(?:[^$\\]|\\.)+?\$|`[^`]+`|\[[^\[\]]*\]", re.S)
_WORD = re.compile(r"\w")


class Unit:
    """Characters `start` to `end` of the Markdown, compared as a whole; empty where only layout stands there."""

    def __init__(self, kind: UnitKind, markdown: str, start: int, end: int) -> None:
        self.kind: UnitKind = kind
        self.start, self.end = start, end
        self.text = markdown[start:end]

    @cached_property
    def tokens(self) -> tuple[str, ...]:
        return tokens_of(self.text)

    @cached_property
    def numbers(self) -> list[str]:
        return numbers_of(self.tokens)


class Section(NamedTuple):
    """What stands under one heading; `key` is the heading as it is compared. Characters `start` to `end`."""

    title: str
    key: str
    start: int
    end: int
    units: Sequence[Unit]


def sections_of(markdown: str) -> list[Section]:
    """The sections that say something, in their order; the bibliography is none of them."""
    sections: list[Section] = []
    title, start, blocks = "", 0, list[Block]()
    parts = [*parts_of(markdown), Heading(1, "", len(markdown), len(markdown))]
    for part in parts:
        if isinstance(part, Block):
            blocks.append(part)
            continue
        units = [unit for unit in _units(markdown, blocks) if unit.tokens]
        key = title_key(title)
        if units and not _NOT_READ.match(key):
            sections.append(Section(title, key, start, part.start, units))
        title, start, blocks = one_line(part.title), part.start, []
    return sections


def _units(markdown: str, blocks: Sequence[Block]) -> Iterator[Unit]:
    number = 0
    while number < len(blocks):
        block = blocks[number]
        number += 1
        if block.kind in ("table", "code"):
            yield from _rows(markdown, block)
        elif _STATEMENT.match(markdown, block.start):
            end = block.end
            while number < len(blocks) and _goes_on(markdown, blocks[number]):
                end = blocks[number].end
                number += 1
            yield Unit("theorem", markdown, block.start, end)
        else:
            yield from _sentences(markdown, block)


def _goes_on(markdown: str, block: Block) -> bool:
    """Whether a block belongs to the statement above it: its formulas, and what is set in italics as it is."""
    return block.kind == "formula" or (block.kind != "table" and bool(_GOES_ON.match(markdown, block.start)))


def _rows(markdown: str, block: Block) -> Iterator[Unit]:
    start = block.start
    for line in markdown[block.start : block.end].split("\n"):
        if _WORD.search(line):
            yield Unit("table", markdown, start, start + len(line))
        start += len(line) + 1


def _sentences(markdown: str, block: Block) -> Iterator[Unit]:
    text = markdown[block.start : block.end]
    uncut = [match.span() for match in _UNCUT.finditer(text)]
    ends = (end for end in sentence_ends(text) if not _is_inside(end, uncut))
    start = 0
    for end in [*ends, len(text)]:
        sentence = text[start:end].rstrip()
        if _WORD.search(sentence):
            yield Unit("text", markdown, block.start + start, block.start + start + len(sentence))
        start = end


def _is_inside(place: int, spans: Sequence[tuple[int, int]]) -> bool:
    number = bisect.bisect_left(spans, (place, 0)) - 1
    return number >= 0 and place < spans[number][1]
