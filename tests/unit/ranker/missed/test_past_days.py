"""Past days made again."""

import numpy as np

from services.ranker.missed.past_days import PastDay, newest_days, past_days
from services.ranker.replay.days import RecordedDay
from services.ranker.settings import RankerSettings
from shared.store.selections import Candidate
from shared.store.vectors.embeddings import Vectors
from tests.support.people.missed_days import MONDAY, candidate, paper_id

SETTINGS = RankerSettings(per_day=3, explore=1, diversity=0.0)
OUTCOMES = ("picked", "already_read", "picked", "below_quota", "withdrawn", "picked", "below_quota", "below_quota")
"""By rank; the sixth was drawn for exploration."""


def recorded() -> RecordedDay:
    candidates = [
        candidate(number, number + 1, MONDAY).model_copy(
            update={"outcome": outcome, "slot": ("explore" if number == 5 else "top") if outcome == "picked" else ""}
        )
        for number, outcome in enumerate(OUTCOMES)
    ]
    return RecordedDay(MONDAY.date(), "run", MONDAY, tuple(candidates))


def vectors(count: int = len(OUTCOMES)) -> Vectors:
    return Vectors([paper_id(number) for number in range(count)], np.eye(count, 16, dtype=np.float32))


def added(day: PastDay, number: int) -> np.ndarray:
    return np.array([5.0 * (name == paper_id(number)) for name in day.ids])


def test_a_day_with_nothing_added_has_the_picks_by_score_that_it_had() -> None:
    day = PastDay(recorded(), vectors(), SETTINGS)
    assert day.picks == {paper_id(0), paper_id(2)}
    assert day.picks_with(np.zeros(8)) == day.picks


def test_what_rises_is_picked_in_place_of_the_last() -> None:
    day = PastDay(recorded(), vectors(), SETTINGS)
    assert day.picks_with(added(day, 7)) == {paper_id(0), paper_id(7)}


def test_what_cannot_be_picked_is_not_picked_however_far_it_rises() -> None:
    day = PastDay(recorded(), vectors(), SETTINGS)
    assert day.picks_with(added(day, 4)) == day.picks
    assert day.picks_with(added(day, 1)) == day.picks
    assert day.open_ids == [paper_id(number) for number in (3, 5, 6, 7)]


def test_only_so_many_candidates_are_looked_at_the_newest() -> None:
    days = [recorded(), recorded(), recorded()]
    assert newest_days(iter(days), 16) == days[1:]
    assert newest_days(iter(days), 3) == days[2:]
    assert newest_days(iter([]), 3) == []


def test_papers_without_a_vector_or_a_score_are_left_out() -> None:
    unscored: list[Candidate] = [one.model_copy(update={"score": None}) for one in recorded().candidates[:1]]
    one = RecordedDay(MONDAY.date(), "run", MONDAY, (*unscored, *recorded().candidates[1:]))
    assert PastDay(one, vectors(4), SETTINGS).ids == [paper_id(number) for number in (1, 2, 3)]
    assert past_days([one], {"run": vectors(2)}, SETTINGS) == []
