"""The newest rating counts, whether it is stored yet or only published."""

from services.publisher.records.ratings import Ratings
from shared.store.files.data_folder import DataFolder
from shared.store.people.preferences import RatingStore, ratings_of
from tests.support.folders.seed import FAR, GRAPHS, rating


def test_a_published_rating_counts_before_it_is_stored_and_after(data: DataFolder) -> None:
    ratings = Ratings(data, "me")
    like = rating(GRAPHS, "like")
    ratings.add_published(like)
    assert ratings.labels([GRAPHS, FAR]) == {GRAPHS: "like", FAR: "like"}
    RatingStore(data).append(ratings_of(like))
    assert ratings.labels([GRAPHS]) == {GRAPHS: "like"}


def test_an_older_published_rating_does_not_hide_a_newer_stored_one(data: DataFolder) -> None:
    ratings = Ratings(data, "me")
    ratings.add_published(rating(GRAPHS, "like", minutes=1))
    RatingStore(data).append(ratings_of(rating(GRAPHS, "dislike", minutes=2)))
    assert ratings.labels([GRAPHS]) == {GRAPHS: "dislike"}


def test_a_cleared_rating_is_none(data: DataFolder) -> None:
    ratings = Ratings(data, "me")
    ratings.add_published(rating(FAR, "clear"))
    assert ratings.labels([FAR]) == {}
