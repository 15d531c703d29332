"""A day's selection: quota, doubles, exploration, and a outcome for everybody."""

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from services.ranker.selection.picking import Contender, Quota, RankedPaper, select_papers
from shared.store.vectors.embeddings import Matrix
from tests.unit.ranker.world import topic_vector

QUOTA = Quota(per_day=3, explore=0, duplicate_cosine=0.95)


def spread(count: int) -> Matrix:
    """Vectors that are all different from each other."""
    return np.eye(count, dtype=np.float32)


def contenders(*scores: float) -> list[Contender]:
    return [Contender(f"p{number}", score) for number, score in enumerate(scores)]


def by_id(ranked: list[RankedPaper]) -> dict[str, RankedPaper]:
    return {one.paper_id: one for one in ranked}


def test_the_best_are_picked_and_the_rest_is_below_the_quota() -> None:
    ranked = select_papers(contenders(0.1, 0.9, 0.5, 0.7, 0.3), spread(5), QUOTA, "s")
    assert [one.paper_id for one in ranked] == ["p1", "p3", "p2", "p4", "p0"]
    assert [one.outcome for one in ranked] == ["picked"] * 3 + ["below_quota"] * 2
    assert [one.rank for one in ranked] == [1, 2, 3, 4, 5]


def test_the_same_paper_twice_is_picked_once_and_the_next_one_takes_its_place() -> None:
    vectors = spread(5)
    vectors[1] = vectors[0]
    ranked = by_id(select_papers(contenders(0.9, 0.8, 0.7, 0.6, 0.5), vectors, QUOTA, "s"))
    assert (ranked["p1"].outcome, ranked["p1"].similar_to) == ("near_duplicate", "p0")
    assert ranked["p3"].outcome == "picked"


def test_a_double_of_a_paper_that_cannot_be_picked_is_no_double() -> None:
    vectors = spread(2)
    vectors[1] = vectors[0]
    ranked = by_id(select_papers([Contender("a", 0.9, "withdrawn"), Contender("b", 0.8)], vectors, QUOTA, "s"))
    assert (ranked["a"].outcome, ranked["b"].outcome) == ("withdrawn", "picked")


def test_what_is_barred_keeps_its_rank_and_says_why() -> None:
    rivals = [Contender("a", 0.9, "disliked"), Contender("b", 0.8, "already_read"), Contender("c", 0.7)]
    ranked = select_papers(rivals, spread(3), QUOTA, "s")
    assert [(one.outcome, one.rank) for one in ranked] == [("disliked", 1), ("already_read", 2), ("picked", 3)]


def test_exploration_comes_out_of_the_quota_and_from_the_middle() -> None:
    quota = Quota(per_day=4, explore=1, duplicate_cosine=0.95)
    scores = [1 - number / 100 for number in range(43)]
    drawn = set()
    for seed in range(60):
        ranked = select_papers(contenders(*scores), spread(43), quota, str(seed))
        picked = [one for one in ranked if one.outcome == "picked"]
        (explored,) = [one for one in picked if one.slot == "explore"]
        assert [one.rank for one in picked if one.slot == "top"] == [1, 2, 3]
        assert 13 < explored.rank <= 34
        drawn.add(explored.paper_id)
    assert len(drawn) > 5


def test_with_fewer_papers_than_places_all_are_picked() -> None:
    quota = Quota(per_day=10, explore=2, duplicate_cosine=0.95)
    ranked = select_papers(contenders(*([0.5] * 10)), spread(10), quota, "s")
    assert Counter((one.outcome, one.slot) for one in ranked) == {("picked", "top"): 8, ("picked", "explore"): 2}


def test_one_place_a_day_is_never_spent_on_exploration() -> None:
    ranked = select_papers(contenders(0.9, 0.8, 0.7), spread(3), Quota(1, 5, 0.95), "s")
    assert [one.slot for one in ranked] == ["top", "", ""]


