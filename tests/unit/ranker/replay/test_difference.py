"""What two ways of ranking the same day are said to differ in."""

import math
from datetime import UTC, date, datetime, timedelta

import pytest

from services.ranker.replay.difference import day_difference, difference_of, later_labels
from shared.contracts import CandidateOutcome, Label
from shared.store.people.preferences import Rating
from shared.store.selections import Candidate

DAY = date(2026, 11, 2)
MORNING = datetime(2026, 11, 2, 8, tzinfo=UTC)


def ranked(order: str, picks: int = 1) -> list[Candidate]:
    """Papers `2611.0000a` ... by their letters, best first."""
    return [
        Candidate(
            paper_id=letter,
            day=DAY,
            run_id="run",
            score=1 - rank / 10,
            rank=rank + 1,
            outcome=outcome_of(rank, picks),
            made_at=MORNING,
        )
        for rank, letter in enumerate(order)
    ]


def outcome_of(rank: int, picks: int) -> CandidateOutcome:
    return "picked" if rank < picks else "below_quota"


def rating(label: Label, paper_id: str, hours: float) -> Rating:
    return Rating(f"{paper_id} {hours}", paper_id, "me", label, "test", "me", 1.0, MORNING + timedelta(hours=hours))


def test_the_same_ranking_differs_in_nothing() -> None:
    same = day_difference(DAY, ranked("abcd"), ranked("abcd"), {"a": "like"})
    assert same is not None
    assert (same.spearman, same.kendall, same.kept, same.gained, same.lost) == (1.0, 1.0, 1, (), ())
    assert same.auc_before == same.auc_after == 1.0


def test_a_ranking_turned_round_loses_the_pick_that_was_liked() -> None:
    turned = day_difference(DAY, ranked("abcd"), ranked("dcba"), {"a": "like", "d": "dislike"})
    assert turned is not None
    assert [turned.spearman, turned.kendall] == pytest.approx([-1, -1])
    assert (turned.gained, turned.lost) == (("d",), ("a",))
    assert (dict(turned.gained_labels), dict(turned.lost_labels)) == ({"dislike": 1}, {"like": 1})
    assert (turned.auc_before, turned.auc_after) == (1.0, 0.0)


def test_papers_that_only_one_way_scored_are_left_out_and_one_paper_is_no_ranking() -> None:
    assert day_difference(DAY, ranked("ab"), ranked("bc"), {}) is None
    part = day_difference(DAY, ranked("abc"), ranked("abcd"), {})
    assert part is not None
    assert part.candidates == 3


def test_a_day_without_later_likes_says_nothing_about_which_is_better() -> None:
    days = [day_difference(DAY, ranked("abcd"), ranked("dcba"), {}) for _ in range(6)]
    told = difference_of([day for day in days if day is not None])
    assert (told.days, told.days_with_likes, told.gain) == (6, 0, None)
    assert math.isnan(told.auc_before)


def test_the_gain_has_an_interval_from_five_days_on() -> None:
    better = day_difference(DAY, ranked("bacd"), ranked("abcd"), {"a": "like"})
    same = day_difference(DAY, ranked("abcd"), ranked("abcd"), {"a": "like"})
    assert better is not None
    assert same is not None
    assert difference_of([better] * 4).gain is None
    gain = difference_of([better, same, better, better, same, better]).gain
    assert gain is not None
    assert gain.mean == pytest.approx((4 / 3) / 6)
    assert 0 < gain.low < gain.mean < gain.high


def test_later_labels_are_of_papers_that_had_no_rating_then() -> None:
    ratings = [rating("like", "old", -5), rating("dislike", "old", 5), rating("like", "new", 1)]
    ratings += [rating("like", "taken back", 1), rating("clear", "taken back", 2), rating("dislike", "now", 0)]
    assert later_labels(ratings, MORNING) == {"new": "like", "now": "dislike"}
