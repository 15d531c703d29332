"""Vectors of seeds made in this process, for a model that no running embedder has."""

import asyncio
from collections.abc import Sequence
from typing import cast

from shared.bus.questions.requests import ReplyT
from shared.contracts import Encode, EncodeReply, Request
from shared.errors import RequestFailed
from shared.store.keeping.replays import EncodeTexts


class LocalEncoding:
    """Answers requests for vectors; anything else waits for a running system."""

    def __init__(self, aliases: Sequence[str], encode: EncodeTexts) -> None:
        self._aliases, self._encode = tuple(aliases), encode

    async def ask(self, request: Request[ReplyT]) -> ReplyT:
        if not isinstance(request, Encode) or len(self._aliases) != 1:
            raise RequestFailed("Only a running papersys answers that.", code="away", retryable=True)
        matrix = await asyncio.to_thread(self._encode, self._aliases[0], request.texts, request.kind)
        return cast(ReplyT, EncodeReply(model=self._aliases[0], vectors=tuple(map(tuple, matrix.tolist()))))
