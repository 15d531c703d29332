"""One statement stands under one field: what is the same, what is not, and where it stays."""

import numpy as np
import pytest

from services.summarizer.evidence.statements import is_same, repeats, statements_of
from shared.store.papers.summaries import Claim, FieldValue, Quote

QUOTE = Quote(text="Sparse rewards make exploration hard in large mazes.", section="1 Introduction")


def fields(**texts: str) -> list[FieldValue]:
    return [FieldValue(name=name, claims=(Claim(text=text, quotes=(QUOTE,)),)) for name, text in texts.items()]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Sparse rewards make exploration hard.", "Exploration is hard with sparse rewards.", True),
        ("Sparse rewards make exploration hard.", "sparse rewards make exploration hard.", True),
        ("Accuracy rises by 3% in mazes with few rewards.", "Accuracy rises by 5% in mazes with few rewards.", False),
        ("Sparse rewards make exploration hard.", "A curriculum of mazes guides the policy.", False),
        ("It is hard.", "They are hard.", False),
    ],
)
def test_the_same_is_known_by_its_words_and_its_figures(one: str, other: str, same: bool) -> None:
    first, second = statements_of(fields(problem=one, method=other))
    assert is_same(first, second) is same


def test_vectors_tell_that_other_words_say_the_same() -> None:
    one, other = statements_of(
        fields(problem="Rare feedback hampers it.", method="Sparse rewards make exploration hard.")
    )
    assert not is_same(one, other)
    assert is_same(one, other, np.asarray([[1, 0], [0.95, 0.31]], dtype=np.float32))


@pytest.mark.parametrize(
    ("one", "other", "text", "kept"),
    [
        ("method", "problem", "Sparse rewards remain a challenge for exploration.", "problem"),
        ("problem", "method", "We propose an algorithm that trains on sparse rewards of mazes.", "method"),
        ("result", "limitations", "The proof is limited to finite mazes and cannot cover others.", "limitations"),
    ],
)
def test_a_statement_stays_where_it_fits_better(one: str, other: str, text: str, kept: str) -> None:
    quote = QUOTE.model_copy(update={"section": ""})
    values = [FieldValue(name=name, claims=(Claim(text=text, quotes=(quote,)),)) for name in (one, other)]
    assert [each.kept.name for each in repeats(statements_of(values))] == [kept]


def test_of_three_fields_one_keeps_the_statement() -> None:
    text = "Sparse rewards make exploration hard."
    dropped = {each.dropped.row for each in repeats(statements_of(fields(problem=text, method=text, result=text)))}
    assert len(dropped) == 2


def test_two_claims_of_one_field_are_left_alone() -> None:
    claim = Claim(text="Sparse rewards make exploration hard.", quotes=(QUOTE,))
    assert list(repeats(statements_of([FieldValue(name="problem", claims=(claim, claim))]))) == []
