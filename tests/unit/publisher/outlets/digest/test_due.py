"""When a day's digest is sent, as a table."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from services.publisher.outlets.digest.due import PickedDay, is_due
from services.publisher.outlets.digest.subscriptions import Subscription
from shared.settings.sections.digest import DigestSettings

SETTINGS = DigestSettings(not_before=time(7), timezone="Europe/Berlin", wait_minutes=60)
DAY = PickedDay(date(2026, 11, 6), 9, 0, datetime(2026, 11, 6, 5, 0, tzinfo=UTC))
MORNING = datetime(2026, 11, 6, 6, 5, tzinfo=UTC)
WANTED = Subscription(sent_day=date(2026, 11, 5))


@pytest.mark.parametrize(
    ("day", "subscription", "now", "is_sent"),
    [
        (DAY, WANTED, MORNING, True),
        (DAY, Subscription(), MORNING, True),
        (None, WANTED, MORNING, False),
        (replace(DAY, picks=0), WANTED, MORNING, False),
        (DAY, Subscription(is_wanted=False), MORNING, False),
        (DAY, Subscription(sent_day=DAY.day), MORNING, False),
        (DAY, Subscription(sent_day=date(2026, 11, 7)), MORNING, False),
        (DAY, WANTED, datetime(2026, 11, 6, 5, 59, tzinfo=UTC), False),
        (replace(DAY, waiting=1), WANTED, datetime(2026, 11, 6, 6, 0, tzinfo=UTC), True),
        (replace(DAY, waiting=1, picked_at=MORNING), WANTED, MORNING + timedelta(minutes=59), False),
        (DAY, WANTED, MORNING + timedelta(days=3), True),
        (DAY, WANTED, MORNING + timedelta(days=6), False),
        (DAY, Subscription(sent_day=date(2026, 11, 5), sent_at=MORNING - timedelta(days=1)), MORNING, True),
        (DAY, Subscription(sent_day=date(2026, 11, 5), sent_at=MORNING - timedelta(minutes=5)), MORNING, False),
    ],
)
def test_a_digest_is_sent_once_and_in_time(
    day: PickedDay | None, subscription: Subscription, now: datetime, is_sent: bool
) -> None:
    assert is_due(day, subscription, SETTINGS, now) is is_sent