@given(
    scores=st.lists(st.sampled_from([0.1, 0.4, 0.5, 0.9]), max_size=40),
    per_day=st.integers(1, 12),
    explore=st.integers(0, 12),
    order=st.randoms(use_true_random=False),
)
def test_whatever_the_input_nobody_is_lost_the_quota_holds_and_the_order_of_input_does_not_count(
    scores: list[float],
    per_day: int,
    explore: int,
    order: "st.random.Random",  # type: ignore[name-defined]
) -> None:
    rivals = [
        Contender(f"p{number:02}", score, "withdrawn" if number % 7 == 3 else None)
        for number, score in enumerate(scores)
    ]
    vectors = np.array([topic_vector(number % 3, number % 9) for number in range(len(rivals))]).reshape(-1, 16)
    quota = Quota(per_day, explore, 0.95)
    ranked = select_papers(rivals, vectors, quota, "s")
    picked = [one for one in ranked if one.outcome == "picked"]
    eligible = [one for one in ranked if one.outcome in ("picked", "below_quota")]
    assert sorted(one.paper_id for one in ranked) == [one.paper_id for one in rivals]
    assert [one.rank for one in ranked] == list(range(1, len(rivals) + 1))
    assert len(picked) <= per_day
    assert len(picked) == min(per_day, len(eligible)) or any(one.slot == "explore" for one in picked) or explore
    assert all(one.slot for one in picked)
    shuffled = list(range(len(rivals)))
    order.shuffle(shuffled)
    again = select_papers([rivals[row] for row in shuffled], vectors[shuffled], quota, "s")
    assert by_id(again) == by_id(ranked)


def test_the_chances_of_being_picked_add_up_to_the_number_of_picks() -> None:
    quota = Quota(per_day=6, explore=2, duplicate_cosine=0.95, diversity=0.2)
    ranked = select_papers(contenders(*(1 - n / 50 for n in range(40))), spread(40), quota, "s")
    assert abs(sum(one.propensity for one in ranked) - 6) < 1e-9
    assert all(one.propensity > 0 for one in ranked if one.outcome == "picked")
    assert {one.propensity for one in ranked if one.slot == "explore"} == {2 / 18}


def test_exploration_draws_each_paper_as_often_as_its_propensity_says() -> None:
    quota = Quota(per_day=3, explore=1, duplicate_cosine=0.95)
    drawn: Counter[str] = Counter()
    expected: Counter[str] = Counter()
    for seed in range(2000):
        for one in select_papers(contenders(*(1 - n / 50 for n in range(14))), spread(14), quota, str(seed)):
            if one.slot != "top":
                expected[one.paper_id] += one.propensity  # type: ignore[assignment]
                drawn[one.paper_id] += one.outcome == "picked"
    assert all(abs(drawn[name] - expected[name]) < 80 for name in expected)


def test_a_flood_of_one_topic_leaves_room_for_another() -> None:
    flood = np.array([topic_vector(0, number) for number in range(8)])
    other = topic_vector(1, 99)[None]
    rest = np.array([topic_vector(2 + number % 10, 200 + number) for number in range(20)])
    rivals = contenders(*(0.9 - number / 100 for number in range(9)), *(0.3 - number / 100 for number in range(20)))
    vectors = np.concatenate([flood, other, rest])
    plain = by_id(select_papers(rivals, vectors, Quota(3, 0, 0.999), "s"))
    varied = by_id(select_papers(rivals, vectors, Quota(3, 0, 0.999, diversity=0.3), "s"))
    assert plain["p8"].outcome == "below_quota"
    assert varied["p8"].outcome == "picked"
    thinned = [one for one in varied.values() if one.outcome == "thinned"]
    assert thinned
    assert all(one.similar_to and one.cosine > 0.5 for one in thinned)


def test_below_the_threshold_places_stay_empty() -> None:
    rivals = [Contender(f"p{n}", 0.9 - n / 10, probability=0.9 - n / 10) for n in range(5)]
    ranked = by_id(select_papers(rivals, spread(5), Quota(4, 0, 0.95, threshold=0.75), "s"))
    assert [ranked[f"p{n}"].outcome for n in range(5)] == ["picked", "picked"] + ["below_threshold"] * 3


def test_one_new_version_of_a_liked_paper_may_return() -> None:
    rivals = [Contender("a", 0.9, returns=True), Contender("b", 0.8, returns=True), Contender("c", 0.7)]
    ranked = by_id(select_papers(rivals, spread(3), Quota(3, 0, 0.95), "s"))
    assert [(ranked[name].outcome, ranked[name].slot) for name in "abc"] == [
        ("picked", "revised"),
        ("already_read", ""),
        ("picked", "top"),
    ]
