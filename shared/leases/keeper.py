"""Takes leases, renews and gives them back: a thread with a NATS connection of its own, for code that waits.

A lease is a key of a bucket, taken and renewed by an update of the revision that was seen last, so of two who want it
one gets it. It ends when it has not been renewed for so long by the clock of whoever wants it next.
"""

import asyncio
import contextlib
import logging
import threading
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, TypeVar

import nats.errors
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.errors import KeyDeletedError, KeyNotFoundError, KeyWrongLastSequenceError
from nats.js.kv import KeyValue

from shared.bus.questions.asking import connect
from shared.bus.streams import reconcile_stream
from shared.errors import SettingsError, TemporaryFailure, reason
from shared.leases.records import BUCKET, STREAM, Found, LeaseRecord, Watched, bucket_config, found
from shared.settings.settings import BusSettings

log = logging.getLogger(__name__)

T = TypeVar("T")

_AWAY = (nats.errors.Error, OSError, TimeoutError)
_AWAY_SECONDS = 10.0
_FIRST_PAUSE_SECONDS = 0.02
_LONGEST_PAUSE_SECONDS = 0.5
_RENEWALS = 4
_FOR_EVER = {
    "allow_reconnect": True,
    "max_reconnect_attempts": -1,
    "reconnect_time_wait": 1,
    "ping_interval": 5,
    "max_outstanding_pings": 2,
}
_LOOK_SECONDS = 0.5
_LONG = 10 * 365 * 86_400.0


