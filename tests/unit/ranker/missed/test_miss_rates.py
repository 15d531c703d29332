"""How much is missed, over time."""

from datetime import timedelta

from services.ranker.missed.miss_rates import change_of, miss_rates
from shared.store.people.missed import MissRatePeriod
from shared.store.people.preferences import Rating
from shared.store.selections import Candidate
from tests.support.people.missed_days import MONDAY, candidate


def check(week: int, place: int) -> Candidate:
    made = candidate(1000 + 10 * week + place, 1, MONDAY + timedelta(weeks=week), is_picked=True)
    return made.model_copy(update={"slot": "audit", "rank": None, "score": None, "propensity": 0.02})


def rated(candidates: list[Candidate], liked: int) -> dict[str, Rating]:
    return {
        one.paper_id: Rating(
            one.paper_id, one.paper_id, "me", "like" if row < liked else "dislike", "reader", "me", 1.0, one.made_at
        )
        for row, one in enumerate(candidates)
    }


def test_nothing_is_known_without_checks() -> None:
    rates = miss_rates([], {})
    assert (rates.together, rates.periods, rates.change) == (None, (), "")


def test_periods_of_eight_weeks_end_with_the_last_check() -> None:
    checks = [check(week, place) for week in range(12) for place in (0, 1)]
    rates = miss_rates(checks, rated(checks, 0))
    assert rates.together is not None
    assert (rates.together.drawn, rates.together.answered, rates.together.liked) == (24, 24, 0)
    assert [period.drawn for period in rates.periods] == [8, 16]
    assert rates.periods[0].first == MONDAY.date()
    assert rates.together.rate == 0.0
    assert rates.together.high is not None
    assert 0.05 < rates.together.high < 0.2


def test_the_share_of_all_papers_to_be_liked_counts_what_was_shown_and_liked() -> None:
    checks = [check(0, place) for place in range(10)]
    shown = [candidate(number, 1, MONDAY, is_picked=True) for number in range(10)]
    rates = miss_rates([*checks, *shown], rated(checks, 1) | rated(shown, 10))
    assert rates.together is not None
    assert rates.together.rate == 0.1
    assert rates.together.missed_share == 0.1 * 500 / (0.1 * 500 + 10)
    assert rates.together.missed_low is not None
    assert rates.together.missed_high is not None
    assert rates.together.missed_low < rates.together.missed_share < rates.together.missed_high


def test_what_was_not_rated_is_counted_as_unknown() -> None:
    checks = [check(0, 0), check(0, 1)]
    rates = miss_rates(checks, {})
    assert rates.together is not None
    assert (rates.together.answered, rates.together.rate) == (0, None)


def period(answered: int, liked: int) -> MissRatePeriod:
    return MissRatePeriod(first=MONDAY.date(), last=MONDAY.date(), drawn=answered, answered=answered, liked=liked)


def test_a_change_is_told_only_where_chance_does_not_explain_it() -> None:
    assert change_of([period(16, 1), period(16, 2)])[0] == "none"
    assert change_of([period(16, 0), period(16, 8)])[0] == "higher"
    assert change_of([period(16, 9), period(16, 0)])[0] == "lower"
    assert change_of([period(16, 9), period(4, 0)]) == ("", None)
    assert change_of([period(16, 9)]) == ("", None)
