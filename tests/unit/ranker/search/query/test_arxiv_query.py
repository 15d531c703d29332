"""Queries as arXiv's own search reads them."""

import pytest

from services.ranker.search.query.arxiv_query import arxiv_query


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("graph pruning", "all:graph AND all:pruning"),
        ('"graph networks" -survey', 'all:"graph networks" ANDNOT all:survey'),
        (
            'title:pruning author:"Ada Lovelace" cat:cs.LG cat:math',
            'ti:pruning AND au:"ada lovelace" AND (cat:cs.LG OR cat:math*)',
        ),
        ("au:del_maestro AND ti:checkerboard", "au:del_maestro AND ti:checkerboard"),
        ("all:electron", "all:electron"),
        ("-survey", ""),
        ("***", ""),
    ],
)
def test_words_fields_and_exclusions_are_translated_and_arxivs_own_syntax_is_left(text: str, query: str) -> None:
    assert arxiv_query(text) == query
