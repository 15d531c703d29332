"""One thread encodes: models must not be called concurrently, and the event loop must not wait for them.

Texts wait in one queue a priority and kind, longest first, and leave it in slices of one forward pass. So batches that
come at the same time share slices with little padding, and a query waits for one slice at most. Slices are sized by
the speed seen so far: a fifth of a second for the day's papers, where small costs a call should not count, and much
less for the backlog, so that a query waits little.
"""

import asyncio
import contextlib
import heapq
import itertools
import logging
import threading
import time
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, NamedTuple

import numpy as np

from services.embedder.backends import Encoder, Kind
from services.embedder.encoding.checked_encoder import CheckedEncoder, Encoded, ModelAway
from shared.errors import PapersysError, TemporaryFailure, reason
from shared.store.vectors.embeddings import Matrix

log = logging.getLogger(__name__)

NOT_LOADED = "the model is not loaded yet"
_LOAD_AGAIN_SECONDS = 30.0
_STOPPED_SECONDS = 5.0
_FIRST_SPEED = 50_000.0
_LONGEST_EFFORT = 2_000


class Priority(IntEnum):
    """Who goes first."""

    QUERY = 0
    PAPERS = 1
    BACKLOG = 2


_SLICE_SECONDS = {Priority.QUERY: 0.2, Priority.PAPERS: 0.2, Priority.BACKLOG: 0.04}
"""The backlog's slices are what most queries wait for."""


@dataclass(eq=False)
class _Job:
    loop: asyncio.AbstractEventLoop
    future: "asyncio.Future[Encoded]"
    matrix: Matrix
    left: int
    failures: dict[int, str] = field(default_factory=dict)


class _Waiting(NamedTuple):
    """One text in the queue; the tuple's order is the queue's."""

    negative_length: int
    number: int
    text: str
    row: int
    job: _Job


