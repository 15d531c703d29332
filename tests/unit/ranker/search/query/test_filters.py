"""Which papers pass the filters of a search."""

from datetime import UTC, date, datetime

import pytest

from services.ranker.search.query.filters import Filters, filters_of
from services.ranker.search.query.parsed_query import Term, parse_query
from shared.contracts import FoundPaper, Search

PAPER = FoundPaper(
    paper_id="2611.00001",
    title="Graphs",
    authors=("Ada Lovelace",),
    categories=("cs.LG",),
    published_at=datetime(2026, 11, 2, tzinfo=UTC),
)
MINE = frozenset({"2611.00001", "2611.00002"})


@pytest.mark.parametrize(
    ("filters", "passes"),
    [
        (Filters(), True),
        (Filters(categories=("cs",)), True),
        (Filters(categories=("math",)), False),
        (Filters(since=date(2026, 11, 3)), False),
        (Filters(until=date(2026, 11, 2)), True),
        (Filters(names=(Term(("lovelace",), "authors"),)), True),
        (Filters(names=(Term(("turing",), "authors"),)), False),
        (Filters(never=frozenset({"2611.00001"})), False),
        (Filters(only=frozenset()), False),
        (Filters(publication="accepted"), False),
    ],
)
def test_a_paper_passes_where_all_filters_let_it(filters: Filters, passes: bool) -> None:
    assert filters.lets(PAPER) == passes


def test_a_paper_without_a_day_passes_only_where_any_day_does() -> None:
    undated = PAPER.model_copy(update={"published_at": None})
    assert Filters().lets(undated)
    assert not Filters(until=date(2026, 11, 2)).lets(undated)


def test_seen_and_liked_narrow_or_exclude() -> None:
    seen, liked = MINE, frozenset({"2611.00002"})
    both = filters_of(Search(query="x", seen=True, liked=True), parse_query("x"), seen, liked)
    assert (both.only, both.never) == (liked, frozenset())
    neither = filters_of(Search(query="x", seen=False, like=("2611.00009",)), parse_query("x"), seen, liked)
    assert (neither.only, neither.never) == (None, MINE | {"2611.00009"})


def test_filters_that_say_nothing_are_false() -> None:
    assert not Filters()
    assert Filters(only=frozenset())
    assert not filters_of(Search(query="graphs"), parse_query("graphs"), MINE, MINE)


@pytest.mark.parametrize(
    ("query", "asked", "publication"),
    [("graphs", "", ""), ("is:accepted graphs", "", "accepted"), ("graphs", "published", "published")],
)
def test_publication_is_asked_for_in_words_or_by_the_form(query: str, asked: str, publication: str) -> None:
    request = Search.model_validate({"query": query, "publication": asked})
    assert filters_of(request, parse_query(query), MINE, MINE).publication == publication
