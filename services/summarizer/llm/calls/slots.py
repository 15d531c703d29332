"""How many calls a server gets at once: what the settings allow, fewer where it is overloaded.

Fewer at once when it refuses (429) or when answers begin later and later; more again, slowly, while all goes well
(additive increase, multiplicative decrease, as TCP does it). Waiting for a slot is no call yet: no time limit runs.
"""

import asyncio
import statistics
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from shared.errors import TemporaryFailure

_CALLS_UNTIL_MORE = 12
_MOST_CALLS_UNTIL_MORE = 400
_RISEN, _RISEN_SECONDS = 2.0, 0.5
"""Answers begin late when it takes twice as long as for a call that is alone at the server, and half a second more."""
_ALONE_KEPT = 20


class Slots:
    """First come, first served, at most `limit` at once."""

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.most = most
        self.limit = most
        self._clock = clock
        self._taken = 0
        self._waiting: deque[asyncio.Future[bool]] = deque()
        self._paused_until = self._blocked_until = 0.0
        self._good = 0
        self._until_more = _CALLS_UNTIL_MORE
        self._waits_alone: deque[float] = deque(maxlen=_ALONE_KEPT)
        self._waits_beside_others: deque[float] = deque(maxlen=max(3, most))

    @asynccontextmanager
    async def one(self) -> AsyncIterator[bool]:
        """A slot, held for as long as the call lasts; says whether no other call had one when it was given.

        Raises TemporaryFailure while the server wants to be left alone for long.
        """
        self._refuse_while_blocked()
        was_first = await self._take()
        try:
            self._refuse_while_blocked()
            yield was_first
        finally:
            self._taken -= 1
            self._hand_out()

    def answered(self, first_token_seconds: float, alone: bool) -> None:
        """A call went well; its answer began after so many seconds."""
        (self._waits_alone if alone else self._waits_beside_others).append(first_token_seconds)
        if self._waits_rise():
            self._lower(self.limit - 1)
            return
        self._good += 1
        if self._good >= self._until_more and self.limit < self.most:
            self.limit, self._good = self.limit + 1, 0
            self._waits_beside_others.clear()
            self._hand_out()

    def refused(self, pause_seconds: float) -> None:
        """The server said that this is too much; no call begins for a while."""
        self._lower(self.limit // 2)
        self._paused_until = max(self._paused_until, self._clock() + pause_seconds)

    def block(self, seconds: float) -> None:
        """The server wants to be left alone for so long that nobody should wait for it here."""
        self._blocked_until = max(self._blocked_until, self._clock() + seconds)

    def _waits_rise(self) -> bool:
        waits = self._waits_beside_others
        if self.limit == 1 or not self._waits_alone or len(waits) < min(self.limit, 3):
            return False
        return statistics.median(waits) > _RISEN * statistics.median(self._waits_alone) + _RISEN_SECONDS

    def _lower(self, limit: int) -> None:
        if limit < self.limit:
            self._until_more = min(2 * self._until_more, _MOST_CALLS_UNTIL_MORE)
        self.limit, self._good = max(1, limit), 0
        self._waits_beside_others.clear()

    def _refuse_while_blocked(self) -> None:
        left = self._blocked_until - self._clock()
        if left > 0:
            text = f"The language model's server asked to be left alone for another {left:.0f} s."
            raise TemporaryFailure(text, retry_in_seconds=left)

    async def _take(self) -> bool:
        turn: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        self._hand_out()
        try:
            return await turn
        except asyncio.CancelledError:
            if not turn.cancelled():  # the turn had come already
                self._taken -= 1
            self._hand_out()
            raise

    def _hand_out(self) -> None:
        pause = self._paused_until - self._clock()
        if pause > 0 and self._waiting:
            asyncio.get_running_loop().call_later(pause, self._hand_out)
            return
        while self._waiting and self._taken < self.limit:
            turn = self._waiting.popleft()
            if not turn.done():
                self._taken += 1
                turn.set_result(self._taken == 1)
