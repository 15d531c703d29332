"""Whatever a paper says, it is shown and nothing of it runs."""

import re
from html.parser import HTMLParser

import pytest
import yaml  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from services.publisher.pages.safe_html import claim_html, first_words, tex_html
from services.publisher.site.escaping import quoted_yaml, site_text

ANY_TEXT = st.text(max_size=200) | st.text(alphabet="<>&\"'`$*_[]()!#-+.|~\\{}:/ aA1\nscriptonerror=", max_size=80)
ALLOWED = {"em", "strong", "code", "s", "sub", "sup", "span", "br"}


class Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, attrs))


@pytest.mark.parametrize(
    ("text", "html"),
    [
        (r"up to 5\% for \emph{rare} words, \$9 each", "up to 5% for rare words, $9 each"),
        ("costs $5 and $10", "costs $5 and $10"),
        (
            "$5-$10 or $4 per test, 10$\\times$ less",
            '$5-$10 or $4 per test, 10<span class="math inline">\\times</span> less',
        ),
        ("at $\\ge$768 points", 'at <span class="math inline">\\ge</span>768 points'),
        (
            "of $2^n$ and $10$ in $3 \\times 4$",
            'of <span class="math inline">2^n</span> and <span class="math inline">10</span> in '
            '<span class="math inline">3 \\times 4</span>',
        ),
        ("in $O(n)$ time", 'in <span class="math inline">O(n)</span> time'),
        (r"in \(O(n)\) time", 'in <span class="math inline">O(n)</span> time'),
        ("so $$a<b$$", 'so <span class="math display">a&lt;b</span>'),
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("*not* _markdown_", "*not* _markdown_"),
        ('"quotes" & more', '"quotes" &amp; more'),
    ],
)
def test_titles_and_abstracts_are_plain_text_with_formulas(text: str, html: str) -> None:
    assert tex_html(text) == html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a **bold** claim", "a <strong>bold</strong> claim"),
        ("see [this](javascript:alert(1))", "see [this](javascript:alert(1))"),
        ("![x](http://evil.example/x.png)", "![x](http://evil.example/x.png)"),
        ("<img src=x onerror=alert(1)>", "&lt;img src=x onerror=alert(1)&gt;"),
        ("with $x_1*y_2*z$ inside", 'with <span class="math inline">x_1*y_2*z</span> inside'),
    ],
)
def test_claims_are_markdown_of_one_line_without_links_or_pictures(text: str, html: str) -> None:
    assert claim_html(text) == html


@settings(max_examples=300, deadline=None)
@given(ANY_TEXT)
def test_no_text_becomes_a_tag_that_was_not_allowed(text: str) -> None:
    for html in (tex_html(text), claim_html(text)):
        for tag, attributes in Tags(html).seen:
            assert tag in ALLOWED
            assert all(name == "class" for name, _ in attributes)


@settings(max_examples=300, deadline=None)
@given(ANY_TEXT)
def test_any_text_comes_back_from_the_front_matter(text: str) -> None:
    assert yaml.safe_load(f"title: {quoted_yaml(text)}\nnext: 1") == {"title": text, "next": 1}


@settings(max_examples=300, deadline=None)
@given(ANY_TEXT)
def test_text_in_the_sites_markdown_is_one_paragraph_without_any_markup(text: str) -> None:
    html = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(site_text(text))
    assert {tag for tag, _ in Tags(html).seen} <= {"p", "em", "code"} if "$" in text else {"p"}
    assert "<script" not in html.lower()
    assert not re.search(r"<(?!/?(p|em|strong|code)\b)[a-z/!?]", html, re.I)


@pytest.mark.parametrize("start", ["# a", "- a", "+ a", "1. a", "12) a", "> a", "=== a", "--- a", "* a", "```", "~~~"])
def test_no_text_begins_a_heading_or_a_list(start: str) -> None:
    html = MarkdownIt("commonmark", {"html": True}).render(site_text(start))
    assert html == f"<p>{start.replace('>', '&gt;')}</p>\n"


def test_a_text_is_cut_between_words_and_outside_formulas() -> None:
    assert first_words("short", 10) == "short"
    assert first_words("one two three", 9) == "one two …"
    assert first_words("we show $a + b + c$ holds", 14) == "we show …"