class EncodingThread:
    """The encoder's only caller: make one, enter `running`, and call `encode` from any coroutine."""

    def __init__(
        self, encoder: Encoder, dimension: int, slice_size: int, load_again_seconds: float = _LOAD_AGAIN_SECONDS
    ) -> None:
        self._encoder = CheckedEncoder(encoder, dimension, load_again_seconds)
        self._dimension = dimension
        self._slice_size = slice_size
        self._changed = threading.Condition()
        self._queues: dict[tuple[Priority, Kind], list[_Waiting]] = {}
        self._numbers = itertools.count()
        self._characters_per_second = _FIRST_SPEED
        self._stopping = False
        self._problem: str | None = NOT_LOADED
        self._away: ModelAway | None = None
        self._first_load: Future[bool] = Future()

    @property
    def source(self) -> str:
        """What makes the vectors."""
        return self._encoder.source

    def problem(self) -> str | None:
        """Why no text can be encoded now; None once the model is loaded and has encoded a sentence correctly."""
        return self._problem

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Load in the background and encode; at the end the slice at hand is finished and all else is given up."""
        thread = threading.Thread(target=self._run, name="encoding", daemon=True)
        thread.start()
        try:
            yield
        finally:
            with self._changed:
                self._stopping = True
                self._changed.notify_all()
            if self._problem is None:
                await asyncio.to_thread(thread.join)

    @contextlib.asynccontextmanager
    async def running_or_failing(self) -> AsyncIterator["EncodingThread"]:
        """As `running`, but wait for the first load, and raise PapersysError where it fails."""
        async with self.running():
            await asyncio.wrap_future(self._first_load)
            if self._problem is not None:
                raise PapersysError(self._problem)
            yield self

    async def encode(
        self, texts: Sequence[str], kind: Kind = "passage", priority: Priority = Priority.PAPERS
    ) -> Encoded:
        """Vectors of these texts, in their order; waits for the model where it is not loaded yet.

        Raises TemporaryFailure, at once and with a wait, while the model gives no vectors, whatever the reason.
        """
        if not texts:
            return Encoded(np.empty((0, self._dimension), np.float32), {})
        loop = asyncio.get_running_loop()
        matrix = np.full((len(texts), self._dimension), np.nan, np.float32)
        job = _Job(loop, loop.create_future(), matrix, len(texts))
        with self._changed:
            if self._stopping:
                raise _stopping()
            if self._away is not None:
                raise _unavailable(self._away)
            queue = self._queues.setdefault((priority, kind), [])
            for row, text in enumerate(texts):
                heapq.heappush(queue, _Waiting(-len(text), next(self._numbers), text, row, job))
            self._changed.notify_all()
        return await job.future

    # -- in the thread

    def _run(self) -> None:
        self._load()
        self._first_load.set_result(self._problem is None)
        while not self._stopping:
            try:
                self._work()
            except Exception as error:
                log.exception("The encoding thread failed.", extra={"action": "encoding_failed"})
                self._go_down(ModelAway(reason(error), retry_in_seconds=_LOAD_AGAIN_SECONDS))
        self._encoder.close()
        self._give_up(_stopping())

    def _work(self) -> None:
        """Encode a slice, or wait while the model is away and try it again."""
        if self._away is not None:
            if not self._stops_within(self._away.retry_in_seconds or _LOAD_AGAIN_SECONDS):
                self._encoder.close()
                self._load()
        elif (work := self._next_slice()) is not None:
            self._serve(*work)

    def _stops_within(self, seconds: float) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: self._stopping, seconds)

    def _load(self) -> None:
        started = time.monotonic()
        try:
            self._encoder.load()
        except ModelAway as error:
            self._go_down(error)
            return
        with self._changed:
            self._problem, self._away = None, None
        facts = {"action": "model_loaded", "seconds": round(time.monotonic() - started, 2), "source": self.source}
        log.info("The embedding model is loaded.", extra=facts)

    def _go_down(self, error: ModelAway) -> None:
        """No text waits here while the model is away: whoever asked is told when to ask again."""
        if self._problem != str(error):
            log.error("The embedding model does not work: %s", error, extra={"action": "model_failed"})
        with self._changed:
            self._problem, self._away = str(error), error
        self._give_up(_unavailable(error))

    def _next_slice(self) -> tuple[Kind, list[_Waiting]] | None:
        """The next texts to encode, of one priority and kind; None at the end."""
        with self._changed:
            while True:
                if self._stopping:
                    return None
                for key in sorted(self._queues):
                    rows = self._taken(self._queues[key], _SLICE_SECONDS[key[0]])
                    if rows:
                        return key[1], rows
                self._changed.wait()

    def _taken(self, queue: list[_Waiting], seconds: float) -> list[_Waiting]:
        rows: list[_Waiting] = []
        budget = self._characters_per_second * seconds
        while queue and len(rows) < self._slice_size and budget > 0:
            waiting = heapq.heappop(queue)
            if not waiting.job.future.done():
                rows.append(waiting)
                budget -= _effort(waiting.text)
        return rows

    def _serve(self, kind: Kind, rows: list[_Waiting]) -> None:
        started = time.monotonic()
        try:
            vectors, failures = self._encoder.encode([waiting.text for waiting in rows], kind)
        except ModelAway as error:
            self._go_down(error)
            _fail_all(rows, _unavailable(error))
            return
        self._learn_speed(sum(_effort(waiting.text) for waiting in rows), time.monotonic() - started)
        for position, waiting in enumerate(rows):
            job = waiting.job
            job.matrix[waiting.row] = vectors[position]
            if position in failures:
                job.failures[waiting.row] = failures[position]
            job.left -= 1
            if job.left == 0:
                _tell(job, _finish, Encoded(job.matrix, job.failures))

    def _learn_speed(self, characters: int, seconds: float) -> None:
        self._characters_per_second += 0.3 * (characters / max(seconds, 1e-6) - self._characters_per_second)

    def _give_up(self, error: Exception) -> None:
        with self._changed:
            waiting = [text for queue in self._queues.values() for text in queue]
            self._queues.clear()
        _fail_all(waiting, error)


def _stopping() -> TemporaryFailure:
    return TemporaryFailure("The embedder is stopping.", retry_in_seconds=_STOPPED_SECONDS)


def _unavailable(error: ModelAway) -> TemporaryFailure:
    """What an asker hears: a fresh error each, since several raise it."""
    return TemporaryFailure(f"No text can be encoded now: {error}", retry_in_seconds=error.retry_in_seconds)


def _fail_all(rows: Sequence[_Waiting], error: Exception) -> None:
    for job in {id(waiting.job): waiting.job for waiting in rows}.values():
        _tell(job, _fail, error)


def _tell(job: _Job, how: Callable[[Any, Any], None], what: object) -> None:
    """Settle a job in its own loop, which may be closed by now."""
    with contextlib.suppress(RuntimeError):
        job.loop.call_soon_threadsafe(how, job.future, what)


def _effort(text: str) -> int:
    """Characters that count for the time of a text: models cut long ones."""
    return min(len(text), _LONGEST_EFFORT) + 50


def _finish(future: "asyncio.Future[Encoded]", encoded: Encoded) -> None:
    if not future.done():
        future.set_result(encoded)


def _fail(future: "asyncio.Future[Encoded]", error: Exception) -> None:
    if not future.done():
        future.set_exception(error)
