"""Time splits: a rating is predicted from earlier days only."""

from datetime import timedelta

from services.ranker.evaluation.backtest import TimeSplit, is_one_day, splits_of
from shared.contracts import Label
from shared.store.people.preferences import Rating
from tests.unit.ranker.world import MORNING


def rating(paper_id: str, label: Label, day: int, minute: int = 0) -> Rating:
    moment = MORNING + timedelta(days=day, minutes=minute)
    return Rating(f"e {paper_id} {day} {minute}", paper_id, "me", label, "test", "me", 1.0, moment)


def shape(split: TimeSplit) -> tuple[set[str], list[str], list[float]]:
    return set(split.train), split.test_ids, split.test_labels.tolist()


def test_each_day_is_predicted_from_the_days_before() -> None:
    ratings = [rating("a", "like", 0), rating("b", "dislike", 1), rating("c", "like", 1, 5), rating("d", "like", 2)]
    assert [shape(split) for split in splits_of(ratings, {"a", "b", "c", "d"})] == [
        (set(), ["a"], [1.0]),
        ({"a"}, ["b", "c"], [0.0, 1.0]),
        ({"a", "b", "c"}, ["d"], [1.0]),
    ]


def test_a_paper_is_predicted_once_and_a_rating_that_was_removed_is_neither_trained_on_nor_predicted() -> None:
    ratings = [rating("a", "like", 0), rating("a", "dislike", 1), rating("b", "like", 1), rating("b", "clear", 2)]
    ratings.append(rating("c", "like", 3))
    assert [shape(split) for split in splits_of(ratings, {"a", "b", "c"})] == [
        (set(), ["a"], [1.0]),
        ({"a"}, ["b"], [1.0]),
        ({"a"}, ["c"], [1.0]),
    ]


def test_papers_without_a_vector_are_left_out() -> None:
    ratings = [rating("a", "like", 0), rating("b", "like", 1)]
    assert [shape(split) for split in splits_of(ratings, {"b"})] == [(set(), ["b"], [1.0])]


def test_ratings_of_a_single_day_are_split_by_their_order() -> None:
    ratings = [rating(f"p{number:02}", "like", 0, number) for number in range(20)]
    names = {one.paper_id for one in ratings}
    splits = list(splits_of(ratings, names))
    assert is_one_day(ratings, names)
    assert [len(split.train) for split in splits] == list(range(0, 20, 2))


def test_many_days_are_joined_into_at_most_forty_splits() -> None:
    ratings = [rating(f"p{day:03}", "like", day) for day in range(100)]
    assert len(list(splits_of(ratings, {one.paper_id for one in ratings}))) <= 40
