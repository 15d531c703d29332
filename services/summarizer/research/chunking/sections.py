"""Sections as chunks: one where it is short, several of like length where it is long, cut between paragraphs.

A cut never falls into a sentence, a formula, a table or a list item. A section's heading is no part of a chunk's text:
the text is what stands in `document.md` from `start` to `end`, letter by letter. The bibliography is left out.
"""

import bisect
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from services.summarizer.research.chunking.blocks import Block, Heading, parts_of
from services.summarizer.text.passages import one_line
from services.summarizer.text.sentences import sentence_ends
from shared.store.research.chunks import Chunk, chunk_id_of, numbered

CHUNKER = "sections-1"
MAX_WORDS = 200
_WORD = re.compile(r"\S+")
_NOT_PROSE = re.compile(r"^(?:[\dIVXA-Z.]+\s+)?(?:references|bibliography|literature cited)\.?$", re.I)
_UNCUT = re.compile(r"\$\$.*?\$\$|(?<!\\)\$(?:[^$\\]|\\.)+?\$|`[^`]+`|\[[^\[\]]*\]", re.S)
_TITLE_CHARS = 300


class Piece(NamedTuple):
    """Characters `start` to `end` of the document, which stay together, and how many words they are."""

    start: int
    end: int
    words: int


class SectionPart(NamedTuple):
    """The blocks under one heading; `titles` are the headings above them, outermost first."""

    titles: tuple[str, ...]
    blocks: tuple[Block, ...]


def chunker_name(max_words: int = MAX_WORDS) -> str:
    """What is written beside each chunk: another name for each way of cutting."""
    return f"{CHUNKER}-{max_words}"


def chunks_of(
    paper_id: str,
    version: int,
    document_md: str,
    max_words: int = MAX_WORDS,
    page_starts: Sequence[int] = (),
) -> list[Chunk]:
    """The chunks of a document in reading order.

    `page_starts` are the characters at which its pages begin, where they are known.
    """
    title, sections = sections_of(document_md)
    chunker = chunker_name(max_words)
    placed = [
        (section.titles, piece) for section in sections for piece in pieces_of(document_md, section.blocks, max_words)
    ]
    texts = numbered(document_md[piece.start : piece.end] for _, piece in placed)
    return [
        Chunk(
            chunk_id=chunk_id_of(paper_id, version, text, repeat, chunker),
            paper_id=paper_id,
            version=version,
            chunker=chunker,
            position=position,
            titles=titles,
            text=text,
            page=bisect.bisect_right(page_starts, piece.start) or None,
            start=piece.start,
            end=piece.end,
            title=title,
        )
        for position, ((titles, piece), (text, repeat)) in enumerate(zip(placed, texts, strict=True))
    ]


def sections_of(document_md: str) -> tuple[str, list[SectionPart]]:
    """The title of the paper, and its sections that have a text; the bibliography is none of them."""
    title, path = "", list[tuple[int, str]]()
    sections: list[SectionPart] = []
    blocks: list[Block] = []

    def close() -> None:
        titles = tuple(name for _, name in path)
        if blocks and not any(_NOT_PROSE.match(name) for name in titles):
            sections.append(SectionPart(titles, tuple(blocks)))
        blocks.clear()

    is_first = True
    for part in parts_of(document_md):
        if isinstance(part, Block):
            blocks.append(part)
        elif is_first and part.level == 1 and not blocks:
            title = _title_of(part)
        else:
            close()
            path = [*((level, name) for level, name in path if level < part.level), (part.level, _title_of(part))]
        is_first = False
    close()
    return title, sections


def pieces_of(document_md: str, blocks: Sequence[Block], max_words: int) -> list[Piece]:
    """The blocks of a section in as few pieces as fit, of like length; what cannot be cut may be longer."""
    atoms = [atom for block in blocks for atom in _atoms(document_md, block, max_words)]
    total = sum(atom.words for atom in atoms)
    count = -(-total // max_words)
    goal = total / max(count, 1)
    pieces: list[Piece] = []
    for atom in atoms:
        if pieces and _belongs(pieces[-1], atom, goal, max_words):
            last = pieces[-1]
            pieces[-1] = Piece(last.start, atom.end, last.words + atom.words)
        else:
            pieces.append(atom)
    return [piece for piece in pieces if _WORD.search(document_md, piece.start, piece.end)]


def _belongs(piece: Piece, atom: Piece, goal: float, max_words: int) -> bool:
    """Whether a piece comes nearer to the length that all should have with what follows than without it."""
    longer = piece.words + atom.words
    return longer <= max_words and longer - goal <= goal - piece.words


def _atoms(document_md: str, block: Block, max_words: int) -> Iterator[Piece]:
    """A block, or the sentences of a paragraph that is too long."""
    words = _count(document_md, block.start, block.end)
    if block.kind != "paragraph" or words <= max_words:
        yield Piece(block.start, block.end, words)
        return
    text = document_md[block.start : block.end]
    uncut = [match.span() for match in _UNCUT.finditer(text)]
    start = 0
    for end in [*(end for end in sentence_ends(text) if not _is_inside(end, uncut)), len(text)]:
        sentence = text[start:end].rstrip()
        if sentence:
            yield Piece(block.start + start, block.start + start + len(sentence), len(_WORD.findall(sentence)))
        start = end


def _is_inside(place: int, spans: Sequence[tuple[int, int]]) -> bool:
    number = bisect.bisect_left(spans, (place, 0)) - 1
    return number >= 0 and place < spans[number][1]


def _count(text: str, start: int, end: int) -> int:
    return sum(1 for _ in _WORD.finditer(text, start, end))


def _title_of(heading: Heading) -> str:
    return one_line(heading.title)[:_TITLE_CHARS]
