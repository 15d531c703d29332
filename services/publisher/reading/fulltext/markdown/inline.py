"""What stands within a block of a converted paper as safe HTML: formulas, links, citations, footnote marks, the quote.

Formulas stay TeX, as everywhere in the reader. Links lead to http, https and mailto alone; those to arXiv open here.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, get_args

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererProtocol
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markupsafe import Markup, escape
from mdit_py_plugins.dollarmath import dollarmath_plugin

from services.publisher.rendering.safe_html import without_controls
from shared.contracts import MOST_SKIM_LEVEL, SkimRole
from shared.paper_ids import parse_paper_id

_HIGHLIGHT, _HIGHLIGHT_END = "\u2e22", "\u2e23"  # punctuation, so that emphasis may begin and end beside them
_HIGHLIGHTS = re.compile("[\u2e22\u2e23]")
_ATOMS = re.compile(
    r"\[\^[^\[\]\n]*\]|\[[^\[\]\n]*@[^\[\]\n]*\]|\[[\w:.+/\u2e22\u2e23-]{2,80}\](?!\()|(?<=\])\([^()\n]*\)|"
    r"<(?:https?:|mailto:)[^<>\n]*>"
)
"""What would be none with a mark in it: pointers, and the addresses of links."""
_SPECIAL = re.compile(r"[^A-Za-z0-9 .,;:()/%=+’“”–—?°±×-]")
"""What a text without any of it needs no parser for, such as the numbers in a table."""
_PIECES = re.compile(r'<span class="math[^>]*>[^<]*</span>|<[^>]*>|[^<]+')
_POINTER = re.compile(
    r"\[(?:\^(?P<note>[^\[\]\s]{1,60})|(?P<cites>(?:[^\[\]@]{0,300}[\s;])?-?@[^\[\]]{1,3000})|"
    r"(?P<label>[\w:.+/-]{2,80}))\](?!\()"
)
_CITED = re.compile(r"-?@\{?([^\s,;{}]*[^\s,;{}.:])\}?")
_NAMED = re.compile(r"@(\w(?:[\w:.+/-]*\w)?)")
_ARXIV = re.compile(r"https?://(?:www\.|export\.)?arxiv\.org/(?:abs|pdf|html)/([^?#\s]+)", re.I)
_SAFE_LINK = re.compile(r"(?:https?://|mailto:)[^\s]", re.I)
_TAGS = {"mark", "em", "strong", "code", "s", "sub", "sup", "span", "br", "a"}
MARK_CLASSES = {"skim", "first", *get_args(SkimRole), *(f"level-{level}" for level in range(1, MOST_SKIM_LEVEL + 1))}
_CLASSES = {"span": {"math", "inline", "display"}, "a": {"cite", "footnote"}, "mark": MARK_CLASSES}


@dataclass(frozen=True)
class Targets:
    """Where the pointers of a text lead: numbers of references by key and of footnotes by label, anchors by label.

    `parts` says in which part of a long text an anchor is. Without a path there is one part alone.
    """

    references: Mapping[str, int] = field(default_factory=dict)
    footnotes: Mapping[str, int] = field(default_factory=dict)
    labels: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    parts: Mapping[str, int] = field(default_factory=dict)
    path: str = ""

    def address(self, anchor: str, part: int) -> str:
        """The address of an anchor as seen from a part."""
        there = self.parts.get(anchor, part)
        return f"#{anchor}" if there == part else f"{self.path}?part={there}#{anchor}"


NO_TARGETS = Targets()


class Marked(NamedTuple):
    """Characters `start` to `end` of a block that are highlighted; `classes` say what for, where it is no quote."""

    start: int
    end: int
    classes: str = ""


def inline_html(text: str, targets: Targets = NO_TARGETS, part: int = 1, marked: tuple[int, int] = (0, 0)) -> Markup:
    """The text of a block, characters `marked` of it highlighted; its links as seen from a part of the document."""
    return marked_html(text, targets, part, [Marked(*marked)] if marked[1] > marked[0] else [])


def marked_html(text: str, targets: Targets, part: int, marks: Sequence[Marked]) -> Markup:
    """As `inline_html`, with several places highlighted: in order, none of them empty or within another."""
    if not marks and not _SPECIAL.search(text):
        return escape(text)
    text = _HIGHLIGHTS.sub(" ", text)
    if marks:
        text = _ATOMS.sub(_marks_outside, _with_marks(text, marks))
    html = _parser.renderInline(without_controls(text), {"targets": targets, "part": part})
    html = html.replace('<div class="math inline">', '<span class="math display">').replace("</div>", "</span>")
    return _sanitised(_highlighted(html, marks) if marks else html)


def local_address(address: str) -> str:
    """A page of arXiv as this reader's own page of the paper; any other address as it is."""
    match = _ARXIV.fullmatch(address)
    try:
        return f"/paper/{parse_paper_id(match[1].rstrip('/'))}" if match else address
    except ValueError:
        return address


def _marks_outside(match: re.Match[str]) -> str:
    marks = _HIGHLIGHTS.findall(match[0])
    if not marks:
        return match[0]
    bare = _HIGHLIGHTS.sub("", match[0])
    if bare.startswith("("):
        return bare + "".join(marks)
    return _HIGHLIGHT * marks.count(_HIGHLIGHT) + bare + _HIGHLIGHT_END * marks.count(_HIGHLIGHT_END)


