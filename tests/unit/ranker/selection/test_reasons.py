"""Reasons say what is so, and no more."""

from services.ranker.learning.background_papers import background_of
from services.ranker.learning.similarity import Pool, empty_pool
from services.ranker.learning.taste import Taste, learn
from services.ranker.selection.picking import RankedPaper
from services.ranker.selection.reasons import reasons_of, reasons_of_outcome
from tests.unit.ranker.learning.test_similarity import unit
from tests.unit.ranker.world import MORNING

TITLES = {"a": "Alpha  \n waves", "b": "Beta", "d": "Delta", "long": "word " * 60}


def taste(likes: dict[str, list[float]], dislikes: dict[str, list[float]], seeds: dict[str, list[float]]) -> Taste:
    pools = [
        Pool(tuple(one), unit(*one.values()), unit([1.0] * len(one))[0].astype(float)) if one else empty_pool(3)
        for one in (likes, dislikes, seeds)
    ]
    draft = Taste("me", "typical", "test", "f", MORNING, pools[0], pools[1], pools[2])
    return learn(draft, background_of((), empty_pool(3).vectors), 25)


def test_likes_seeds_and_dislikes_are_named_by_title_with_their_cosine_nearest_first() -> None:
    learned = taste({"a": [1, 0.9, 0], "b": [1, 0.1, 0]}, {"d": [1, 1, 0]}, {"a sentence": [1, 0, 0]})
    assert reasons_of(learned, unit([1, 0, 0])[0], TITLES) == (
        'because you liked "Beta" (cosine 1.00)',
        'because you liked "Alpha waves" (cosine 0.74)',
        'despite disliking "Delta" (cosine 0.71)',
    )


def test_a_seed_is_named_where_likes_leave_room() -> None:
    learned = taste({"b": [1, 0, 0]}, {}, {"a sentence": [1, 0.5, 0]})
    assert reasons_of(learned, unit([1, 0, 0])[0], TITLES)[1] == 'close to your seed "a sentence" (cosine 0.89)'


def test_no_resemblance_is_claimed_where_there_is_none() -> None:
    learned = taste({"a": [0, 1, 0]}, {"d": [0, 1, 0.1]}, {})
    assert reasons_of(learned, unit([1, 0, 0])[0], TITLES) == ("no close match; best of the rest",)
    assert reasons_of(taste({}, {"d": [0, 1, 0]}, {}), unit([1, 0, 0])[0], TITLES) == ("unlike what you disliked",)


def test_an_unknown_paper_is_named_by_its_id_and_a_long_title_is_cut() -> None:
    learned = taste({"2611.00001": [1, 0, 0], "long": [1, 0.1, 0]}, {}, {})
    first, second = reasons_of(learned, unit([1, 0, 0])[0], TITLES)
    assert first == 'because you liked "2611.00001" (cosine 1.00)'
    assert len(second) < 160
    assert "…" in second


def test_every_outcome_but_a_pick_by_score_has_a_reason() -> None:
    ranked = RankedPaper("p", 0.5, 7, "below_quota")
    assert reasons_of_outcome(ranked, 20, 3, TITLES) == ("rank 7 of 20; 3 a day are picked",)
    double = RankedPaper("p", 0.5, 7, "near_duplicate", similar_to="b", cosine=0.971)
    assert reasons_of_outcome(double, 20, 3, TITLES) == ('nearly the same as "Beta" (cosine 0.97)',)
    assert reasons_of_outcome(RankedPaper("p", 0.5, 7, "picked", "top"), 20, 3, TITLES) == ()
    assert "drawn at random" in reasons_of_outcome(RankedPaper("p", 0.5, 7, "picked", "explore"), 20, 3, TITLES)[0]
    for outcome in ("withdrawn", "disliked", "already_read"):
        assert reasons_of_outcome(RankedPaper("p", 0.5, 7, outcome), 20, 3, TITLES)
