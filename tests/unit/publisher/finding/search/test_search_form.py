"""The search form: what it asks for, what it would be as a follow, and the addresses of its other pages."""

import pytest

from services.publisher.finding.search.search_form import read_form


@pytest.mark.parametrize(
    ("sent", "followable"),
    [
        ({"q": 'author:"Ada Lovelace"'}, ("author", "Ada Lovelace", "Ada Lovelace")),
        ({"q": "au:Lovelace"}, ("author", "Lovelace", "Lovelace")),
        ({"author": "Ada Lovelace"}, ("author", "Ada Lovelace", "Ada Lovelace")),
        ({"q": '"graph networks"'}, ("phrase", "graph networks", "“graph networks”")),
        ({"category": "CS.lg"}, ("category", "cs.LG", "cs.LG")),
        ({"q": "pruning", "category": "cs.LG, math"}, ("search", "pruning cat:cs.LG cat:math", "this search")),
        ({"q": "pruning", "author": 'A "B", C'}, ("search", 'pruning author:"A B" author:"C"', "this search")),
        ({"q": "pruning", "from": "2026-01-01"}, ("search", "pruning", "this search")),
        ({"q": "pruning", "published": "accepted"}, ("search", "pruning is:accepted", "this search")),
        ({"q": "pruning", "where": "arxiv"}, None),
        ({"like": "2611.00101"}, None),
        ({"from": "2026-01-01"}, None),
    ],
)
def test_a_search_is_followed_by_what_lasts_of_it(
    sent: dict[str, str], followable: tuple[str, str, str] | None
) -> None:
    assert read_form(sent).followable == followable


@pytest.mark.parametrize(("text", "page"), [("2", 2), ("0", 1), ("999", 20), ("-1", 1), ("x", 1), ("²", 1)])
def test_a_page_is_a_number_within_bounds(text: str, page: int) -> None:
    form = read_form({"q": "tides", "page": text})
    assert form.request is not None
    assert (form.page, form.request.offset) == (page, 30 * (page - 1))


def test_another_order_begins_at_the_first_page_and_another_page_keeps_the_order() -> None:
    form = read_form({"q": "tides", "order": "date", "page": "3"})
    assert form.address == "/search?q=tides&order=date&page=3"
    assert form.address_with(order="") == "/search?q=tides"
    assert form.address_with(page="4") == "/search?q=tides&order=date&page=4"


def test_only_what_is_wrong_is_corrected() -> None:
    assert read_form({"q": "tides cat:cs.LG", "category": "math"}).corrected == ""
    assert read_form({"q": "tides", "category": "cs.LGG,math"}).corrected == "/search?q=tides&category=cs.LG+math"
