"""Vectors of texts, asked of the embedder; whoever asks can do without."""

import logging
from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt, wait_chain, wait_fixed

from shared.bus.bus import Bus
from shared.contracts import Encode, EncodeReply
from shared.errors import RequestFailed

log = logging.getLogger(__name__)

Matrix = NDArray[np.float32]
_TEXTS_A_REQUEST = 64
LONGEST_CHARS = 4000


class Encoder:
    """The embedder, seen from here. `model` is the name of the model that made the latest vectors.

    An embedder that is only starting again is waited for, `pauses_seconds` long: without it a summary stays poorer.
    """

    def __init__(self, bus: Bus, pauses_seconds: Sequence[float] = ()) -> None:
        self._bus = bus
        self._pauses_seconds = pauses_seconds
        self.model: str | None = None

    async def encode(self, texts: Sequence[str], kind: Literal["query", "passage"] = "passage") -> Matrix | None:
        """One unit row a text, n x d; None where the embedder does not answer or there is nothing to encode."""
        rows: list[tuple[float, ...]] = []
        try:
            for start in range(0, len(texts), _TEXTS_A_REQUEST):
                part = tuple(text[:LONGEST_CHARS] or "-" for text in texts[start : start + _TEXTS_A_REQUEST])
                reply = await self._ask(Encode(texts=part, kind=kind))
                rows.extend(reply.vectors)
                self.model = reply.model
        except RequestFailed as error:
            log.warning("Going on without the embedder: %s", error, extra={"action": "no_embedder"})
            return None
        return np.asarray(rows, dtype=np.float32) if rows and len(rows) == len(texts) else None

    async def _ask(self, request: Encode) -> EncodeReply:
        attempts = AsyncRetrying(
            stop=stop_after_attempt(len(self._pauses_seconds) + 1),
            wait=wait_chain(*map(wait_fixed, self._pauses_seconds or (0,))),
            retry=retry_if_exception(lambda error: isinstance(error, RequestFailed) and error.retryable),
            reraise=True,
        )
        return await attempts(self._bus.ask, request)
