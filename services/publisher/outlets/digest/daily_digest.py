"""Sends each user the picks of the newest day, once."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from services.publisher.access.membership import is_member
from services.publisher.outlets.digest.due import PickedDay, is_due
from services.publisher.outlets.digest.mailer import Mailer
from services.publisher.outlets.digest.message import DigestLinks, build_message
from services.publisher.outlets.digest.signed_links import SignedLinks
from services.publisher.outlets.digest.subscriptions import Subscriptions
from services.publisher.pages.components import Components
from services.publisher.pages.day_page import DayPage, build_day
from shared.bus.delivery.disposition import Policy
from shared.contracts import FIRST_MOMENT, now
from shared.errors import PapersysError, reason
from shared.settings.sections.digest import DigestSettings

log = logging.getLogger(__name__)

_TICK_SECONDS = 60.0
_DELAYS = Policy((60, 300, 900, 3_600))


class DailyDigest:
    """`run` looks once a minute whether a digest is due; `send_now` sends one that somebody asked for."""

    def __init__(
        self,
        components: Components,
        settings: DigestSettings,
        base: str,
        subscriptions: Subscriptions,
        links: SignedLinks,
        mailer: Mailer,
        clock: Callable[[], datetime] = now,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._components, self._settings, self._base = components, settings, base
        self._subscriptions, self._links, self._mailer = subscriptions, links, mailer
        self._clock, self._sleep = clock, sleep
        self._failures: dict[str, int] = {}
        self._try_after: dict[str, datetime] = {}

    async def run(self) -> None:
        while True:
            await asyncio.to_thread(self.send_what_is_due)
            await self._sleep(_TICK_SECONDS)

    def send_what_is_due(self) -> None:
        """One user's failure never stops another's digest."""
        for user in self._settings.to:
            if is_member(self._components.access, user) and self._try_after.get(user, FIRST_MOMENT) <= self._clock():
                self._send_if_due(user)

    def send_now(self, user: str) -> str:
        """Send the newest day's digest again; why that failed, or nothing. Raises nothing that a mail server does."""
        page = self._newest(user)
        if page is None or page.day is None or not page.cards:
            return "There are no picks to send yet."
        try:
            self._send(user, page, None)
        except PapersysError as error:
            return str(error)
        return ""

    def _send_if_due(self, user: str) -> None:
        page = self._newest(user)
        if page is None or not is_due(_picked_day(page), self._subscriptions.get(user), self._settings, self._clock()):
            return
        try:
            self._send(user, page, self._clock())
        except Exception as error:
            unforeseen = None if isinstance(error, PapersysError) else error
            self._put_off(user, str(error) if unforeseen is None else reason(error), unforeseen)
        else:
            self._failures.pop(user, None)

    def _send(self, user: str, page: DayPage, sent_at: datetime | None) -> None:
        """Sent first and noted then: killed in between, it is sent twice under one Message-ID rather than never."""
        assert page.day is not None  # noqa: S101 (the callers looked)
        to = self._settings.address_of(user)
        if to is None:
            raise PapersysError(f"There is no address for {user} in digest.to of the settings.")
        links = DigestLinks(self._base, user, self._links)
        sender, environment = self._settings.from_address(), self._components.templates.env
        self._mailer.send(build_message(environment, page.day, page.cards, links, sender, to, self._clock()))
        self._subscriptions.note_sent(user, page.day, sent_at)
        log.info("The picks of %s were sent by e-mail.", page.day, extra={"action": "digest_sent", "user": user})

    def _put_off(self, user: str, problem: str, unforeseen: Exception | None) -> None:
        self._failures[user] = self._failures.get(user, 0) + 1
        delay = _DELAYS.delay_after(self._failures[user])
        self._try_after[user] = self._clock() + timedelta(seconds=delay)
        facts = {"action": "digest_failed", "user": user}
        log.warning("The digest was not sent: %s", problem, extra=facts, exc_info=unforeseen)
        try:
            self._subscriptions.note_problem(user, problem)
        except PapersysError as error:
            log.warning("That cannot be noted: %s", error, extra=facts)

    def _newest(self, user: str) -> DayPage | None:
        mine = self._components.of_user(user)
        return build_day(mine.records, mine.ratings, None, {})


def _picked_day(page: DayPage) -> PickedDay | None:
    """A paper that could not be summarised is waited for until the time is over."""
    if page.day is None:
        return None
    picked_at = max((card.pick.made_at for card in page.cards if card.pick and card.pick.made_at), default=FIRST_MOMENT)
    waiting = sum(card.summary is None for card in page.cards)
    return PickedDay(page.day, len(page.cards), waiting, picked_at)
