"""A user's notes as safe HTML: Markdown with tables and formulas; no raw HTML, no pictures, links to pages alone."""

import re
from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup
from mdit_py_plugins.dollarmath import dollarmath_plugin

from services.publisher.rendering.safe_html import without_controls

_TAGS = {
    "p", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "code", "em", "strong", "s", "a", "hr", "br",
    "table", "thead", "tbody", "tr", "th", "td", "span",
}  # fmt: skip
_CLASSES = {"span": {"math", "inline", "display"}}
_DISPLAY = re.compile(r'<div class="math (?:inline|block)">(.*?)</div>', re.S)
_SHIFT, _DEEPEST = 2, 6
_MOST_NESTED = 20
_KEPT_NOTES = 500


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "linkify": False, "maxNesting": _MOST_NESTED})
    parser.enable(["table", "strikethrough"]).disable(["image", "html_block", "html_inline"])
    return parser.use(dollarmath_plugin, allow_labels=False, allow_space=False, double_inline=True)


_markdown = _parser()


@lru_cache(_KEPT_NOTES)
def note_html(text: str) -> Markup:
    """A note; its headings come below those of the page."""
    tokens = [_below(token) for token in _markdown.parse(without_controls(text))]
    html = str(_markdown.renderer.render(tokens, _markdown.options, {}))
    clean = nh3.clean(
        _DISPLAY.sub(_in_a_span, html),
        tags=_TAGS,
        attributes={"a": {"href"}},
        allowed_classes=_CLASSES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
    )
    return Markup(clean)  # noqa: S704


def _in_a_span(match: re.Match[str]) -> str:
    """A formula of its own line as the page's script knows it; a `div` would end the paragraph that it stands in."""
    return f'<span class="math display">{match[1].strip()}</span>'


def _below(token: Token) -> Token:
    if token.type in ("heading_open", "heading_close"):
        return token.copy(tag=f"h{min(int(token.tag[1:]) + _SHIFT, _DEEPEST)}")
    return token
