"""Two papers say the same where verified quotes share their words, numbers and negations."""

import pytest

from services.publisher.finding.new_to_you.repeated_claims import repetition
from shared.store.papers.summaries import Claim, FieldValue, Quote, Summary
from tests.support.folders.seed import GRAPHS, TIDES, summary

SAID = "Message passing on sparse random graphs needs only logarithmic rounds when the degree exceeds 2."


def saying(paper_id: str, text: str, *, found: bool = True, weak: str = "") -> Summary:
    claim = Claim(text=text, quotes=(Quote(text=text, found=found),), weak=weak)
    return summary(paper_id).model_copy(update={"fields": (FieldValue(name="result", claims=(claim,)),)})


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (SAID, True),
        ("On sparse random graphs, message passing needs logarithmic rounds only when the degree exceeds 2.", True),
        (SAID.replace("2", "3"), False),
        (SAID.replace("needs", "never needs"), False),
        ("Sparse random graphs have few edges and are easy to draw on paper.", False),
        ("Graphs are sparse.", False),
    ],
)
def test_the_same_words_numbers_and_negations_say_the_same(other: str, same: bool) -> None:
    found = repetition(saying(GRAPHS, SAID), saying(TIDES, other))
    assert (found is not None) == same
    if found is not None:
        assert (found.mine.text, found.other.text) == (SAID, other)


def test_what_was_not_verified_is_not_compared() -> None:
    assert repetition(saying(GRAPHS, SAID), saying(TIDES, SAID, found=False)) is None
    assert repetition(saying(GRAPHS, SAID, weak="the quote says less"), saying(TIDES, SAID)) is None
    assert repetition(saying(GRAPHS, "Graphs are sparse."), saying(TIDES, "Graphs are sparse.")) is None
