"""What a person chose for a webhook in the reader: another threshold, other hours, a pause."""

from collections.abc import Mapping
from typing import Any

from services.publisher.outlets.webhooks.deliveries import Wish
from shared.settings.sections.webhooks import WebhookSettings, checked_hours

_PERCENT = 100


def in_force(settings: WebhookSettings, wish: Wish) -> WebhookSettings:
    """The settings with what the person chose."""
    chosen = {"threshold": wish.threshold, "hours": wish.hours}
    return settings.model_copy(update={name: value for name, value in chosen.items() if value is not None})


def wish_of(fields: Mapping[str, Any], before: Wish) -> Wish:
    """What a form asks for: `do` is save, pause or resume. Raises ValueError that says what is wrong."""
    match fields.get("do"):
        case "pause":
            return before.model_copy(update={"is_paused": True})
        case "resume":
            return before.model_copy(update={"is_paused": False})
        case "save":
            hours = checked_hours(str(fields.get("hours", "")))
            return Wish(is_paused=before.is_paused, threshold=_threshold(str(fields.get("threshold", ""))), hours=hours)
    raise ValueError("Not a valid wish: save, pause, resume or test")


def _threshold(text: str) -> float:
    if not (text.isascii() and text.isdigit()) or int(text) > _PERCENT:
        raise ValueError(f"{text!r} is no match score; give a number from 0 to 100")
    return int(text) / _PERCENT
