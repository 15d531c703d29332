"""The sentences of an abstract with their roles."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.summarizer.roles.abstracts import rank_sentences, roles_of_abstract

ABSTRACT = (
    "Sorting very large files matters to everybody who has disks. However, existing methods need more memory\n"
    "than a laptop has. We propose a merge tree that keeps its runs in memory. Experiments show that it is twice as "
    "fast as the usual merge sort. Code is available at https://example.org."
)


def test_every_sentence_has_its_place_and_most_have_a_role() -> None:
    marked = roles_of_abstract(ABSTRACT)
    assert [ABSTRACT[one.start : one.end] for one in marked] == [one.text for one in marked]
    assert [one.role for one in marked] == ["task", "problem", "method", "result", None]


def test_sentences_are_ranked_for_each_role_and_stand_as_in_the_abstract() -> None:
    ranked = rank_sentences(ABSTRACT)
    assert ranked["problem"][0] == "However, existing methods need more memory\nthan a laptop has."
    assert ranked["method"][0].startswith("We propose")
    assert ranked["result"][0].startswith("Experiments show")
    assert ranked["task"][0].startswith("Sorting")


def test_problem_method_and_result_begin_with_different_sentences() -> None:
    ranked = rank_sentences("We propose a merge tree. It is fast. It is small.")
    assert len({ranked[role][0] for role in ("problem", "method", "result")}) == 3


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "piece", ["we leave ", "not yet be ", "A of the ", "We sort it. ", "1.2.3 ", "$", "recent a-b "]
)
def test_a_text_made_to_take_long_does_not(piece: str) -> None:
    assert roles_of_abstract(piece * 5_000)
    assert rank_sentences(piece * 5_000)


def test_an_empty_abstract_has_no_roles() -> None:
    assert roles_of_abstract("") == []
    assert rank_sentences(" \n ") == {}


@given(st.text(alphabet="aB .\n?!\u00e9$", max_size=300))
def test_any_text_is_cut_into_pieces_of_itself(text: str) -> None:
    assert all(text[one.start : one.end] == one.text for one in roles_of_abstract(text))
