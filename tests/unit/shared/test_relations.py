"""What links say, seen from either end."""

import pytest

from shared.relations import RELATIONS, relation_words, seen_from
from shared.store.papers.links import Link
from shared.store.papers.summaries import Quote

A, B, C = "2410.00001", "2410.00002", "hep-th/9901001"


def test_a_link_reads_forwards_from_its_paper_and_backwards_from_the_other() -> None:
    link = Link(
        paper_id=A, other_id=B, type="extends", confidence=0.9, quote=Quote(text="a"), other_quote=Quote(text="b")
    )
    (ours,), (theirs,) = seen_from(A, [link]), seen_from(B, [link])
    assert (ours.other_id, ours.direction, ours.words) == (B, "outgoing", "extends")
    assert (theirs.other_id, theirs.direction, theirs.words) == (A, "incoming", "extended by")
    assert ours.quote == theirs.other_quote == Quote(text="a")
    assert ours.other_quote == theirs.quote == Quote(text="b")


def test_a_reversed_link_runs_the_other_way() -> None:
    link = Link(paper_id=A, other_id=B, type="uses_method_of", is_reversed=True)
    assert [seen.words for seen in seen_from(A, [link])] == ["its method is used by"]
    assert [(seen.words, seen.direction) for seen in seen_from(B, [link])] == [("uses the method of", "outgoing")]


@pytest.mark.parametrize("name", ["same_problem", "similar", "similar_problem", "similar_method"])
def test_relations_without_a_direction_read_the_same_from_both_ends(name: str) -> None:
    link = Link(paper_id=A, other_id=B, type=name)
    assert seen_from(A, [link])[0].words == seen_from(B, [link])[0].words
    assert seen_from(B, [link])[0].direction == "both"


def test_the_same_relation_found_from_both_papers_is_shown_once_by_the_surer_link() -> None:
    links = [
        Link(paper_id=A, other_id=B, type="same_problem", confidence=0.5),
        Link(paper_id=B, other_id=A, type="same_problem", confidence=0.9),
        Link(paper_id=A, other_id=C, type="cites", confidence=1.0),
    ]
    assert [(seen.other_id, seen.confidence) for seen in seen_from(A, links)] == [(C, 1.0), (B, 0.9)]


def test_lines_of_earlier_versions_are_as_sure_as_their_score() -> None:
    old = Link.model_validate({"paper_id": A, "other_id": B, "type": "similar", "score": 0.7, "evidence": "why"})
    assert seen_from(A, [old])[0].confidence == 0.7


def test_every_relation_of_the_issue_has_words_for_both_ends_and_unknown_ones_are_spelt_out() -> None:
    wanted = "cites same_problem compares_with extends improves uses_method_of applies_to contradicts"
    assert set(wanted.split()) <= set(RELATIONS)
    assert relation_words("was_born_with").forwards == "was born with"
