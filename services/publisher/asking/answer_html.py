"""An answer as safe HTML: paragraphs, headings and lists; each number of a citation leads to its words in the paper."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup, escape

from services.publisher.rendering.safe_html import claim_html

_MARKER = re.compile(r"\s?\[(\d{1,3}(?:\s*[,;]\s*\d{1,3})*)\]")
_HEADING = re.compile(r"#{1,6}\s+")
_ITEM = re.compile(r"\s*(?:[-*+]|\d{1,3}[.)])\s+")


@dataclass(frozen=True)
class AnswerBlock:
    """A paragraph, a heading, or the items of a list."""

    kind: Literal["paragraph", "heading", "list"]
    html: tuple[Markup, ...]


def answer_blocks(answer: str, numbers: Collection[int], address: str) -> list[AnswerBlock]:
    """The blocks of an answer; a citation's number leads to `address`, a slash and the number."""
    blocks: list[AnswerBlock] = []
    for kind, text in _lines(answer):
        html = cited_html(text, numbers, address)
        if kind == "list" and blocks and blocks[-1].kind == "list":
            blocks[-1] = AnswerBlock("list", (*blocks[-1].html, html))
        else:
            blocks.append(AnswerBlock(kind, (html,)))
    return blocks


def cited_html(text: str, numbers: Collection[int], address: str) -> Markup:
    """A line of an answer with links in place of the numbers of its citations; other brackets stay as they are."""
    pieces: list[Markup] = []
    position = start = 0
    while match := _MARKER.search(text, position):
        cited = [int(number) for number in re.findall(r"\d+", match[1])]
        position = match.end()
        if all(number in numbers for number in cited) and text.count("$", start, match.start()) % 2 == 0:
            pieces += [claim_html(text[start : match.start()]), _links(cited, address)]
            start = match.end()
    return Markup("").join([*pieces, claim_html(text[start:])])


def _links(numbers: list[int], address: str) -> Markup:
    links = (f'<a class="cite" href="{escape(address)}/{number}">{number}</a>' for number in numbers)
    return Markup(f'<span class="cites">{"".join(links)}</span>')  # noqa: S704  # an address of ours and numbers


def _lines(answer: str) -> Iterator[tuple[Literal["paragraph", "heading", "list"], str]]:
    """The paragraphs of a Markdown text, a line of a list or a heading each on its own."""
    paragraph: list[str] = []
    for line in [*answer.splitlines(), ""]:
        heading, item = _HEADING.match(line), _ITEM.match(line)
        if paragraph and (heading or item or not line.strip()):
            yield "paragraph", " ".join(paragraph)
            paragraph = []
        if heading:
            yield "heading", line[heading.end() :].strip()
        elif item:
            yield "list", line[item.end() :].strip()
        elif line.strip():
            paragraph.append(line.strip())