def _with_marks(text: str, marks: Sequence[Marked]) -> str:
    pieces: list[str] = []
    position = 0
    for mark in marks:
        pieces += [text[position : mark.start], _HIGHLIGHT, text[mark.start : mark.end], _HIGHLIGHT_END]
        position = mark.end
    return "".join([*pieces, text[position:]])


def _highlighted(html: str, marks: Sequence[Marked]) -> str:
    """HTML in which what stands between two marks is marked, element by element; of a formula all of it.

    Where a mark begins it has the class `first` beside its own.
    """
    out: list[str] = []
    is_marked = is_first = False
    number = -1
    for piece in _PIECES.findall(html):
        if piece.startswith("<") and not piece.startswith('<span class="math'):
            out.append(_HIGHLIGHTS.sub("", piece))
            continue
        runs = [piece] if piece.startswith("<") else re.split(f"(?<={_HIGHLIGHT_END})|(?={_HIGHLIGHT})", piece)
        for run in runs:
            begins = _HIGHLIGHT in run
            number = min(number + begins, len(marks) - 1)
            is_marked = is_marked or begins
            words = _HIGHLIGHTS.sub("", run)
            is_first = is_first or begins
            if is_marked and words:
                out.append(f"{_opening(marks[number].classes, is_first=is_first)}{words}</mark>")
                is_first = False
            else:
                out.append(words)
            is_marked = is_marked and _HIGHLIGHT_END not in run
    return "".join(out)


def _opening(classes: str, *, is_first: bool) -> str:
    return f'<mark class="{classes}{" first" if is_first else ""}">' if classes else "<mark>"


def _sanitised(html: str) -> Markup:
    """Nothing but our own tags comes in; this holds should a parser ever err."""
    clean = nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href"}},
        allowed_classes=_CLASSES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
    )
    return Markup(clean)  # noqa: S704


def _pointer(state: StateInline, silent: bool) -> bool:
    """A rule of the parser: citations, footnote marks, and references to figures and tables."""
    if state.src[state.pos] == "@":
        return _named_citation(state, silent)
    match = _POINTER.match(state.src, state.pos) if state.src[state.pos] == "[" else None
    html = _pointer_html(match, state.env["targets"], state.env["part"]) if match else None
    if match is None or html is None:
        return False
    return _pushed(state, html, match.end(), silent)


def _named_citation(state: StateInline, silent: bool) -> bool:
    """`@smith2020` within a sentence; an address of a person is none."""
    match = _NAMED.match(state.src, state.pos)
    before = state.src[state.pos - 1 : state.pos]
    number = state.env["targets"].references.get(match[1]) if match and not before.isalnum() else None
    if match is None or number is None:
        return False
    return _pushed(state, f"[{_reference(number, state.env['targets'], state.env['part'])}]", match.end(), silent)


def _pushed(state: StateInline, html: str, end: int, silent: bool) -> bool:
    if not silent:
        state.push("pointer", "", 0).content = html
    state.pos = end
    return True


def _pointer_html(match: re.Match[str], targets: Targets, part: int) -> str | None:
    """None where it points to nothing that is known: then it is words like others."""
    if match["note"]:
        number = targets.footnotes.get(match["note"])
        address = targets.address(f"fn-{number}", part)
        return f'<sup><a class="footnote" href="{escape(address)}">{number}</a></sup>' if number else ""
    if match["cites"]:
        return f"[{'; '.join(_cited(piece, targets, part) for piece in match['cites'].split(';'))}]"
    known = targets.labels.get(match["label"])
    return f'<a href="{escape(targets.address(known[0], part))}">{escape(known[1])}</a>' if known else None


def _cited(piece: str, targets: Targets, part: int) -> str:
    """One of the works that a citation names, with the words around its key."""
    match = _CITED.search(piece)
    if match is None:
        return str(escape(piece.strip()))
    number = targets.references.get(match[1])
    shown = _reference(number, targets, part) if number else str(escape(match[1]))
    return f"{escape(piece[: match.start()].lstrip())}{shown}{escape(piece[match.end() :].rstrip())}"


def _reference(number: int, targets: Targets, part: int) -> str:
    return f'<a class="cite" href="{escape(targets.address(f"ref-{number}", part))}">{number}</a>'


def _shown_pointer(
    renderer: RendererProtocol, tokens: Sequence[Token], index: int, options: Mapping[str, Any], env: Mapping[str, Any]
) -> str:
    return tokens[index].content


def _shown_link(
    renderer: RendererProtocol, tokens: Sequence[Token], index: int, options: Mapping[str, Any], env: Mapping[str, Any]
) -> str:
    return f'<a href="{escape(local_address(str(tokens[index].attrs.get("href", ""))))}">'


def _new_parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "linkify": False}).disable(["image", "html_inline"])
    parser.use(dollarmath_plugin, allow_labels=False, allow_space=False, double_inline=True)
    parser.inline.ruler.before("link", "pointer", _pointer)
    parser.add_render_rule("pointer", _shown_pointer)
    parser.add_render_rule("link_open", _shown_link)
    parser.validateLink = lambda url: _SAFE_LINK.match(url) is not None  # type: ignore[method-assign]
    return parser


_parser = _new_parser()
