"""When a webhook may ring."""

from datetime import UTC, datetime

import pytest

from services.publisher.outlets.webhooks.hours import is_open
from shared.settings.sections.webhooks import WebhookSettings
from tests.support.outside.chat_server import SLACK_PATH


@pytest.mark.parametrize(
    ("hours", "zone", "hour", "expected"),
    [
        ("08:00-19:00", "UTC", 8, True),
        ("08:00-19:00", "UTC", 19, False),
        ("08:00-19:00", "Asia/Tokyo", 8, True),
        ("08:00-19:00", "Asia/Tokyo", 11, False),
        ("22:00-06:00", "UTC", 23, True),
        ("22:00-06:00", "UTC", 5, True),
        ("22:00-06:00", "UTC", 12, False),
        ("18:00-24:00", "UTC", 23, True),
        ("00:00-24:00", "UTC", 3, True),
        ("07:00-07:00", "UTC", 3, True),
        ("7:00 – 9:00", "UTC", 8, True),
    ],
)
def test_hours(hours: str, zone: str, hour: int, expected: bool) -> None:
    settings = WebhookSettings(kind="slack", url=f"https://hooks.slack.com{SLACK_PATH}", hours=hours, timezone=zone)
    assert is_open(settings, datetime(2026, 11, 6, hour, 30 if hour != 19 else 0, tzinfo=UTC)) is expected
