"""Pages of HTML, whatever characters they hold."""

import pytest

from services.fetcher.documents.engines.html import DOLLAR, read_page
from services.fetcher.documents.sources.eprint import SourceRefused

ODD = "&#1; &#x0C; &#31; \x01 \x0b \ufffe"


@pytest.mark.parametrize(
    "inside",
    [
        f"<p>costs {ODD}$5</p> tail {ODD}$",
        f"<p><math alttext='a{ODD}b'></math> and <math>"
        f"<annotation encoding='application/x-tex'>{ODD}</annotation></math></p>",
        f"<ul><li class='ltx_bibitem'><span class='ltx_tag'>1</span>{ODD} A reference</li></ul>",
        f"<p><img>{ODD}</p><p class='ltx_ERROR'>x</p>{ODD}",
        f"<table class='ltx_equation'><tr><td>x{ODD}</td></tr></table>",
    ],
    ids=["dollars", "formulas", "references", "what is dropped", "equations"],
)
def test_characters_that_xml_does_not_have_are_left_out(inside: str) -> None:
    page = read_page(f"<html><body><article><h1>A{ODD}</h1>{inside}</article></body></html>".encode())
    assert page.title == "A"
    assert not any(char < " " and char not in "\t\n\r" for char in page.html)


@pytest.mark.parametrize(
    ("said", "number"), [("Figure 12: x", 12), (f"Figure {'9' * 5_000}: x", 1), ("Figure ²: x", 1)]
)
def test_a_caption_has_the_number_that_it_says_where_that_is_one(said: str, number: int) -> None:
    page = read_page(f"<article><figure><figcaption>{said}</figcaption></figure></article>".encode())
    assert [caption.number for caption in page.captions] == [number]


def test_headings_formulas_prices_and_references_of_a_page_of_latexml() -> None:
    page = read_page(
        b"<article class='ltx_document'><h1 class='ltx_title_document'>A title</h1><nav>menu</nav>"
        b"<h6 class='ltx_title ltx_title_section'><span class='ltx_tag'>1</span>Intro</h6><p>costs $5, "
        b"<math alttext='x^2'></math></p>"
        b"<table class='ltx_equation'><tr><td><math alttext='a=b'></math></td></tr></table>"
        b"<ul class='ltx_bibliography'><li class='ltx_bibitem'>Knuth, arXiv:2403.12345.</li></ul></article>"
    )
    assert page.title == "A title"
    assert ">Intro</h2>" in page.html
    assert "$x^2$" in page.html
    assert "<p>$$a=b$$</p>" in page.html.replace("$$ ", "$$").replace(" $$", "$$")
    assert f"costs {DOLLAR}5" in page.html
    assert "menu" not in page.html
    assert "Knuth" not in page.html
    assert [reference.arxiv_id for reference in page.references] == ["2403.12345"]


def test_a_page_without_a_body_is_refused() -> None:
    with pytest.raises(SourceRefused, match="the page cannot be read"):
        read_page(b"")
