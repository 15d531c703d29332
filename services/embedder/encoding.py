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
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.embedder.backends import Encoder, Kind
from shared.errors import PapersysError, PermanentFailure, TemporaryFailure
from shared.store.embeddings import Matrix

log = logging.getLogger(__name__)

NOT_LOADED = "the model is not loaded yet"
_PROBE = "papersys asks the model for a vector before it says that it is ready"
_LOAD_AGAIN_SECONDS = 30.0
_FIRST_SPEED = 50_000.0
_LONGEST_EFFORT = 2_000


class Priority(IntEnum):
    """Who goes first."""

    QUERY = 0
    PAPERS = 1
    BACKLOG = 2


_SLICE_SECONDS = {Priority.QUERY: 0.2, Priority.PAPERS: 0.2, Priority.BACKLOG: 0.04}
"""The backlog's slices are what most queries wait for."""


class Encoded(NamedTuple):
    """`matrix` is float32, a unit row a text; rows of texts that failed are NaN, and `failures` says why by row."""

    matrix: Matrix
    failures: dict[int, str]


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
    """The owner of the encoder. Make one, enter `running`, call `encode` from any coroutine."""

    def __init__(
        self, encoder: Encoder, dimension: int, slice_size: int, load_again_seconds: float = _LOAD_AGAIN_SECONDS
    ) -> None:
        self._encoder = encoder
        self._dimension = dimension
        self._slice_size = slice_size
        self._load_again_seconds = load_again_seconds
        self._changed = threading.Condition()
        self._queues: dict[tuple[Priority, Kind], list[_Waiting]] = {}
        self._numbers = itertools.count()
        self._characters_per_second = _FIRST_SPEED
        self._stopping = False
        self._problem: str | None = NOT_LOADED
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

        Raises TemporaryFailure where the backend may work later, PapersysError where it is set up wrongly.
        """
        if not texts:
            return Encoded(np.empty((0, self._dimension), np.float32), {})
        loop = asyncio.get_running_loop()
        matrix = np.full((len(texts), self._dimension), np.nan, np.float32)
        job = _Job(loop, loop.create_future(), matrix, len(texts))
        with self._changed:
            if self._stopping:
                raise TemporaryFailure("The embedder is stopping.")
            queue = self._queues.setdefault((priority, kind), [])
            for row, text in enumerate(texts):
                heapq.heappush(queue, _Waiting(-len(text), next(self._numbers), text, row, job))
            self._changed.notify_all()
        return await job.future

    # -- in the thread

    def _run(self) -> None:
        loaded = self._loaded()
        self._first_load.set_result(loaded)
        while not loaded:
            with self._changed:
                if self._changed.wait_for(lambda: self._stopping, self._load_again_seconds):
                    break
            loaded = self._loaded()
        while (work := self._next_slice()) is not None:
            kind, rows = work
            self._serve(kind, rows)
        self._encoder.close()
        self._give_up()

    def _loaded(self) -> bool:
        started = time.monotonic()
        try:
            self._encoder.load()
            probe = unit_rows(self._encoder.encode([_PROBE], "passage"), 1, self._dimension)
            if np.isnan(probe).any():
                raise PapersysError("The model gave no usable vector for a plain sentence.")
        except Exception as error:
            self._problem = str(error) or type(error).__name__
            log.error("The embedding model does not work: %s", self._problem, extra={"action": "model_failed"})
            return False
        self._problem = None
        facts = {"action": "model_loaded", "seconds": round(time.monotonic() - started, 2), "source": self.source}
        log.info("The embedding model is loaded.", extra=facts)
        return True

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
            vectors, failures = self._encoded([waiting.text for waiting in rows], kind)
        except Exception as error:
            for job in {id(waiting.job): waiting.job for waiting in rows}.values():
                job.loop.call_soon_threadsafe(_fail, job.future, error)
            return
        self._learn_speed(sum(_effort(waiting.text) for waiting in rows), time.monotonic() - started)
        for position, waiting in enumerate(rows):
            job = waiting.job
            job.matrix[waiting.row] = vectors[position]
            if position in failures:
                job.failures[waiting.row] = failures[position]
            job.left -= 1
            if job.left == 0:
                job.loop.call_soon_threadsafe(_finish, job.future, Encoded(job.matrix, job.failures))

    def _encoded(self, texts: list[str], kind: Kind) -> Encoded:
        """A slice; where the backend refuses it, each text alone, so that one bad text fails alone."""
        try:
            matrix = unit_rows(self._encoder.encode(texts, kind), len(texts), self._dimension)
        except PermanentFailure as error:
            if len(texts) == 1:
                return Encoded(np.full((1, self._dimension), np.nan, np.float32), {0: str(error)})
            single = [self._encoded([text], kind) for text in texts]
            failures = {row: one.failures[0] for row, one in enumerate(single) if one.failures}
            return Encoded(np.concatenate([one.matrix for one in single]), failures)
        unusable = np.flatnonzero(np.isnan(matrix).any(axis=1))
        return Encoded(matrix, {int(row): "The model gave no finite vector for this text." for row in unusable})

    def _learn_speed(self, characters: int, seconds: float) -> None:
        self._characters_per_second += 0.3 * (characters / max(seconds, 1e-6) - self._characters_per_second)

    def _give_up(self) -> None:
        with self._changed:
            jobs = {id(waiting.job): waiting.job for queue in self._queues.values() for waiting in queue}
            self._queues.clear()
        for job in jobs.values():
            with contextlib.suppress(RuntimeError):
                job.loop.call_soon_threadsafe(_fail, job.future, TemporaryFailure("The embedder is stopping."))


def unit_rows(raw: NDArray[np.floating[Any]], count: int, dimension: int) -> Matrix:
    """Rows of length 1 as float32; NaN where one is not finite or has no length. Raises PapersysError on the shape."""
    if raw.ndim != 2 or len(raw) != count:
        raise PapersysError(f"The model gave an array of shape {raw.shape} for {count} texts.")
    if raw.shape[1] != dimension:
        raise PapersysError(
            f"The model gives vectors of {raw.shape[1]} numbers, the settings say {dimension}; "
            "set dimension in the model's table to what the model gives."
        )
    matrix = raw.astype(np.float32)
    lengths = np.linalg.norm(matrix.astype(np.float64), axis=1, keepdims=True)
    usable = np.isfinite(lengths) & (lengths > 0)
    return np.where(usable, matrix / np.where(usable, lengths, 1), np.nan).astype(np.float32)


def _effort(text: str) -> int:
    """Characters that count for the time of a text: models cut long ones."""
    return min(len(text), _LONGEST_EFFORT) + 50


def _finish(future: "asyncio.Future[Encoded]", encoded: Encoded) -> None:
    if not future.done():
        future.set_result(encoded)


def _fail(future: "asyncio.Future[Encoded]", error: Exception) -> None:
    if not future.done():
        future.set_exception(error)
