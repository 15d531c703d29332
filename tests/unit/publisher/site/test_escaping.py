"""Text of papers in the site's files: any text stands for itself, as YAML and as Markdown."""

import re

import pytest
import yaml  # type: ignore[import-untyped]
from hypothesis import given, settings
from markdown_it import MarkdownIt

from services.publisher.site.escaping import claim_text, quoted_yaml, site_text
from tests.support.arxiv.hostile_text import ANY_TEXT, Tags


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


@pytest.mark.parametrize(
    ("claim", "html"),
    [
        ("They count **walks** of *any* length.", "They count <strong>walks</strong> of <em>any</em> length."),
        ("2*3*4 and ** and a**b**c", "2*3*4 and ** and a**b**c"),
        ("**<script>** and **[x](javascript:1)**", "**&lt;script&gt;** and **[x](javascript:1)**"),
    ],
)
def test_a_claim_keeps_its_emphasis_and_nothing_else(claim: str, html: str) -> None:
    assert MarkdownIt("commonmark", {"html": True}).render(claim_text(claim)) == f"<p>{html}</p>\n"


@settings(max_examples=200, deadline=None)
@given(ANY_TEXT)
def test_any_claim_is_one_paragraph_with_emphasis_at_most(text: str) -> None:
    html = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(claim_text(text))
    assert {tag for tag, _ in Tags(html).seen} <= {"p", "em", "strong", "code"}
