"""Text of papers made safe to show, as HTML for the reader and as Markdown for the site; whatever it says runs nowhere.

Formulas stay TeX inside `<span class="math">`; the page's script typesets them, and without it they can still be read.
"""

import re
from collections.abc import Callable
from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup
from mdit_py_plugins.dollarmath import dollarmath_plugin

_KEPT_TEXTS = 2000
_TAGS = {"em", "strong", "code", "s", "sub", "sup", "span", "br"}
_PAREN_MATH = re.compile(r"\\\((.+?)\\\)", re.S)
_BRACKET_MATH = re.compile(r"\\\[(.+?)\\\]", re.S)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\ufffe\uffff\ud800-\udfff]")
_MARKDOWN_INLINE = re.compile(r"[\\`*_\[\]|~$]|(?<=www)\.|:(?=//)")
_MARKDOWN_LINE_START = re.compile(r"^(?:[#+=-]|\d+(?=[.)]))")


def _parser(preset: str) -> MarkdownIt:
    parser = MarkdownIt(preset, {"html": False, "linkify": False})
    return parser.use(dollarmath_plugin, allow_labels=False, allow_space=False, allow_digits=False, double_inline=True)


_plain = _parser("zero")
_inline = _parser("commonmark").disable(["image", "link", "autolink", "html_inline"])


@lru_cache(_KEPT_TEXTS)
def tex_html(text: str) -> Markup:
    """A title or an abstract: plain text with formulas between dollars."""
    return _sanitised(_plain.renderInline(_with_dollars(text)))


@lru_cache(_KEPT_TEXTS)
def claim_html(text: str) -> Markup:
    """A sentence out of a converted paper: Markdown within a line, with formulas; no links, pictures or raw HTML."""
    return _sanitised(_inline.renderInline(_with_dollars(text)))


def site_text(text: str) -> str:
    """The same for a Markdown file: every character of text stands for itself, formulas stay between dollars."""
    line = _map_parts(" ".join(_CONTROL.sub("", text).split()), _escaped_markdown, _escaped_tex)
    return _MARKDOWN_LINE_START.sub(_escaped_start, line)


def quoted_yaml(text: str) -> str:
    """A YAML double-quoted scalar that gives back `text`, whatever it holds; the same in YAML 1.1 and 1.2."""
    return '"' + "".join(_yaml_character(character) for character in text) + '"'


def _sanitised(html: str) -> Markup:
    """The parsers let no markup through; this holds should one of them ever err. Safe by nh3's list of tags."""
    without_blocks = html.replace('<div class="math inline">', '<span class="math display">').replace(
        "</div>", "</span>"
    )
    classes = {"span": {"math", "inline", "display"}}
    return Markup(nh3.clean(without_blocks, tags=_TAGS, attributes={}, allowed_classes=classes))  # noqa: S704


def _with_dollars(text: str) -> str:
    text = _CONTROL.sub("", text)
    text = _PAREN_MATH.sub(lambda found: f"${found[1].strip()}$", text)
    return _BRACKET_MATH.sub(lambda found: f"$${found[1].strip()}$$", text)


def _map_parts(text: str, words: Callable[[str], str], formula: Callable[[str], str]) -> str:
    """Text and formulas told apart by the same parser that shows them."""
    parts = []
    (line,) = _plain.parseInline(_with_dollars(text))
    for token in line.children or ():
        if token.type.startswith("math_inline"):
            fence = "$$" if token.type == "math_inline_double" else "$"
            parts.append(f"{fence}{formula(token.content.strip())}{fence}")
        else:
            parts.append(words(token.content or "\n"))
    return "".join(parts)


def _escaped_markdown(text: str) -> str:
    entities = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "@": "&#64;"}
    without_html = "".join(entities.get(character, character) for character in text)
    return _MARKDOWN_INLINE.sub(lambda found: f"\\{found[0]}", without_html)


def _escaped_start(found: re.Match[str]) -> str:
    """What would begin a list or a heading begins a sentence."""
    return f"{found[0]}\\" if found[0].isdigit() else f"\\{found[0]}"


def _escaped_tex(tex: str) -> str:
    """The same formula without the characters that could open HTML."""
    return tex.replace("<", r"\lt ").replace(">", r"\gt ").replace("`", r"\grave{}")


def _yaml_character(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    code = ord(character)
    if 0x20 <= code < 0x7F or (code >= 0xA0 and character.isprintable()):
        return character
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def slug_of(name: str) -> str:
    """A tag as part of an address: `Graph neural networks` is `graph-neural-networks`."""
    return re.sub(r"[^\w+#]+", "-", name.lower()).strip("-_") or "tag"


def first_words(text: str, limit: int) -> str:
    """At most `limit` characters, cut between words and never within a formula that would be left open."""
    if len(text) <= limit:
        return text
    cut = text[:limit].rsplit(" ", 1)[0]
    if cut.count("$") % 2:
        cut = cut[: cut.rindex("$")].rstrip()
    return str(cut) + " …"
