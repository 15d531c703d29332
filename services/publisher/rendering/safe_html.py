"""Text of papers as safe HTML: nothing in it can run.

Formulas stay TeX inside `<span class="math">`; the page's script typesets them, and without it they can still be read.
"""

import re
from functools import lru_cache
from itertools import zip_longest
from typing import NamedTuple

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup, escape
from mdit_py_plugins.dollarmath import dollarmath_plugin

from shared.contracts import MARK_END, MARK_START
from shared.text.tex.logos import with_logos
from shared.text.tex.words import MONEY, in_words

_KEPT_TEXTS = 2000
_TAGS = {"mark", "em", "strong", "code", "s", "sub", "sup", "span", "br"}
_PAREN_MATH = re.compile(r"\\\(((?:(?!\\\().)+?)\\\)", re.S)
_BRACKET_MATH = re.compile(r"\\\[((?:(?!\\\[).)+?)\\\]", re.S)
_MONEY_MARK = "\ue000"
_MATH_SPAN = re.compile(r'<span class="math[^>]*>([^<]*)</span>')
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ue000\ufeff\ufffe\uffff\ud800-\udfff]")
_TEX_STYLE = re.compile(r"\\(?:emph|textit|textbf|texttt|textsc|textrm|mbox)\{([^{}]*)\}")
_TEX_ESCAPE = re.compile(r"\\([%&#_$])")


def _parser(preset: str) -> MarkdownIt:
    parser = MarkdownIt(preset, {"html": False, "linkify": False})
    return parser.use(dollarmath_plugin, allow_labels=False, allow_space=False, double_inline=True)


_plain = _parser("zero")
_inline = _parser("commonmark").disable(["image", "link", "autolink", "html_inline"])


class Part(NamedTuple):
    """A piece of a text: words as they are, or the TeX of a formula (`math`, `display math`)."""

    kind: str
    text: str


def parts_of(text: str) -> list[Part]:
    """Words and formulas of a title or an abstract, told apart; TeX among the words is read as far as it can be."""
    (line,) = _plain.parseInline(_with_dollars(in_words(without_controls(text))))
    return [_part(token) for token in line.children or ()]


@lru_cache(_KEPT_TEXTS)
def tex_html(text: str) -> Markup:
    """A title or an abstract: plain text with formulas between dollars."""
    return _sanitised("".join(map(_html_of, parts_of(text))))


@lru_cache(_KEPT_TEXTS)
def claim_html(text: str) -> Markup:
    """A sentence out of a converted paper: Markdown within a line, with formulas; no links, pictures or raw HTML."""
    return _sanitised(_markdown_html(text))


@lru_cache(_KEPT_TEXTS)
def marked_html(text: str) -> Markup:
    """As `tex_html`, with what stands between MARK_START and MARK_END marked; within formulas it is not."""
    whole = text if text.count("$") % 2 == 0 else text.replace("$", "")
    shown = "".join(_marked_html_of(part) for part in parts_of(_marks_out_of_formulas(whole)))
    return _sanitised(shown)


def without_controls(text: str) -> str:
    """A text without the characters that no page or file should carry."""
    return _CONTROL.sub("", text)


def _markdown_html(text: str) -> str:
    html = _inline.renderInline(_with_dollars(text)).replace(_MONEY_MARK, "$")
    return str(html.replace('<div class="math inline">', '<span class="math display">').replace("</div>", "</span>"))


def _part(token: Token) -> Part:
    content = token.content.replace(_MONEY_MARK, "$")
    if token.type == "math_inline_double":
        return Part("display math", content.strip())
    if token.type == "math_inline":
        return Part("math", content.strip())
    return Part("words", _TEX_ESCAPE.sub(r"\1", _TEX_STYLE.sub(r"\1", content)) or "\n")


def _html_of(part: Part) -> str:
    if part.kind == "words":
        return str(escape(part.text))
    return f'<span class="math {"display" if part.kind == "display math" else "inline"}">{escape(part.text)}</span>'


def _marked_html_of(part: Part) -> str:
    html = _html_of(part)
    if part.kind != "words" or html.count(MARK_START) != html.count(MARK_END):
        return html.replace(MARK_START, "").replace(MARK_END, "")
    return html.replace(MARK_START, "<mark>").replace(MARK_END, "</mark>")


def _marks_out_of_formulas(text: str) -> str:
    """A mark that stands right before a dollar would hide the formula from the parser."""
    pieces = text.split("$")
    inside = (piece.replace(MARK_START, "").replace(MARK_END, "") for piece in pieces[1::2])
    return "$".join(piece for pair in zip_longest(pieces[::2], inside) for piece in pair if piece is not None)


def _sanitised(html: str) -> Markup:
    """Nothing but our own tags comes in; this holds should a parser ever err."""
    classes = {"span": {"math", "inline", "display"}}
    return Markup(nh3.clean(html, tags=_TAGS, attributes={}, allowed_classes=classes))  # noqa: S704


def _with_dollars(text: str) -> str:
    """Formulas in one notation, and amounts of money out of the parser's sight."""
    text = MONEY.sub(_MONEY_MARK, with_logos(without_controls(text)))
    text = _PAREN_MATH.sub(lambda match: f"${match[1].strip()}$", text)
    return _BRACKET_MATH.sub(lambda match: f"$${match[1].strip()}$$", text)


def feed_math(html: Markup) -> Markup:
    """The same where no script typesets formulas: their TeX as code."""
    return Markup(_MATH_SPAN.sub(r"<code>\1</code>", str(html)))  # noqa: S704


def first_words(text: str, limit: int) -> str:
    """At most `limit` characters, cut between words and never within a formula that would be left open."""
    if len(text) <= limit:
        return text
    cut = text[:limit].rsplit(" ", 1)[0]
    if cut.count("$") % 2:
        cut = cut[: cut.rindex("$")].rstrip()
    return str(cut) + " …"


_STYLES = {"strong": "bold", "em": "italic", "s": "strikethrough"}


def claim_parts(text: str) -> list[tuple[Part, frozenset[str]]]:
    """What `claim_html` shows, in pieces with their styles (`bold`, `italic`, `strikethrough`, `code`)."""
    (line,) = _inline.parseInline(_with_dollars(text))
    parts: list[tuple[Part, frozenset[str]]] = []
    open_styles: list[str] = []
    for token in line.children or ():
        if token.nesting > 0:
            open_styles.append(_STYLES.get(token.tag, ""))
        elif token.nesting < 0:
            open_styles.pop()
        else:
            code = ("code",) if token.type == "code_inline" else ()
            parts.append((_part(token), frozenset((*open_styles, *code)) - {""}))
    return parts
