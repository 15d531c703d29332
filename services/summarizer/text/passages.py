"""Papers as plain passages: Markdown without its marks, so that a sentence reads and a quote can be looked up.

The same plain text is read by the model, searched for quotes and shown; what is not prose (tables, figures, code,
displayed formulas) is left out.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from services.summarizer.text.traced_text import TracedText
from shared.store.papers.documents import Section

ABSTRACT = "Abstract"
_FENCED = re.compile(r"^(```|~~~).*?^\1[^\n]*$", re.M | re.S)
_DISPLAYED = re.compile(r"\$\$.*?\$\$|\\\[.*?\\\]|\\begin\{(\w+\*?)\}.*?\\end\{\1\}", re.S)
_COMMENT = re.compile(r"<!--.*?-->", re.S)
_DROPPED_LINE = re.compile(r"^\s*(?:\||\+[-=+]|:::|#{1,6}\s|-{3,}\s*$|={3,}\s*$|\s*-{3,}\s+-{3,}).*$", re.M)
_IMAGE = re.compile(r"!\[[^\]]*\](?:\([^)\n]*\)|\{[^}\n]*\})*")
_LINK = re.compile(r"\[([^\]\[]*)\]\([^)\n]*\)(?:\{[^}\n]*\})?")
_CITATION = re.compile(r"\s*\[-?@[^\]]*\]|\s*\[\^[^\]]*\]")
_ATTRIBUTES = re.compile(r"(?<=[\])])\{[^}\n]*\}")
_EMPHASIS = re.compile(r"(\*\*\*|\*\*|\*|___|__)(?=\S)(.+?)(?<=\S)\1")
_UNDERSCORED = re.compile(r"(?<![\w\\$])_(?=\S)([^_\n$]+?)(?<=\S)_(?!\w)")
_CODE = re.compile(r"`([^`\n]+)`(?:\{[^}\n]*\})?")
_QUOTE_MARK = re.compile(r"^\s*>\s?", re.M)
_LIST_MARK = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s+", re.M)
_TAG = re.compile(
    r"</?(?:script|style|iframe|object|embed|form|input|button|svg|math|link|meta|base|video|audio|source|img|a|div|span|p"
    r"|br|hr|em|i|b|u|s|strong|sup|sub|small|code|pre|table|thead|tbody|tr|td|th|ul|ol|li|figure|figcaption|section"
    r"|h[1-6]|blockquote|html|head|body|title)\b[^<>]*>",
    re.I,
)
_ACTIVE = re.compile(r"<(script|style|iframe|object|svg)\b.*?</\1\s*>", re.I | re.S)
_TAG_START = re.compile(r"<(?=[A-Za-z/!?])")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+.!|<>~\"'@-])(?![A-Za-z])")
_CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
    r"\u061c\u180e\ufe00-\ufe0f\U000e0000-\U000e0fff]"
)
_ENTITIES = tuple(
    (re.compile(name, re.I), character)
    for name, character in (
        (r"&(?:lt|#0*60|#x0*3c);", "<"),
        (r"&(?:gt|#0*62|#x0*3e);", ">"),
        (r"&(?:quot|#0*34|#x0*22);", '"'),
        (r"&(?:apos|#0*39|#x0*27);", "'"),
        (r"&(?:nbsp|#0*160|#x0*a0);", " "),
        (r"&(?:amp|#0*38|#x0*26);", "&"),
    )
)
_BREAK = re.compile(r"[^\S\n]*\n\s*\n\s*")
_SPACE = re.compile(r"(?!\n\n(?=\S))(?<!\n)\s+")
_NOT_PROSE = re.compile(r"^(?:references|bibliography|acknowledge?ments?|literature cited)\b", re.I)


class Passage(NamedTuple):
    """A paragraph or so of a paper, plain, and the title of its section."""

    section: str
    text: str


def passages_of(sections: Iterable[Section], abstract: str) -> tuple[Passage, ...]:
    """The abstract first, then every section that is prose; one passage a section."""
    passages = [Passage(ABSTRACT, plain_text(abstract))]
    for section in sections:
        title = one_line(section.title) or "Text"
        text = plain_text(section.text)
        if text and not _NOT_PROSE.match(title) and title.casefold() != ABSTRACT.casefold():
            passages.append(Passage(title, text))
    return tuple(passage for passage in passages if passage.text)


def plain_text(markdown: str) -> str:
    """Markdown as prose: paragraphs stay apart by an empty line; formulas in the line stay as they are."""
    return traced_plain_text(markdown).text


def traced_plain_text(markdown: str) -> TracedText:
    """As `plain_text`; every character knows its place in the Markdown."""
    text = TracedText.of(markdown)
    for pattern in (_CONTROL, _COMMENT, _FENCED, _DISPLAYED, _DROPPED_LINE, _IMAGE, _CITATION):
        text = text.without(pattern)
    text = text.keeping(_LINK).without(_ATTRIBUTES).without(_QUOTE_MARK).without(_LIST_MARK).keeping(_CODE)
    text = text.keeping(_EMPHASIS, 2).keeping(_UNDERSCORED).without(_ACTIVE).without(_TAG)
    for pattern, character in _ENTITIES:
        text = text.with_literal(pattern, character)
    text = text.with_literal(_TAG_START, "< ").keeping(_ESCAPE).without(_CONTROL)
    return text.with_literal(_BREAK, "\n\n").with_literal(_SPACE, " ").stripped()


def harmless(text: str) -> str:
    """Text in which no HTML element can begin: tags go, and any other `<` before a letter is set apart."""
    return _TAG_START.sub("< ", _TAG.sub("", _ACTIVE.sub("", text)))


def one_line(text: str) -> str:
    """Words apart by single spaces, without control characters."""
    return " ".join(_CONTROL.sub("", text).split())
