"""Reciprocal rank fusion."""

from hypothesis import given
from hypothesis import strategies as st

from shared.search.rank_fusion import fuse

RANKING = st.lists(st.sampled_from("abcdefgh"), unique=True)


def test_scores_are_sums_of_reciprocal_ranks() -> None:
    assert fuse(["a", "b"], ["b"]) == [("b", 1 / 62 + 1 / 61), ("a", 1 / 61)]


@given(st.lists(RANKING, max_size=4))
def test_each_paper_is_there_once_best_first(rankings: list[list[str]]) -> None:
    fused = fuse(*rankings)
    assert sorted(name for name, _ in fused) == sorted({name for ranking in rankings for name in ranking})
    assert [score for _, score in fused] == sorted((score for _, score in fused), reverse=True)


@given(RANKING)
def test_one_ranking_stays_as_it_is(ranking: list[str]) -> None:
    assert [name for name, _ in fuse(ranking)] == ranking
