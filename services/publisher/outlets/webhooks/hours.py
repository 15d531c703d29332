"""When a webhook may ring."""

from datetime import datetime
from zoneinfo import ZoneInfo

from shared.settings.sections.webhooks import WebhookSettings, hours_of


def is_open(settings: WebhookSettings, moment: datetime) -> bool:
    """Whether a moment lies in the person's hours; `22:00-06:00` goes over midnight, equal ends are the whole day."""
    opens, closes = hours_of(settings.hours)
    local = moment.astimezone(ZoneInfo(settings.timezone)).time()
    if opens < closes:
        return opens <= local < closes
    return opens == closes or local >= opens or local < closes
