"""Features of a user as of a moment: how much was rated, saved, skipped, opened and shown before it. Pure."""

from dataclasses import dataclass
from datetime import timedelta

from services.ranker.features.history import Past
from services.ranker.features.weak_signals import weak_signals

_RECENTLY = timedelta(days=30)


@dataclass(frozen=True)
class UserFeatures:
    """Counts of papers, those that have no rating apart: `saved`, `skipped` and `opened` are of unrated ones.

    `shown_recently` were picked in the 30 days before, and of these `answered` have a rating or signal since.
    `days_since_rating` is None before the first.
    """

    likes: int
    dislikes: int
    saved: int
    skipped: int
    opened: int
    shown_recently: int
    answered: int
    days_since_rating: float | None


def user_features(past: Past) -> UserFeatures:
    labels = [rating.label for rating in past.ratings.values()]
    signals = weak_signals(past)
    since = past.moment - _RECENTLY
    shown = {one.paper_id for one in past.shown if one.occurred_at >= since}
    reacted = {rating.paper_id for rating in past.ratings.values() if rating.occurred_at >= since}
    reacted |= {signal.paper_id for signal in past.signals if signal.occurred_at >= since}
    newest = max((rating.occurred_at for rating in past.ratings.values()), default=None)
    return UserFeatures(
        likes=labels.count("like"),
        dislikes=labels.count("dislike"),
        saved=len(signals["saved"]),
        skipped=len(signals["skipped"]),
        opened=len(signals["opened"]),
        shown_recently=len(shown),
        answered=len(shown & reacted),
        days_since_rating=None if newest is None else (past.moment - newest).total_seconds() / 86_400,
    )
