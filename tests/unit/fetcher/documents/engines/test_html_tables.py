import lxml.html
import pytest

from services.fetcher.documents.engines.html_tables import bound_tables


def bounded(page: str) -> str:
    article = lxml.html.fragment_fromstring(page, create_parent="div")
    bound_tables(article)
    return str(lxml.html.tostring(article, encoding="unicode")).removeprefix("<div>").removesuffix("</div>")


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ("<td colspan=1000>a</td>", '<td colspan="100">a</td>'),
        ("<td rowspan=50>a</td>", '<td rowspan="1">a</td>'),
        ("<td colspan=-3>a</td><td colspan=x>b</td>", '<td colspan="1">a</td><td colspan="1">b</td>'),
    ],
)
def test_a_span_stays_within_its_table(cells: str, expected: str) -> None:
    assert bounded(f"<table><tr>{cells}</tr></table>") == f"<table><tr>{expected}</tr></table>"


def test_a_table_that_is_too_wide_becomes_paragraphs() -> None:
    page = bounded("<table><tr>" + "<td>a</td>" * 101 + "</tr></table>")
    assert page.startswith("<div><p><span>a</span> <span>a</span> ")
    assert "<table" not in page


def test_what_is_nested_too_deep_is_laid_flat() -> None:
    tables = bounded("<table><tr><td>" * 3 + "x" + "</td></tr></table>" * 3)
    assert (tables.count("<table"), "<span>x</span>" in tables) == (2, True)
    lists = bounded("<ul><li>" * 14 + "x" + "</li></ul>" * 14)
    assert (lists.count("<ul"), "x" in lists) == (12, True)
