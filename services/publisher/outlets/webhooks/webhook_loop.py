"""Tells picks to the chats of the settings: each once, at a person's hours, whatever is killed or away meanwhile."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date, datetime, timedelta

from services.publisher.access.membership import is_member
from services.publisher.outlets.webhooks.chats.chat import Message, parts
from services.publisher.outlets.webhooks.chats.kinds import CHATS
from services.publisher.outlets.webhooks.choices import in_force
from services.publisher.outlets.webhooks.deliveries import Deliveries, Delivery, Record
from services.publisher.outlets.webhooks.due import due_cards, message_id, unscored
from services.publisher.outlets.webhooks.hours import is_open
from services.publisher.outlets.webhooks.sending import Sender, Unsure
from services.publisher.outlets.webhooks.settling import remarks, settled
from services.publisher.outlets.webhooks.told_cards import heading, told_pick
from services.publisher.pages.cards import Card, build_cards
from services.publisher.pages.components import Components
from services.publisher.records.records import picks_of
from shared.bus.delivery.disposition import Policy
from shared.contracts import now
from shared.errors import PapersysError, PermanentFailure, TemporaryFailure, reason
from shared.settings.sections.webhooks import WebhookSettings

log = logging.getLogger(__name__)

_TICK_SECONDS = 60.0
_DAYS = 5
_DELAYS = Policy((30, 120, 600, 1_800, 3_600))
_UNREADABLE = (
    "state/publisher/webhooks.json cannot be read, so nothing is sent rather than something twice; restore the file, "
    "or remove it."
)


class WebhookLoop:
    """`run` looks once a minute what is due; `note` is what a person should know, None while all is well.

    `reader_address` is where others reach the reader; None: links lead to arXiv.
    """

    def __init__(
        self,
        components: Components,
        webhooks: Mapping[str, WebhookSettings],
        deliveries: Deliveries,
        sender: Sender,
        reader_address: str | None,
        arxiv: str,
        clock: Callable[[], datetime] = now,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._components, self._webhooks, self._deliveries = components, webhooks, deliveries
        self._sender, self._reader, self._arxiv = sender, reader_address, arxiv
        self._clock, self._sleep = clock, sleep
        self._notes: dict[str, str] = {}

    def note(self) -> str | None:
        """What was not sent, and what to do."""
        return " ".join(filter(None, self._notes.values())) or None

    async def run(self) -> None:
        while True:
            await self.send_what_is_due()
            await self._sleep(_TICK_SECONDS)

    async def send_what_is_due(self) -> None:
        """One webhook's failure never stops another one."""
        for name, settings in self._webhooks.items():
            try:
                await self._send_due(name, settings)
            except Exception as error:
                unforeseen = None if isinstance(error, PapersysError) else error
                self._notes[name] = f"Webhook {name}: {reason(error)}"
                facts = {"action": "webhook_failed", "webhook": name}
                log.warning("Webhook %s: %s", name, reason(error), extra=facts, exc_info=unforeseen)

    async def _send_due(self, name: str, settings: WebhookSettings) -> None:
        present, wish = self._clock(), self._deliveries.look(name).wish
        settings = in_force(settings, wish)
        if wish.is_paused:
            self._notes.pop(name, None)
        if wish.is_paused or not is_member(self._components.access, settings.user) or not is_open(settings, present):
            return
        with self._deliveries.turn():
            try:
                record = self._deliveries.get(name)
            except (OSError, ValueError) as error:
                raise TemporaryFailure(_UNREADABLE) from error
            record = settled(record, present, is_repeatable=CHATS[settings.kind].is_repeatable)
            days = await asyncio.to_thread(self._days, settings.user)
            if record.since is None and days:
                record = record.model_copy(update={"since": max(days)})
            if record.try_after is None or record.try_after <= present:
                record = await self._send_all(name, settings, record, days)
            elif record != self._deliveries.get(name):
                self._deliveries.put(name, record)
        newest = days[max(days)] if days else []
        self._notes[name] = " ".join(remarks(name, record, self._clock(), unscored(newest, settings)))

    async def _send_all(
        self, name: str, settings: WebhookSettings, record: Record, days: Mapping[date, Sequence[Card]]
    ) -> Record:
        """Waiting messages first, then new ones; where the chat is away the rest waits with the one that failed."""
        known = {(day, card.paper_id): card for day, cards in days.items() for card in cards}
        waiting = [delivery for delivery in record.deliveries if delivery.state == "waiting"]
        for delivery in [*waiting, *self._new(name, settings, record, days)]:
            cards = [card for paper_id in delivery.paper_ids if (card := known.get((delivery.day, paper_id)))]
            if not cards:
                gone = {"state": "failed", "problem": "its picks are gone", "at": self._clock()}
                record = record.put(delivery.model_copy(update=gone))
                continue
            record = await self._send(name, settings, record, delivery, cards)
            if record.problem:
                break
        if record != self._deliveries.get(name):
            self._deliveries.put(name, record)
        return record

    def _new(
        self, name: str, settings: WebhookSettings, record: Record, days: Mapping[date, Sequence[Card]]
    ) -> list[Delivery]:
        """Messages about what was not told yet, the oldest day first."""
        present, chat, deliveries = self._clock(), CHATS[settings.kind], list[Delivery]()
        for day in sorted(day for day in days if record.since is None or day >= record.since):
            cards = due_cards(days[day], day, record.told(), settings, present)
            picks = [told_pick(card, self._reader, self._arxiv) for card in cards]
            runs = parts(chat, picks) if settings.bundle else ([pick] for pick in picks)
            for run in runs:
                ids = tuple(pick.paper_id for pick in run)
                identity = message_id(name, day, ids)
                deliveries.append(Delivery(message_id=identity, day=day, paper_ids=ids, state="waiting", at=present))
        return deliveries

    async def _send(
        self, name: str, settings: WebhookSettings, record: Record, delivery: Delivery, cards: Sequence[Card]
    ) -> Record:
        """Noted before it is sent, and after. Raises TemporaryFailure where it cannot be noted."""
        record = record.put(delivery.model_copy(update={"state": "sending"}))
        self._deliveries.put(name, record)
        picks = [told_pick(card, self._reader, self._arxiv) for card in cards]
        message = Message(delivery.message_id, heading(delivery.day, len(picks)), picks)
        facts = {"action": "webhook_sent", "webhook": name, "picks": len(picks)}
        try:
            await self._sender.send(name, settings, message)
        except PapersysError as error:
            record = self._failed(record, delivery, error, is_repeatable=CHATS[settings.kind].is_repeatable)
            log.warning("Webhook %s: %s", name, reason(error), extra={**facts, "action": "webhook_failed"})
        else:
            sent = delivery.model_copy(update={"state": "sent", "problem": "", "at": self._clock()})
            record = record.put(sent).model_copy(update={"failures": 0, "try_after": None, "problem": ""})
            log.info("Webhook %s: a message was sent.", name, extra=facts)
        self._deliveries.put(name, record)
        return record

    def _failed(self, record: Record, delivery: Delivery, error: PapersysError, *, is_repeatable: bool) -> Record:
        """What is known not to have been shown is sent again later; what may have been, only where that shows once."""
        said = str(error)
        if isinstance(error, PermanentFailure) or (isinstance(error, Unsure) and not is_repeatable):
            state = "failed" if isinstance(error, PermanentFailure) else "unsure"
            return record.put(delivery.model_copy(update={"state": state, "problem": said, "at": self._clock()}))
        failures = record.failures + 1
        asked = error.retry_in_seconds if isinstance(error, TemporaryFailure) else None
        seconds = max(_DELAYS.delay_after(failures) if asked is None else asked, 1.0)
        waits = record.put(delivery.model_copy(update={"state": "waiting", "problem": said}))
        after = self._clock() + timedelta(seconds=seconds)
        return waits.model_copy(update={"failures": failures, "try_after": after, "problem": said})

    def _days(self, user: str) -> dict[date, list[Card]]:
        """The picks of a user's newest days."""
        mine = self._components.of_user(user)
        days: dict[date, list[Card]] = {}
        for day in mine.records.days()[:_DAYS]:
            picks = picks_of(mine.records.candidates(day))
            ids = [pick.paper_id for pick in picks]
            days[day] = build_cards(mine.records, mine.ratings, ids, picks=picks)
        return days
