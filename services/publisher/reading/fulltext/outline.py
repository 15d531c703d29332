"""The headings of a text with their anchors, and the parts that a long text is shown in."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from services.publisher.reading.fulltext.markdown.blocks import Block

PART_CHARS, MOST_PART_CHARS = 45_000, 65_000
_FEWEST_CHARS = 15_000
_SECTION_LEVEL = 2
_LEVELS_SHOWN = 3
_MOST_SHOWN = 120
_NOT_WORDS = re.compile(r"[^a-z0-9]+")
_LONGEST_ANCHOR = 60


class Heading(NamedTuple):
    """A heading as the contents list has it; `depth` counts from 0, `block` is its place among the blocks."""

    text: str
    depth: int
    anchor: str
    part: int
    block: int


def split_into_parts(blocks: Sequence[Block]) -> list[range]:
    """The blocks of each part: cut before a section once a part is long, and before any block once it is too long.

    What is left at the end is no part of its own where it is short.
    """
    starts = [0]
    size = 0
    left = sum(len(block.text) for block in blocks)
    for index, block in enumerate(blocks):
        is_section = block.kind == "heading" and block.level <= _SECTION_LEVEL
        if (
            index > starts[-1]
            and left > _FEWEST_CHARS
            and (size > MOST_PART_CHARS or (is_section and size > PART_CHARS))
        ):
            starts.append(index)
            size = 0
        size += len(block.text)
        left -= len(block.text)
    ends = [*starts[1:], len(blocks)]
    return [range(start, end) for start, end in zip(starts, ends, strict=True)]


def headings_of(blocks: Sequence[Block], parts: Sequence[range]) -> list[Heading]:
    """Every heading, its depth never more than one below the heading before it."""
    counts: Counter[str] = Counter()
    headings: list[Heading] = []
    depth = -1
    for part, indices in enumerate(parts, start=1):
        for index in indices:
            block = blocks[index]
            if block.kind == "heading":
                depth = max(0, min(block.level - _SECTION_LEVEL, depth + 1))
                headings.append(Heading(block.text, depth, _anchor(block.text, counts), part, index))
    return headings


def contents_of(headings: Sequence[Heading]) -> list[Heading]:
    """What the contents list shows: sections and what is right below them, fewer levels of a very long text."""
    titled = [heading for heading in headings if heading.text]
    for levels in range(_LEVELS_SHOWN, 1, -1):
        shown = [heading for heading in titled if heading.depth < levels]
        if len(shown) <= _MOST_SHOWN:
            return shown
    return [heading for heading in titled if heading.depth == 0]


def _anchor(title: str, counts: Counter[str]) -> str:
    """`s-related-work`, with a number where the paper has the title twice."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    name = f"s-{_NOT_WORDS.sub('-', plain)[:_LONGEST_ANCHOR].strip('-') or 'section'}"
    counts[name] += 1
    return name if counts[name] == 1 else f"{name}-{counts[name]}"
