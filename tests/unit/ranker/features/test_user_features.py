"""What is counted of a user before a moment."""

from datetime import UTC, datetime, timedelta

from services.ranker.features.history import History, Shown, past_of
from services.ranker.features.user_features import UserFeatures, user_features
from shared.store.people.preferences import Rating
from shared.store.people.signals import Signal

NOW = datetime(2026, 11, 10, tzinfo=UTC)


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def test_counts_are_of_papers_and_of_what_stands() -> None:
    ratings = [
        Rating("1", "a", "me", "like", "t", "me", 1.0, ago(50)),
        Rating("2", "b", "me", "dislike", "t", "me", 1.0, ago(4)),
        Rating("3", "c", "me", "like", "t", "me", 1.0, ago(3)),
        Rating("4", "c", "me", "clear", "t", "me", 1.0, ago(2)),
    ]
    signals = [Signal("5", "me", "b", "save", "r", ago(3)), Signal("6", "me", "d", "open", "r", ago(2))]
    shown = [Shown("a", ago(51)), Shown("b", ago(5)), Shown("d", ago(5)), Shown("e", ago(5)), Shown("d", ago(4))]
    assert user_features(past_of(History(ratings, signals, shown), NOW)) == UserFeatures(
        likes=1,
        dislikes=1,
        saved=0,
        skipped=0,
        opened=1,
        shown_recently=3,
        answered=2,
        days_since_rating=4.0,
    )


def test_of_a_newcomer_there_is_nothing() -> None:
    assert user_features(past_of(History(), NOW)) == UserFeatures(0, 0, 0, 0, 0, 0, 0, None)
