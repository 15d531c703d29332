"""Quotes looked up in a paper."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.summarizer.evidence.quotes import Quotes, words_of
from services.summarizer.text.passages import Passage
from shared.store.papers.summaries import Claim, FieldValue, Quote

PASSAGES = (
    Passage("Abstract", "We study slow queries. Our index is 3.5 times faster than a B-tree on 1,200 tables."),
    Passage(
        "Results",
        "The state-of-the-art method does not converge when the step size exceeds 0.5, and the error of all other "
        "methods increases with the dimension of the problem.\n\nAccuracy rose from 81.2% to 84.9% on the test set.",
    ),
)


@pytest.mark.parametrize(
    ("quote", "found", "section"),
    [
        ("our index is 3.5 times faster than a B-tree", "Our index is 3.5 times faster than a B-tree", "Abstract"),
        ("index is 3.5 times\nfaster than a B-\ntree", "index is 3.5 times faster than a B-tree", "Abstract"),
        ("**Accuracy** rose from 81.2% to 84.9%", "Accuracy rose from 81.2% to 84.9%", "Results"),
        ("The state-of-the-\nart method does not converge", "The state-of-the-art method does not converge", "Results"),
        ("a B-tree on 1200 tables.", "a B-tree on 1,200 tables.", "Abstract"),
    ],
)
def test_a_quote_is_found_whatever_its_case_lines_hyphens_and_markdown(quote: str, found: str, section: str) -> None:
    assert Quotes(PASSAGES).find(quote) == (found, section)


@pytest.mark.parametrize(
    "quote",
    [
        "Our index is 3.6 times faster than a B-tree on 1,200 tables",
        "Our index is 35 times faster than a B-tree on 1,200 tables",
        "The state-of-the-art method does converge when the step size exceeds 0.5",
        "the error of all other methods decreases with the dimension of the problem",
        "Accuracy rose from 84.9% to 81.2% on the test set.",
        "We study slow queries ... on 1,200 tables",
        "slow queries",
        "Nobody ever wrote this sentence in any paper at all.",
        "",
    ],
)
def test_a_quote_with_another_number_sense_or_no_words_is_not_found(quote: str) -> None:
    assert Quotes(PASSAGES).find(quote) is None


def test_a_near_quote_is_replaced_by_the_papers_own_words() -> None:
    near = "the error of all the other methods increases with dimension of the problem"
    found = Quotes(PASSAGES).find(near)
    assert found is not None
    assert found.text == "the error of all other methods increases with the dimension of the problem."
    assert found.text in PASSAGES[1].text


def test_claims_are_marked_where_their_quote_is_missing() -> None:
    good = Claim(text="It is fast.", quotes=(Quote(text="Our index is 3.5 times faster than a B-tree", found=False),))
    bad = Claim(
        text="It is cheap.", quotes=(Quote(text="Our index costs nothing at all to build", section="Abstract"),)
    )
    checked = Quotes(PASSAGES).check(FieldValue(name="result", claims=(good, bad)))
    assert [(claim.found, claim.section) for claim in checked.claims] == [(True, "Abstract"), (False, "")]
    assert checked.claims[1].quote == bad.quote


@given(st.integers(0, 40), st.integers(4, 20))
def test_any_run_of_words_of_a_paper_is_found_in_it(start: int, length: int) -> None:
    words = PASSAGES[1].text.split()[start : start + length]
    quote = " ".join(words)
    if len(words_of(quote)) >= 4 and "\n\n" not in quote:
        found = Quotes(PASSAGES).find(quote)
        assert found is not None
        assert words_of(found.text) == words_of(quote) or set(words_of(quote)) <= set(words_of(found.text))


def test_a_very_long_paper_is_searched_quickly() -> None:
    long = Passage("Text", " ".join(f"word{n % 977} of paragraph {n}" for n in range(30_000)))
    quotes = Quotes((long,))
    found = quotes.find("word7 of paragraph 29317 word8 of paragraph 29318")
    assert found is not None
    assert found.section == "Text"
    assert quotes.find("nothing of the kind stands anywhere in this text") is None
