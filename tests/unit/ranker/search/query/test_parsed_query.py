"""What a person typed, as terms, exclusions, names and filters."""

from datetime import date

import pytest

from services.ranker.search.query.parsed_query import Term, parse_query, with_archives


def test_phrases_fields_exclusions_and_names_are_told_apart() -> None:
    query = parse_query('"graph networks" title:survey -"deep learning" author:"Ada Lovelace" pruning')
    assert query.terms == (Term(("graph", "networks")), Term(("survey",), "title"), Term(("pruning",)))
    assert query.without == (Term(("deep", "learning")),)
    assert query.names == (Term(("ada", "lovelace"), "authors"),)
    assert query.required == (Term(("graph", "networks")), Term(("survey",), "title"))
    assert query.plain == "graph networks survey pruning"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("the theory of graphs", ["theory", "graphs"]),
        ("what is it", ["what", "is", "it"]),
        ("graphs graphs", ["graphs"]),
        ("*** --- ()", []),
    ],
)
def test_stop_words_count_only_where_there_is_nothing_else(text: str, words: list[str]) -> None:
    assert [" ".join(term.words) for term in parse_query(text).terms] == words


def test_a_query_of_marks_alone_is_empty() -> None:
    assert not parse_query('"" - :')
    assert parse_query("author:Lovelace")


def test_operators_of_other_query_languages_are_words() -> None:
    terms = parse_query('NEAR(a* OR b) title:"x y" AND').terms
    assert terms == (Term(("near",)), Term(("b",)), Term(("x", "y"), "title"))


def test_categories_come_with_their_archives() -> None:
    assert with_archives(("cs.LG", "math")) == ("cs.LG", "math", "cs")


def test_categories_in_any_case_and_days_are_filters_and_no_words() -> None:
    query = parse_query("pruning cat:CS.lg,math -cat:cs.CV from:2025-11 to:2026 category:cmp-lg")
    assert query.terms == (Term(("pruning",)),)
    assert query.categories == ("cs.LG", "math", "cmp-lg")
    assert query.without == (Term(("cs.CV",), "categories"),)
    assert (query.since, query.until) == (date(2025, 11, 1), date(2026, 12, 31))
    assert (query.plain, query.problem) == ("pruning", "")


def test_what_cannot_be_meant_is_named() -> None:
    query = parse_query("cat:cs.LGG from:soon cat:planets")
    assert "arXiv has no category 'cs.LGG'; did you mean cs.LG?" in query.problem
    assert "'soon' is not a valid date" in query.problem
    assert "arXiv has no category 'planets'" in query.problem


@pytest.mark.parametrize("text", ["From: A to B", "to: be or not", "date: unknown"])
def test_a_title_with_a_colon_is_words(text: str) -> None:
    assert parse_query(text).problem == ""


@pytest.mark.parametrize(
    ("text", "publication"),
    [("graphs is:published", "published"), ("IS:Accepted", "accepted"), ("is:published is:accepted", "published")],
)
def test_where_a_paper_was_published_can_be_asked_for(text: str, publication: str) -> None:
    assert parse_query(text).publication == publication
    assert "is" not in parse_query(text).plain.split()


def test_what_a_paper_cannot_be_is_said() -> None:
    assert "write is:published or is:accepted" in parse_query("is:good graphs").problem
