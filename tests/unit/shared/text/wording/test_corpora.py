"""Corpora as people type them."""

from datetime import date

import pytest

from shared.contracts import Corpus
from shared.text.wording.corpora import corpus_text, parse_corpus

CORPORA = {
    "": Corpus(),
    "list": Corpus(kind="list"),
    "READ": Corpus(kind="read"),
    "tag:rag": Corpus(tags=("rag",)),
    'all, tag:"external sorting"': Corpus(kind="all", tags=("external sorting",)),
    "cat:cs.CL category:hep-th": Corpus(categories=("cs.CL", "hep-th")),
    "read since:2026-01-01 until:2026-02-01": Corpus(
        kind="read", from_date=date(2026, 1, 1), until_date=date(2026, 2, 1)
    ),
    "2403.12345v2, https://arxiv.org/abs/hep-th/9901001": Corpus(paper_ids=("2403.12345", "hep-th/9901001")),
    "local:0123456789abcdef 2403.12345 2403.12345": Corpus(paper_ids=("local:0123456789abcdef", "2403.12345")),
}


@pytest.mark.parametrize("text", CORPORA)
def test_a_text_is_the_corpus_it_says_and_comes_back_as_a_text_of_the_same(text: str) -> None:
    corpus = parse_corpus(text)
    assert corpus == CORPORA[text]
    assert parse_corpus(corpus_text(corpus)) == corpus


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("everything", "is no corpus; it is made of list"),
        ("since:yesterday", "'yesterday' is not a valid date"),
        ("since:2026-02-01 until:2026-01-01", "after its end"),
        ("list read", "twice"),
        ("tag:", "names nothing after the colon"),
        ('tag:"rag', "not closed"),
        ("category:../x", "not a category"),
        ("x" * 30_000, "too long"),
    ],
)
def test_what_is_no_corpus_is_told_with_what_may_stand_there(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        parse_corpus(text)
