"""Which papers a map shows, and what each is to the user."""

from datetime import UTC, date, datetime, timedelta

from services.ranker.map.chosen_papers import MOST_LIKED, MOST_NEW, chosen_papers, newest
from shared.contracts import Label
from shared.store.people.preferences import Rating
from shared.store.selections import Candidate

NOON = datetime(2026, 11, 6, 12, tzinfo=UTC)


def rating(paper_id: str, label: Label, minutes: int = 0) -> Rating:
    event = {"event_id": "e", "user": "me", "paper_id": paper_id, "label": label, "weight": 1.0, "source": "reader"}
    return Rating(**event, actor="", occurred_at=NOON + timedelta(minutes=minutes))  # type: ignore[arg-type]


def candidate(paper_id: str, rank: int, outcome: str = "below_quota") -> Candidate:
    facts = {"paper_id": paper_id, "day": date(2026, 11, 6), "run_id": "r", "rank": rank, "outcome": outcome}
    return Candidate.model_validate({**facts, "made_at": NOON})


def test_a_rating_says_more_than_saving_and_that_more_than_being_new() -> None:
    ratings = {"a": rating("a", "like"), "b": rating("b", "dislike")}
    days = [[candidate("a", 1), candidate("c", 2), candidate("d", 3)]]
    assert chosen_papers(ratings, ["b", "c"], days) == {"a": "liked", "c": "saved", "d": "new", "b": "disliked"}


def test_picks_come_before_better_ranks_and_the_newest_day_before_others() -> None:
    days = [[candidate("a", 1), candidate("b", 2, "picked")], [candidate("c", 1), candidate("a", 2)]]
    assert newest(days) == ["b", "a", "c"]


def test_of_very_many_the_newest_are_shown_and_no_more_days_are_read_than_needed() -> None:
    ratings = {f"2611.{number:05}": rating(f"2611.{number:05}", "like", number) for number in range(400)}
    kinds = chosen_papers(ratings, [], [])
    assert (len(kinds), "2611.00399" in kinds, "2611.00000" in kinds) == (MOST_LIKED, True, False)
    first = [candidate(f"2612.{number:05}", number) for number in range(MOST_NEW + 5)]

    def days() -> object:
        yield first
        yield [candidate("x", 1)]
        raise AssertionError("one day too many was read")

    assert len(newest(days())) == MOST_NEW  # type: ignore[arg-type]
