"""A passage of a paper's text, so that a quote can be read where it stands. The owner's page; the site has none."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from services.publisher.records.records import Records
from shared.store.summaries import Summary

_TITLE_START = len("# ")
CONTEXT_CHARS, MOST_CONTEXT_CHARS = 1_500, 40_000
_BlockKind = Literal["heading", "paragraph", "item", "code"]
_FENCE = re.compile(r"^[ \t>]*(?:```|~~~)")
_FENCES = re.compile(r"\A[ \t>]*(?:```|~~~)[^\n]*\n|\n?[ \t>]*(?:```|~~~)[^\n]*\Z")
_MARK = re.compile(r"(?<=\A)[-*+](?=\s)")
_HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*#*\s*$")
_ITEM = re.compile(r"^\s*(?:[-*+]|\(?\w{1,3}[.)])\s+")
_TABLE = re.compile(r"^\s*(?:\||\+[-=+]|-{3,}\s)")


class Block(NamedTuple):
    """A heading, a paragraph, an item of a list, or what keeps its lines; `start` is its offset in the document.

    Characters `marked_from` to `marked_to` of `text` belong to the quote.
    """

    kind: _BlockKind
    text: str
    start: int
    marked_from: int = 0
    marked_to: int = 0

    @property
    def is_marked(self) -> bool:
        return self.marked_to > self.marked_from

    @property
    def lines(self) -> str:
        """The lines of code or of a table, without the fence."""
        return _FENCES.sub("", self.text)

    @property
    def words(self) -> str:
        """The text of a paragraph or an item, as long as `text`."""
        return _MARK.sub("•", self.text) if self.kind == "item" else self.text


@dataclass(frozen=True)
class DocumentPage:
    """Blocks around a place; `section` is the title that it stands under. `problem` says why there is no text."""

    paper_id: str
    title: str
    version: int | None
    start: int
    end: int
    context: int
    blocks: tuple[Block, ...] = ()
    section: str = ""
    has_more: bool = False
    is_moved: bool = False
    problem: str = ""

    @property
    def anchor(self) -> int | None:
        """The offset of the first block that the quote stands in."""
        return next((block.start for block in self.blocks if block.is_marked), None)

    @property
    def wider(self) -> int:
        return min(MOST_CONTEXT_CHARS, 4 * self.context)


def build_document(
    records: Records, paper_id: str, start: int, end: int, version: int | None, context: int
) -> DocumentPage:
    """The passage around characters `start` to `end` of `document.md`; its beginning where they are the same."""
    paper, summary = records.papers([paper_id]).get(paper_id), records.summaries([paper_id]).get(paper_id)
    version = version or (summary.made_by.document_version if summary else None) or _stored_version(records, paper_id)
    title = paper.title if paper and paper.title else f"arXiv:{paper_id}"
    page = DocumentPage(paper_id, title, version, start, end, min(max(context, 200), MOST_CONTEXT_CHARS))
    markdown = records.markdown(paper_id, version) if version else None
    if markdown is None:
        return _with(page, problem="The text of this paper is not stored (any more); see arXiv for it.")
    if not 0 <= start <= end <= len(markdown):
        return _with(page, problem="The text has no such place; it may have been converted again since.")
    return _passage(page, markdown, summary)


def _stored_version(records: Records, paper_id: str) -> int | None:
    record = records.document(paper_id)
    return record.version if record else None


def _with(page: DocumentPage, **facts: object) -> DocumentPage:
    return DocumentPage(**{**page.__dict__, **facts})


def _passage(page: DocumentPage, markdown: str, summary: Summary | None) -> DocumentPage:
    blocks = list(blocks_of(markdown))
    first, last = page.start - page.context, page.end + page.context
    shown = [
        block
        for block in blocks
        if block.start > _TITLE_START and block.start + len(block.text) > first and block.start < last
    ]
    above = [block.text for block in blocks if block.kind == "heading" and block.start <= page.start]
    return _with(
        page,
        blocks=tuple(_marked(block, page.start, page.end) for block in shown),
        section=above[-1] if above else "",
        has_more=len(shown) < sum(block.start > _TITLE_START for block in blocks) and page.context < MOST_CONTEXT_CHARS,
        is_moved=_is_moved(markdown[page.start : page.end], page, summary),
    )


def _is_moved(passage: str, page: DocumentPage, summary: Summary | None) -> bool:
    """Whether the summary quotes other words from this place: then the text is no longer what was summarised."""
    quotes = [quote for value in summary.fields for claim in value.claims for quote in claim.quotes] if summary else []
    quoted = [quote.text for quote in quotes if (quote.start, quote.end) == (page.start, page.end)]
    there = _letters(passage)
    return bool(quoted) and not any(_letters(text)[:12] in there for text in quoted)


def _letters(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalpha())


def _marked(block: Block, start: int, end: int) -> Block:
    size = len(block.text)
    return block._replace(
        marked_from=min(size, max(0, start - block.start)), marked_to=min(size, max(0, end - block.start))
    )


def blocks_of(markdown: str) -> Iterator[Block]:
    """The document in blocks, in order; every line belongs to at most one."""
    lines: list[str] = []
    kind: _BlockKind = "paragraph"
    begin = position = 0
    fenced = math = False

    def finished() -> Iterator[Block]:
        text = "".join(lines).rstrip("\n")
        if text.strip():
            yield Block(kind, text, begin)
        lines.clear()

    for line in markdown.splitlines(keepends=True):
        is_fence = bool(_FENCE.match(line))
        inside = fenced or math
        heading = None if inside else _HEADING.match(line.rstrip("\n"))
        starts = not inside and (bool(heading) or is_fence or bool(_ITEM.match(line)) or not line.strip())
        is_table = not inside and bool(_TABLE.match(line))
        if starts or is_table != (kind == "code" and not inside):
            yield from finished()
        if not lines:
            begin = position
            kind = "code" if is_fence or is_table else "item" if _ITEM.match(line) else "paragraph"
        if heading:
            yield Block("heading", heading[1], position + line.index(heading[1]) if heading[1] else position)
        elif line.strip() or inside:
            lines.append(line)
        fenced ^= is_fence
        math ^= not fenced and not is_fence and line.count("$$") % 2 == 1
        if is_fence and not fenced:
            yield from finished()
        position += len(line)
    yield from finished()
