"""Text of papers as HTML: shown whatever it says, and nothing in it runs."""

import pytest
from hypothesis import given, settings

from services.publisher.rendering.safe_html import claim_html, feed_math, first_words, tex_html
from tests.support.arxiv.hostile_text import ANY_TEXT, Tags

ALLOWED = {"em", "strong", "code", "s", "sub", "sup", "span", "br"}


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
        (r"{\LaTeX}ML and \textit{\TeX{} & co}", "LaTeXML and TeX &amp; co"),
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


def test_a_text_is_cut_between_words_and_outside_formulas() -> None:
    assert first_words("short", 10) == "short"
    assert first_words("one two three", 9) == "one two …"
    assert first_words("we show $a + b + c$ holds", 14) == "we show …"


def test_formulas_are_code_where_no_script_typesets_them() -> None:
    assert feed_math(tex_html("so $a<b$ & <i>")) == "so <code>a&lt;b</code> &amp; &lt;i&gt;"


@pytest.mark.parametrize("opening", [r"\(", r"\[", "$", r"\href{", r"{\em "])
def test_thousands_of_formulas_that_are_never_closed_hold_up_no_page(opening: str) -> None:
    """What looked for the end of each through the whole text took minutes."""
    text = opening * 40_000 + "x"
    assert str(tex_html(text)).endswith("x")
