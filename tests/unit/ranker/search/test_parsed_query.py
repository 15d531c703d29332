"""What a person typed, as terms, exclusions, names and an expression."""

import pytest

from services.ranker.search.parsed_query import Term, category_word, parse_query, with_archives


def test_phrases_fields_exclusions_and_names_are_told_apart() -> None:
    query = parse_query('"graph networks" title:survey -"deep learning" author:"Ada Lovelace" pruning')
    assert query.terms == (Term(("graph", "networks")), Term(("survey",), "title"), Term(("pruning",)))
    assert query.without == (Term(("deep", "learning")),)
    assert query.names == (Term(("ada",), "authors"), Term(("lovelace",), "authors"))
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


def test_a_word_reaches_fts5_as_a_quoted_string_only() -> None:
    expressions = [term.expression for term in parse_query('NEAR(a* OR b) title:"x y" AND').terms]
    assert expressions == ['"near"', '"b"', '{title} : ("x" + "y")']


def test_categories_are_words_of_their_own_with_their_archives() -> None:
    assert category_word("cs.LG") == "zqcslg9"
    assert with_archives(("cs.LG", "math")) == ("cs.LG", "math", "cs")
