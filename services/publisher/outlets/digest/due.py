"""When a day's digest is sent: once, one a day, in the morning, with the summaries if they come in time."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from services.publisher.outlets.digest.subscriptions import Subscription
from shared.settings.sections.digest import DigestSettings

_STALE_AFTER = timedelta(days=4)
"""Picks made long ago are no news to whoever subscribes today. A long weekend is no pause."""


@dataclass(frozen=True)
class PickedDay:
    """The newest day with picks: how many, how many of them still wait for a summary, and when they were picked."""

    day: date
    picks: int
    waiting: int
    picked_at: datetime


def is_due(newest: PickedDay | None, subscription: Subscription, settings: DigestSettings, now: datetime) -> bool:
    """Whether to send the digest of the newest day now."""
    if newest is None or not newest.picks or not subscription.is_wanted:
        return False
    if subscription.sent_day is not None and subscription.sent_day >= newest.day:
        return False
    zone = ZoneInfo(settings.timezone)
    local = now.astimezone(zone)
    if subscription.sent_at is not None and subscription.sent_at.astimezone(zone).date() >= local.date():
        return False
    if now - newest.picked_at > _STALE_AFTER or local.time() < settings.not_before:
        return False
    return not newest.waiting or now - newest.picked_at >= timedelta(minutes=settings.wait_minutes)
