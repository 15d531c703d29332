"""What is known of each sentence of an abstract."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from services.summarizer.roles.features import feature_names, features_of, words_of

ABSTRACT = [
    "Sorting very large files remains slow on cheap disks.",
    "We propose a merge tree that keeps its runs in memory.",
    "Experiments show that it is twice as fast as the usual merge sort.",
]


def value(row: int, name: str) -> float:
    return float(features_of(ABSTRACT)[row, feature_names().index(name)])


def test_a_sentence_knows_its_place_its_cues_and_its_neighbours() -> None:
    assert value(0, "place 0 from start") == 1
    assert value(2, "place 0 from end") == 1
    assert value(1, "cue: authors act") == 1
    assert value(2, "before: authors act") == 1
    assert value(0, "after: authors act") == 1


def test_distances_are_counted_from_where_the_authors_begin_to_act() -> None:
    assert [value(row, f"proposal {row - 1}") for row in range(3)] == [1, 1, 1]
    assert [value(row, f"outcome {row - 2}") for row in range(3)] == [1, 1, 1]
    assert value(0, "contrast none") == 1


def test_names_are_different_and_one_a_column() -> None:
    assert len(set(feature_names())) == len(feature_names()) == features_of(ABSTRACT).shape[1]


def test_numbers_are_one_word_and_the_beginning_is_marked() -> None:
    assert words_of("It gains 3.5 points, or 12%.") >= {"gains <n>", "<n%>", "^it gains", "points"}


@given(st.lists(st.text(max_size=80), max_size=12))
def test_any_sentences_have_finite_features(sentences: list[str]) -> None:
    table = features_of(sentences)
    assert table.shape == (len(sentences), len(feature_names()))
    assert np.isfinite(table).all()
