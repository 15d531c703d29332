"""What the embedder does on the bus: papers in, "vectors are stored" out; texts in, vectors back."""

import asyncio

import numpy as np

from services.embedder.encoding import Encoded, EncodingThread, Priority
from services.embedder.lookup import Found, find_papers
from services.embedder.papers import Outcome, PaperEmbedder
from services.embedder.texts import normalised
from shared.bus import Bus
from shared.contracts import EmbeddingsReady, Encode, EncodeReply, PapersNew
from shared.errors import PapersFailed, PermanentFailure, RequestFailed, TemporaryFailure

_REPLY_DECIMALS = 7
_ANSWER_SECONDS = Encode.deadline_seconds - 2


def register(bus: Bus, embedder: PaperEmbedder, encoding: EncodingThread) -> None:
    """Subscribe to what the embedder reads and answers."""

    async def on_papers_new(event: PapersNew) -> None:
        found = await find_papers(bus, embedder, event.paper_ids)
        outcome = await embedder.embed(found.papers, force=event.force)
        ready = announcement(event, embedder.alias, found, outcome)
        if ready is not None:
            await bus.publish(ready)
        failures = failures_of(found, outcome)
        if failures:
            raise PapersFailed(failures)

    async def on_encode(request: Encode) -> EncodeReply:
        problem = encoding.problem()
        if problem:
            raise TemporaryFailure(f"No text can be encoded now: {problem}")
        texts = [normalised(text) for text in request.texts]
        return reply(embedder.alias, await _in_time(encoding, texts, request))

    bus.on(PapersNew, on_papers_new)
    bus.answer(Encode, on_encode)


def announcement(event: PapersNew, alias: str, found: Found, outcome: Outcome) -> EmbeddingsReady | None:
    """What to say: the papers with a vector, and those of a run that will have none, so that it can be counted."""
    failed = tuple(one for one, error in failures_of(found, outcome).items() if isinstance(error, PermanentFailure))
    if not outcome.stored and not (failed and event.run_id):
        return None
    return EmbeddingsReady.after(
        event,
        paper_ids=outcome.stored,
        failed=failed,
        model=alias,
        reason=event.reason,
        day=event.day,
        last=event.last,
        run_size=event.run_size,
    )


def failures_of(found: Found, outcome: Outcome) -> dict[str, Exception]:
    """Why papers have no vector, by id."""
    return {**found.missing, **{one: PermanentFailure(f"{one}: {why}") for one, why in outcome.failed.items()}}


def reply(alias: str, encoded: Encoded) -> EncodeReply:
    """Vectors with seven decimals: closer than float32 computes, and half the bytes. Raises PermanentFailure."""
    if encoded.failures:
        row, why = next(iter(encoded.failures.items()))
        raise PermanentFailure(f"Text {row + 1} of {len(encoded.matrix)} cannot be encoded: {why}")
    rows = np.round(encoded.matrix.astype(np.float64), _REPLY_DECIMALS).tolist()
    return EncodeReply(model=alias, vectors=tuple(tuple(row) for row in rows))


async def _in_time(encoding: EncodingThread, texts: list[str], request: Encode) -> Encoded:
    try:
        async with asyncio.timeout(_ANSWER_SECONDS):
            return await encoding.encode(texts, request.kind, Priority.QUERY)
    except TimeoutError as error:
        text = f"The embedder was too busy for {_ANSWER_SECONDS:g} s."
        raise RequestFailed(text, code="busy", retryable=True) from error
