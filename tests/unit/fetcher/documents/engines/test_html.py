"""Pages of HTML, whatever characters they hold."""

import pytest

from services.fetcher.documents.engines.html import read_page

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
