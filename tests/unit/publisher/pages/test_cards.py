"""Cards: ranks, match scores, authors and headings in words."""

import pytest

from services.publisher.pages.cards import Card, CardHit, field_label, pick_rank, rank_of, short_authors, source_label
from tests.support.folders.seed import GRAPHS, pick


@pytest.mark.parametrize(("rank", "total", "text"), [(1, 5, "Rank 1 of 5"), (3, 0, "Rank 3"), (4, 3, "Rank 4")])
def test_a_rank_names_the_total_where_it_is_known(rank: int, total: int, text: str) -> None:
    assert rank_of(rank, total) == text


def test_a_pick_shows_its_match_score_where_there_is_one() -> None:
    assert pick_rank(pick(GRAPHS, 2), 9) == "Rank 2 of 9"
    assert pick_rank(pick(GRAPHS, 2).model_copy(update={"probability": 0.615}), 9) == "Rank 2 of 9 · match score 62%"
    assert pick_rank(pick(GRAPHS, None, "requested"), 9) == ""


def test_a_card_shows_the_reasons_of_its_pick_and_else_those_of_its_hit() -> None:
    hit = CardHit(reasons=("keyword match #1",), rank="Rank 1")
    assert (Card(GRAPHS, hit=hit).reasons, Card(GRAPHS, hit=hit).rank) == (("keyword match #1",), "Rank 1")
    picked = Card(GRAPHS, pick=pick(GRAPHS, None, "requested").model_copy(update={"reasons": ("requested", "new")}))
    assert picked.reasons == ("new",)


def test_a_pick_is_being_summarised_until_there_is_a_summary_or_a_problem() -> None:
    assert Card(GRAPHS, pick=pick(GRAPHS, 1)).is_being_summarised
    assert not Card(GRAPHS, pick=pick(GRAPHS, 1), problem="no text").is_being_summarised
    assert not Card(GRAPHS).is_being_summarised


def test_authors_fields_and_sources_are_written_for_people() -> None:
    assert short_authors(["A", "B", "C"]) == "A, B, C"
    assert short_authors(["A", "B", "C", "D", "E"]) == "A, B, C and 2 more"
    assert field_label("research_question") == "Research question"
    assert field_label("further_thoughts") == "Further thoughts (the model's own)"
    assert field_label("one_sentence_summary") == "In one sentence"
    assert (source_label("latex"), source_label("own")) == ("LaTeX", "own")
