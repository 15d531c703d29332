"""Within a block: the quote is marked, pointers lead where they should, and nothing of the paper runs."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.publisher.reading.fulltext.markdown.inline import Targets, inline_html, local_address
from tests.support.arxiv.hostile_text import ANY_TEXT, Tags

TARGETS = Targets(
    references={"smith2020": 3, "a:b": 7},
    footnotes={"1": 1},
    labels={"fig:model": ("figure-2", "2")},
    parts={"ref-3": 2},
    path="/paper/1/text",
)
ALLOWED = {"em", "strong", "code", "s", "sub", "sup", "span", "br", "mark", "a"}


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("[@smith2020]", '[<a class="cite" href="/paper/1/text?part=2#ref-3">3</a>]'),
        ("[see @a:b, p. 3; @who]", '[see <a class="cite" href="#ref-7">7</a>, p. 3; who]'),
        ("as @a:b shows", 'as [<a class="cite" href="#ref-7">7</a>] shows'),
        ("me@a:b", "me@a:b"),
        ("word[^1].", 'word<sup><a class="footnote" href="#fn-1">1</a></sup>.'),
        ("Figure [fig:model].", 'Figure <a href="#figure-2">2</a>.'),
        ("Eq. [eq:one]", "Eq. [eq:one]"),
        ("[x](https://e.org/a)", '<a href="https://e.org/a">x</a>'),
        ("[x](https://arxiv.org/abs/2403.12345v2)", '<a href="/paper/2403.12345">x</a>'),
        ("<https://e.org>", '<a href="https://e.org">https://e.org</a>'),
        ("[x](javascript:alert(1))", "[x](javascript:alert(1))"),
        ("[x](/api/rating)", "[x](/api/rating)"),
        ("![x](https://e.org/a.png)", '!<a href="https://e.org/a.png">x</a>'),
        ("<b onclick=x>t</b>", "&lt;b onclick=x&gt;t&lt;/b&gt;"),
        (r"\[*Left*\] and $a_1$", '[<em>Left</em>] and <span class="math inline">a_1</span>'),
        ("so $$\n x\n=y\n$$ which", 'so <span class="math display">x\n=y</span> which'),
    ],
)
def test_what_stands_within_a_block(text: str, html: str) -> None:
    assert str(inline_html(text, TARGETS)).replace(' rel="noopener noreferrer"', "") == html


@pytest.mark.parametrize(
    ("text", "quote", "shown"),
    [
        ("one two three", "two", "one <mark>two</mark> three"),
        ("a $x+y$ b", "x", 'a <mark><span class="math inline">x+y</span></mark> b'),
        ("see [the code](https://e.org/x) now", "e.org", "the code</a>"),
        ("as shown [@smith2020] here", "shown [@smith", "<mark>shown [</mark><a class"),
    ],
)
def test_a_quote_may_begin_and_end_anywhere(text: str, quote: str, shown: str) -> None:
    start = text.index(quote)
    assert shown in inline_html(text, TARGETS, 1, (start, start + len(quote)))


@pytest.mark.parametrize(
    ("address", "local"),
    [
        ("http://arxiv.org/pdf/hep-th/9901001v1", "/paper/hep-th/9901001"),
        ("https://arxiv.org/list/cs.LG", "https://arxiv.org/list/cs.LG"),
        ("https://arxiv.org.evil.example/abs/2403.12345", "https://arxiv.org.evil.example/abs/2403.12345"),
    ],
)
def test_pages_of_arxiv_open_here(address: str, local: str) -> None:
    assert local_address(address) == local


@settings(max_examples=60, deadline=None)
@given(ANY_TEXT, st.integers(0, 80), st.integers(0, 80))
def test_no_tag_or_address_comes_in_but_ours(text: str, start: int, end: int) -> None:
    for tag, attributes in Tags(inline_html(text, TARGETS, 1, (start, end))).seen:
        assert tag in ALLOWED
        for name, value in attributes:
            assert name in ("class", "href", "rel")
            assert name != "href" or (value or "").lower().startswith(
                ("http://", "https://", "mailto:", "#", "/paper/")
            )
