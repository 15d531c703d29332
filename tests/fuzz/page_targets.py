# ruff: noqa: E501 (seeds and words stand in one line)
"""HTML: pages of papers as they are read; and texts of papers as they are shown, which must come out harmless."""

from collections.abc import Callable
from html.parser import HTMLParser

from tests.fuzz.seeds import files
from tests.fuzz.targets import Run, Target
from tests.fuzz.tex_targets import within_proportion

_WORDS = (
    b"<math alttext='x' display='block'>", b"</math>", b"<table class='ltx_equation'>", b"<td colspan='1000000'>", b"rowspan='99999'", b"<tr>",
    b"<li class='ltx_bibitem'>", b"<section class='ltx_bibliography'>", b"<h2 class='ltx_title_section'>", b"<script>", b"</script>",
    b"<a href='javascript:alert(1)'>", b"<article>", b"<figcaption>Figure 99999999999999999999999:", b"<annotation encoding='application/x-tex'>",
    b"charset=utf-7", b"<meta charset=x>", b"&#xd800;", b"&#0;", b"\x00", b"<!--", b"<![CDATA[", b"<svg>", b"<template>", b"ltx_document",
    b"<img src=x onerror=alert(1)>", b"data:text/html,x", b"$", b"$$", b"\\(", b"\\[", b"](javascript:x)", b"`", b"```", b"\xe2\x9f\xa6",
)  # fmt: skip
_NESTS = (
    (b"<div>", b"</div>"), (b"<b>", b"</b>"), (b"<table><tr><td>", b"</td></tr></table>"), (b"<ul><li>", b"</li></ul>"), (b"[", b"](x)"),
    (b"*", b"*"), (b"$", b"$"), (b"<math>", b"</math>"), (b"{", b"}"), (b"\\emph{", b"}"), (b"> ", b""),
)  # fmt: skip
_HARMLESS = {"span", "em", "strong", "code", "mark", "s", "sub", "sup", "br"}


def _page() -> Run:
    from services.fetcher.documents.engines import html as pages
    from services.fetcher.documents.sources.eprint import SourceRefused

    def run(content: bytes) -> None:
        try:
            page = pages.read_page(content)
        except SourceRefused:
            return
        pages.words(page)
        within_proportion(content, page.html)

    return run


class _Tags(HTMLParser):
    """Complains about all that could do anything."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _HARMLESS or any(name != "class" for name, _ in attrs):
            raise AssertionError(f"<{tag} {attrs}> came through")


def _shown() -> Run:
    from services.publisher.records.tag_slugs import tag_slug
    from services.publisher.rendering import safe_html as text

    ways: tuple[Callable[[str], str], ...] = (text.tex_html, text.claim_html, text.marked_html)

    def run(content: bytes) -> None:
        said = content.decode("utf-8", "replace")
        for way in ways:
            made = way(said)
            within_proportion(content, made)
            _Tags().feed(made)
        tag_slug(said)
        text.first_words(said, 80)

    return run


_PAGE = (
    b"<!DOCTYPE html><html><body><article class='ltx_document'><h1 class='ltx_title_document'>T</h1><section><h2 class='ltx_title "
    b"ltx_title_section'><span class='ltx_tag'>1</span>A</h2><p>Words <math alttext='x^2'><mi>x</mi></math> cost $5.</p><table class="
    b"'ltx_equation'><tr><td><math alttext='a' display='block'></math></td></tr></table></section></article></body></html>"
)
_TEXT = b"Words with $x^2$, \\emph{style}, **bold**, `code`, [a](b) and 5$."
TARGETS = (
    Target("page", _page, files("html/*", most_bytes=30_000, written=(_PAGE,)), _WORDS, _NESTS),
    Target("shown_text", _shown, lambda: (_TEXT, b"\\(a\\) \\[b\\] $$c$$ <b>"), _WORDS, _NESTS, 20_000),
)