@dataclass
class Lease:
    """A lease that is held; `ended` is set when another process has taken it, and never before."""

    key: str
    record: LeaseRecord
    revision: int
    epoch: str
    ended: threading.Event = field(default_factory=threading.Event)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Renewing and giving back, one after the other: both go on from the last revision."""

    async def until_ended(self) -> None:
        while not self.ended.is_set():  # noqa: ASYNC110 - it is set in another thread
            await asyncio.sleep(_LOOK_SECONDS)


class LeaseKeeper:
    """The leases of this process. `holder` names it to people."""

    def __init__(
        self, bus: BusSettings, seconds: float, holder: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._bus = bus
        self._seconds = seconds
        self._holder = holder
        self._clock = clock
        self._watched = Watched(seconds)
        self._given_back: dict[str, int] = {}
        self._held: dict[str, Lease] = {}
        self._starting = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._renewing: asyncio.Task[None] | None = None
        self._client: Client | None = None
        self._bucket: KeyValue | None = None
        self._begun = ""
        self._connecting = asyncio.Lock()

    # -- from any thread

    def take(self, key: str, wait_seconds: float, what: str) -> Lease:
        """The lease, as soon as it can be had. Raises TemporaryFailure that names who holds `what`."""
        return self._run(self._take(key, wait_seconds, what))

    def give_back(self, lease: Lease) -> None:
        """Never raises: what cannot be given back ends by itself."""
        with contextlib.suppress(TemporaryFailure):
            self._run(self._give_back(lease))

    async def take_async(self, key: str, what: str) -> Lease:
        """The lease, however long that takes. Cancelling it leaves no lease behind for long."""
        return await asyncio.wrap_future(self._send(self._take(key, _LONG, what)))

    async def give_back_async(self, lease: Lease) -> None:
        await asyncio.wrap_future(self._send(self._give_back(lease)))

    def close(self) -> None:
        """Give all back and end the thread."""
        if self._loop is not None and self._thread is not None:
            with contextlib.suppress(TemporaryFailure, TimeoutError):
                self._send(self._close()).result(5)
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(5)
            self._loop = self._thread = None

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._send(work).result()

    def _send(self, work: Coroutine[Any, Any, T]) -> "Future[T]":
        with self._starting:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(target=self._turn, args=[self._loop], daemon=True, name="leases")
                self._thread.start()
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def _turn(self, loop: asyncio.AbstractEventLoop) -> None:
        asyncio.set_event_loop(loop)
        self._renewing = loop.create_task(self._renew_all())
        loop.run_forever()

    # -- in the thread of the leases

    async def _take(self, key: str, wait_seconds: float, what: str) -> Lease:
        record, until, pause, why = LeaseRecord.of(self._holder), self._clock() + wait_seconds, _FIRST_PAUSE_SECONDS, ""
        while True:
            try:
                lease, why = await self._try(key, record)
                if lease is not None:
                    self._held[record.nonce] = lease
                    return lease
            except _AWAY as error:
                why = f"NATS at {self._bus.url} cannot be used ({reason(error)})"
            if self._clock() >= until:
                text = f"{what} cannot be written now: {why}."
                raise TemporaryFailure(text, retry_in_seconds=_AWAY_SECONDS)
            await asyncio.sleep(min(pause, max(0.0, until - self._clock())))
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)

    async def _try(self, key: str, record: LeaseRecord) -> tuple[Lease | None, str]:
        """One attempt; why there is no lease."""
        bucket = await self._opened()
        last = self._given_back.pop(key, None)
        if last is None:
            there = await self._look(key)
            if there.record is not None and there.record.nonce == record.nonce:  # the answer to it was lost
                return self._lease(key, record, there.revision), ""
            if there.record is not None and not self._watched.is_over(key, there.revision, self._clock()):
                return None, f"{there.record.holder} has the lease"
            last = there.revision
        try:
            revision = await bucket.update(key, record.model_dump_json().encode(), last=last)
        except KeyWrongLastSequenceError:
            return None, "another process was quicker"
        return self._lease(key, record, revision), ""

    def _lease(self, key: str, record: LeaseRecord, revision: int) -> Lease:
        self._watched.forget(key)
        return Lease(key, record, revision, f"{self._begun}-{revision:016d}")

    async def _look(self, key: str) -> Found:
        bucket = await self._opened()
        try:
            entry = await bucket.get(key)
        except (KeyNotFoundError, KeyDeletedError) as error:
            deleted = getattr(error, "entry", None)
            return Found(deleted.revision if deleted is not None else 0)
        return found(entry.revision or 0, entry.value or b"")

    async def _give_back(self, lease: Lease) -> None:
        self._held.pop(lease.record.nonce, None)
        if lease.ended.is_set():
            return
        try:
            async with lease.turn:
                bucket = await self._opened()
                self._given_back[lease.key] = await bucket.update(lease.key, b"", last=lease.revision)
        except (KeyWrongLastSequenceError, *_AWAY) as error:
            log.info("The lease %s ends by itself: %s", lease.key, reason(error), extra={"action": "lease_left"})

    async def _renew_all(self) -> None:
        while True:
            await asyncio.sleep(self._seconds / _RENEWALS)
            await asyncio.gather(*map(self._renew_in_turn, list(self._held.values())))

    async def _renew_in_turn(self, lease: Lease) -> None:
        async with lease.turn:
            if lease.record.nonce in self._held:
                await self._renew(lease)

    async def _renew(self, lease: Lease) -> None:
        try:
            bucket = await self._opened()
            lease.revision = await bucket.update(
                lease.key, lease.record.model_dump_json().encode(), last=lease.revision
            )
        except KeyWrongLastSequenceError:
            await self._find_out(lease)
        except _AWAY as error:
            facts = {"action": "lease_not_renewed", "lease": lease.key}
            log.warning("A lease cannot be renewed now: %s", reason(error), extra=facts)

    async def _find_out(self, lease: Lease) -> None:
        """Another revision than ours is there: of a renewal whose answer was lost, or of another holder."""
        with contextlib.suppress(*_AWAY):
            there = await self._look(lease.key)
            if there.record is not None and there.record.nonce == lease.record.nonce:
                lease.revision = there.revision
            else:
                self._held.pop(lease.record.nonce, None)
                lease.ended.set()
                now = there.record.holder if there.record else "nobody"
                facts = {"action": "lease_lost", "lease": lease.key}
                log.warning("The lease %s ended; %s has it now.", lease.key, now, extra=facts)

    async def _opened(self) -> KeyValue:
        async with self._connecting:
            if self._bucket is None:
                self._client = await self._connected()
                jetstream: JetStreamContext = self._client.jetstream(timeout=3)
                await reconcile_stream(jetstream, bucket_config(self._bus.replicas))
                created = (await jetstream.stream_info(STREAM)).created
                self._begun = f"{created:%Y%m%d%H%M%S%f}" if created else ""
                self._bucket = await jetstream.key_value(BUCKET)
            return self._bucket

    async def _connected(self) -> Client:
        if self._client is not None:
            return self._client
        try:
            return await connect(self._bus, name="papersys-leases", **_FOR_EVER)
        except SettingsError as error:
            raise OSError(str(error)) from error

    async def _close(self) -> None:
        if self._renewing is not None:
            self._renewing.cancel()
        await asyncio.gather(*map(self._give_back, list(self._held.values())))
        if self._client is not None:
            await self._client.close()
