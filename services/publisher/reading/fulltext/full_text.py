"""A converted paper opened for reading: its blocks, headings, parts, footnotes and references."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.publisher.reading.fulltext.markdown.blocks import Block, blocks_of
from services.publisher.reading.fulltext.markdown.inline import Targets
from services.publisher.reading.fulltext.outline import Heading, headings_of, split_into_parts
from shared.store.papers.documents import DocumentRecord, Reference

_TITLE_LEVEL = 1
_REFERENCES = "References"
_NOTE = re.compile(r"\[\^([^\[\]\s]{1,60})\](?!:)")


@dataclass(frozen=True)
class FullText:
    """`notes` are the footnotes in the order of their numbers; `kept` is what was made of unmarked blocks of a part."""

    markdown: str
    blocks: tuple[Block, ...]
    parts: tuple[range, ...]
    headings: tuple[Heading, ...]
    notes: tuple[Block, ...]
    references: tuple[Reference, ...]
    targets: Targets
    record: DocumentRecord | None = None
    note_parts: Mapping[int, int] = field(default_factory=dict)
    kept: dict[tuple[int, int], Any] = field(default_factory=dict)

    def part_of(self, position: int) -> int:
        """The part in which a character of the document stands."""
        for number, note in enumerate(self.notes, start=1):
            if note.start <= position < note.end:
                return self.note_parts.get(number, 1)
        starts = [self.blocks[indices.start].start for indices in self.parts if indices]
        return max(1, sum(start <= position for start in starts))

    def notes_of(self, part: int) -> list[tuple[int, Block]]:
        """The footnotes of a part with their numbers."""
        return [(number, self.notes[number - 1]) for number, there in self.note_parts.items() if there == part]


def open_text(markdown: str, record: DocumentRecord | None, path: str) -> FullText:
    """Everything of a document but its title; `path` is the address of its text."""
    references = record.references if record else ()
    every = [block for block in blocks_of(markdown) if not (block.kind == "heading" and block.level == _TITLE_LEVEL)]
    notes = _first_of_each(block for block in every if block.kind == "footnote")
    blocks = [block for block in every if block.kind != "footnote"]
    listed_from = _start_of_references(blocks, references)
    blocks, references = (blocks[:listed_from], references) if listed_from is not None else (blocks, ())
    parts = split_into_parts(blocks)
    headings = headings_of(blocks, parts)
    numbers, note_parts = _numbered(blocks, parts, notes)
    targets = Targets(
        references={entry.key: number for number, entry in enumerate(references, start=1) if entry.key},
        footnotes=numbers,
        labels=_labels(record),
        parts={
            **{heading.anchor: heading.part for heading in headings},
            **{f"fn-{number}": part for number, part in note_parts.items()},
            **{f"ref-{number}": len(parts) for number in range(1, len(references) + 1)},
            "references": len(parts),
            **_caption_parts(blocks, parts),
        },
        path=path,
    )
    ordered = tuple(notes[label] for label in numbers)
    cut = tuple(blocks), tuple(parts), tuple(headings)
    return FullText(markdown, *cut, ordered, references, targets, record, note_parts)


def _first_of_each(notes: Iterable[Block]) -> dict[str, Block]:
    found: dict[str, Block] = {}
    for note in notes:
        found.setdefault(note.name, note)
    return found


def _start_of_references(blocks: Sequence[Block], references: Sequence[Reference]) -> int | None:
    """Where the converter's own list of the references begins, in whose place they are shown with their links."""
    last = max((index for index, block in enumerate(blocks) if block.kind == "heading"), default=None)
    if last is None or not references or blocks[last].text != _REFERENCES:
        return None
    return last if all(block.kind in ("item", "paragraph") for block in blocks[last + 1 :]) else None


def _numbered(
    blocks: Sequence[Block], parts: Sequence[range], notes: Mapping[str, Block]
) -> tuple[dict[str, int], dict[int, int]]:
    """Numbers of footnotes by label, as the text comes to them, and the part of each; unused ones end the last part."""
    numbers: dict[str, int] = {}
    where: dict[int, int] = {}
    for part, indices in enumerate(parts, start=1):
        for index in indices:
            for label in _NOTE.findall(blocks[index].text) if blocks[index].kind != "code" else ():
                if label in notes and label not in numbers:
                    numbers[label] = len(numbers) + 1
                    where[numbers[label]] = part
    for label in notes:
        if label not in numbers:
            numbers[label] = len(numbers) + 1
            where[numbers[label]] = max(1, len(parts))
    return numbers, where


def _labels(record: DocumentRecord | None) -> dict[str, tuple[str, str]]:
    """What `[fig:model]` in the text stands for: the anchor of a caption and its number."""
    captions = record.captions if record else ()
    return {
        label: (f"{caption.kind}-{caption.number}", str(caption.number))
        for caption in captions
        for label in caption.labels
    }


def _caption_parts(blocks: Sequence[Block], parts: Sequence[range]) -> dict[str, int]:
    found: dict[str, int] = {}
    for part, indices in enumerate(parts, start=1):
        for caption in filter(None, (blocks[index].caption for index in indices)):
            found.setdefault(f"{caption[0]}-{caption[1]}", part)
    return found
