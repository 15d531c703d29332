"""Which picks a webhook tells now. Pure decisions."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta

from services.publisher.pages.cards import Card
from shared.contracts import FIRST_MOMENT
from shared.settings.sections.webhooks import WebhookSettings

STALE_AFTER = timedelta(days=4)
"""Picks made so long ago are no news any more. A long weekend is no pause."""
_ASKED_FOR = "requested"
_BLIND_CHECK = "audit"


def is_wanted(card: Card, settings: WebhookSettings) -> bool:
    """Whether a pick is one to be told of at all: above the threshold, and not rated or skipped meanwhile.

    What a person asked for is no news. Whether a paper of the blind check is a match must not be seen, so it is told
    only where every pick is.
    """
    pick = card.pick
    if pick is None or pick.slot == _ASKED_FOR or card.label is not None or card.marks.is_skipped:
        return False
    if not settings.threshold:
        return True
    return pick.slot != _BLIND_CHECK and pick.probability is not None and pick.probability >= settings.threshold


def due_cards(
    cards: Iterable[Card], day: date, told: Collection[tuple[date, str]], settings: WebhookSettings, now: datetime
) -> list[Card]:
    """The picks of a day that are told now, the best first; in a bundle they wait for each other's summaries."""
    fresh = [
        card
        for card in cards
        if is_wanted(card, settings) and (day, card.paper_id) not in told and now - _picked_at(card) <= STALE_AFTER
    ]
    ready = [card for card in fresh if _is_ready(card, settings, now)]
    return ready if not settings.bundle or len(ready) == len(fresh) else []


def unscored(cards: Iterable[Card], settings: WebhookSettings) -> int:
    """How many picks a threshold cannot judge, because they have no match score."""
    picks = [card.pick for card in cards if card.pick is not None and card.pick.slot not in (_ASKED_FOR, _BLIND_CHECK)]
    return sum(pick.probability is None for pick in picks) if settings.threshold else 0


def message_id(name: str, day: date, paper_ids: Sequence[str]) -> str:
    """Names a message for good."""
    return hashlib.sha256(f"{name} {day} {' '.join(paper_ids)}".encode()).hexdigest()[:32]


def _is_ready(card: Card, settings: WebhookSettings, now: datetime) -> bool:
    return card.summary is not None or now - _picked_at(card) >= timedelta(minutes=settings.wait_minutes)


def _picked_at(card: Card) -> datetime:
    return card.pick.made_at if card.pick and card.pick.made_at else FIRST_MOMENT
