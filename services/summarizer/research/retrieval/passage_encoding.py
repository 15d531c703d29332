"""Vectors of chunks and questions, asked of the embedder."""

import logging
from collections.abc import Sequence

import numpy as np

from services.summarizer.qdrant.connection import Matrix, unit
from shared.bus.questions.requests import SendRequest
from shared.contracts import Encode
from shared.errors import RequestFailed, TemporaryFailure

log = logging.getLogger(__name__)

TEXTS_A_REQUEST = 64
_LONGEST_CHARS = 4000
_OTHER_MODEL_SECONDS = 30.0


class PassageEncoder:
    """The embedder, as far as it has the model `alias` with vectors of `dimension`."""

    def __init__(self, ask: SendRequest, alias: str, dimension: int) -> None:
        self._ask, self._alias, self._dimension = ask, alias, dimension

    async def question(self, text: str) -> Matrix | None:
        """The vector (d) of a question; None where the embedder does not answer, or has another model."""
        try:
            return (await self._encoded(Encode(texts=(text[:_LONGEST_CHARS] or "-",), kind="query")))[0]
        except (RequestFailed, TemporaryFailure) as error:
            log.warning("Looking for passages by words alone: %s", error, extra={"action": "passages_by_words"})
            return None

    async def passages(self, texts: Sequence[str]) -> list[Matrix]:
        """The vectors (d) of texts, in their order; other work goes first. Raises TemporaryFailure."""
        cut = [text[:_LONGEST_CHARS] or "-" for text in texts]
        groups = (tuple(cut[start : start + TEXTS_A_REQUEST]) for start in range(0, len(cut), TEXTS_A_REQUEST))
        try:
            rows = [await self._encoded(Encode(texts=group, kind="passage", background=True)) for group in groups]
            return [row for group in rows for row in group]
        except RequestFailed as error:
            raise error.as_failure("Sections cannot be embedded: ") from error

    async def _encoded(self, request: Encode) -> list[Matrix]:
        reply = await self._ask(request)
        rows = [unit(np.asarray(row, dtype=np.float32)) for row in reply.vectors]
        if reply.model != self._alias or any(len(row) != self._dimension for row in rows):
            raise TemporaryFailure(
                f"The embedder has the model {reply.model!r} and not {self._alias!r} of {self._dimension} numbers.",
                retry_in_seconds=_OTHER_MODEL_SECONDS,
            )
        if len(rows) != len(request.texts):
            raise TemporaryFailure(f"The embedder gave {len(rows)} vectors for {len(request.texts)} texts.")
        return rows
