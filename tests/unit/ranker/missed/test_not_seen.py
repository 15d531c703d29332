"""What the ranking did not see in a paper."""

from dataclasses import replace

import numpy as np
import pytest

from services.ranker.missed.not_seen import (
    authors_by_novelty,
    known_facets,
    nearest_facet,
    nearness_of,
    new_words,
    own_phrases,
)
from shared.contracts import InterestFacet
from shared.store.papers.metadata import Paper
from shared.store.vectors.embeddings import Vectors
from tests.support.people.missed_days import WALKS, paper_of

WALK, GRAPH = paper_of(WALKS[0]), paper_of(0)
AXES = np.eye(8, dtype=np.float32)


def titled(title: str, abstract: str = "") -> Paper:
    return replace(GRAPH, title=title, abstract=abstract)


@pytest.mark.parametrize(
    ("paper", "phrases"),
    [
        (titled("Quantum walks on lattices"), {"quantum walks", "lattices"}),
        (titled("Deep nets", "Tensor trains are small. We use tensor trains."), {"deep nets", "tensor trains"}),
        (titled("On the of and"), set()),
    ],
)
def test_a_paper_is_found_by_its_title_and_by_what_it_repeats(paper: Paper, phrases: set[str]) -> None:
    assert phrases <= {phrase.casefold() for phrase in own_phrases(paper)}


def test_a_long_abstract_gives_no_more_than_can_be_tried() -> None:
    words = " ".join(f"alpha{chr(97 + number)}x beta{chr(97 + number)}x." for number in range(26))
    assert len(own_phrases(titled("Small", f"{words} {words}"))) <= 12


def test_words_are_new_where_no_like_has_any_form_of_them() -> None:
    liked = [titled("A quantum computer that walked")]
    assert new_words(["quantum walks", "lattices"], liked) == ["lattices"]
    assert new_words(["quantum walks", "lattices"], [GRAPH]) == ["quantum walks", "lattices"]


def test_authors_are_known_by_what_was_liked_whatever_the_case() -> None:
    liked = [replace(GRAPH, authors=("ADA  walker",))]
    assert authors_by_novelty(WALK, liked) == (["Guest 15"], ["Ada Walker"])
    many = replace(WALK, authors=tuple(f"A{number}" for number in range(3_000)))
    assert len(authors_by_novelty(many, liked)[0]) == 8


def test_the_nearest_like_is_named_with_how_many_papers_were_nearer() -> None:
    likes = Vectors(["a", "b"], AXES[:2])
    near = nearness_of(AXES[0] * 0.6 + AXES[2] * 0.8, np.stack([AXES[1], AXES[3]]), likes)
    assert near is not None
    assert (near.nearest, near.nearer) == ("a", 0.5)
    assert nearness_of(AXES[0], AXES[1:3], Vectors([], np.empty((0, 8), np.float32))) is None
    assert nearness_of(AXES[0], np.empty((0, 8), np.float32), likes) is None


def facet(name: str, *paper_ids: str) -> InterestFacet:
    lift = {"lift": 2.0, "lift_low": 1.0, "lift_high": 3.0, "lift_within": 2.0, "p_value": 0.01}
    return InterestFacet(key=name, name=name, paper_ids=paper_ids, share=0.1, **lift)


def test_missed_papers_say_nothing_about_themselves() -> None:
    ids = ("2609.00001", "2609.00002", "2609.00003", "2609.00004", "2609.00005")
    vectors = dict.fromkeys(ids, AXES[0])
    sample = AXES[3:8]
    assert len(known_facets([facet("walks", *ids)], [ids[0]], vectors, sample)) == 1
    assert known_facets([facet("walks", *ids)], ids[:2], vectors, sample) == []


def test_a_paper_belongs_most_to_the_facet_along_which_it_lies() -> None:
    ids = tuple(f"2609.{number:05}" for number in range(8))
    vectors = {name: AXES[number // 4] for number, name in enumerate(ids)}
    known = known_facets([facet("first", *ids[:4]), facet("second", *ids[4:])], [], vectors, AXES[3:8])
    nearest, membership = nearest_facet(AXES[1], known)
    assert nearest is not None
    assert nearest.facet.name == "second"
    assert membership > 0.5
    assert nearest_facet(AXES[1], []) == (None, 0.0)
