"""Each webhook in words, for the page of feeds and the command line."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from services.publisher.outlets.webhooks.chats.kinds import CHATS
from services.publisher.outlets.webhooks.choices import in_force
from services.publisher.outlets.webhooks.deliveries import Deliveries
from services.publisher.outlets.webhooks.settling import remarks
from services.publisher.rendering.dates import clock
from shared.contracts import now
from shared.settings.sections.webhooks import WebhookSettings, hours_of


@dataclass(frozen=True)
class ToldChat:
    """`rule` says what is told when, `remarks` what went wrong; `threshold` (percent) and `hours` are in force."""

    name: str
    kind: str
    user: str
    rule: str
    last_sent: str
    remarks: tuple[str, ...]
    is_paused: bool = False
    threshold: int = 0
    hours: str = ""
    timezone: str = "UTC"


def chats_of(user: str | None, webhooks: Mapping[str, WebhookSettings], deliveries: Deliveries) -> list[ToldChat]:
    """The webhooks of a user (None: of everybody), as they stand."""
    return list(_chats(user, webhooks, deliveries))


def rule_of(settings: WebhookSettings) -> str:
    """`picks with a match score of 70% or more, 08:00-19:00 Europe/Berlin, one message a day's picks`."""
    least = f"{settings.threshold:.0%}"
    what = f"picks with a match score of {least} or more" if settings.threshold else "every pick"
    opens, closes = hours_of(settings.hours)
    is_always = opens == closes or (opens.hour == opens.minute == 0 and closes.microsecond)
    when = "at any time" if is_always else f"{settings.hours} {settings.timezone}"
    return f"{what}, {when}, {'a day’s picks in one message' if settings.bundle else 'a message for each'}"


def _chats(user: str | None, webhooks: Mapping[str, WebhookSettings], deliveries: Deliveries) -> Iterator[ToldChat]:
    for name, settings in webhooks.items():
        if user in (None, settings.user):
            record = deliveries.look(name)
            chosen, last = in_force(settings, record.wish), record.last_sent()
            yield ToldChat(
                name,
                CHATS[settings.kind].name,
                settings.user,
                rule_of(chosen),
                clock(last.at) if last else "",
                tuple(remarks(name, record, now())),
                record.wish.is_paused,
                round(chosen.threshold * 100),
                chosen.hours,
                chosen.timezone,
            )
