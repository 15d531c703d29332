"""What the embedder does on the bus: papers in, "vectors are stored" out; texts in, vectors back."""

import asyncio
from collections.abc import Sequence

import numpy as np

from services.embedder.encoding.checked_encoder import Encoded
from services.embedder.encoding.encoding_queue import Priority
from services.embedder.models import Model
from services.embedder.papers.embedding import EmbeddingOutcome, combined
from services.embedder.papers.lookup import EventPapers, find_papers
from services.embedder.papers.text import normalised
from shared.bus.bus import Bus
from shared.contracts import EmbeddingsReady, Encode, EncodeReply, PapersNew
from shared.errors import PapersFailed, PermanentFailure, RequestFailed, TemporaryFailure
from shared.store.vectors.embeddings import Matrix
from shared.store.vectors.joined_vectors import SEPARATOR, joined

_REPLY_DECIMALS = 7
_ANSWER_SECONDS = Encode.deadline_seconds - 2
_AWAY_SECONDS = 10.0
_BUSY_SECONDS = 5.0


def register(bus: Bus, models: Sequence[Model]) -> None:
    """Subscribe to what the embedder reads and answers. The first model is that in use, the others are joined to it."""

    async def on_papers_new(event: PapersNew) -> None:
        papers = await find_papers(bus, models[0].embedder, event.paper_ids)
        outcome = combined([await model.embedder.embed(papers.available, force=event.force) for model in models])
        ready = announcement(event, models[0].alias, papers, outcome)
        if ready is not None:
            await bus.publish(ready)
        failures = failures_of(papers, outcome)
        if failures:
            raise PapersFailed(failures)

    async def on_encode(request: Encode) -> EncodeReply:
        asked = models if request.joined else models[:1]
        problem = next(filter(None, (model.encoding.problem() for model in asked)), None)
        if problem:
            raise TemporaryFailure(f"No text can be encoded now: {problem}", retry_in_seconds=_AWAY_SECONDS)
        texts = [normalised(text) for text in request.texts]
        encoded = await _in_time(asked, texts, request)
        return reply(SEPARATOR.join(model.alias for model in asked), joined([_whole(part) for part in encoded]))

    bus.on(PapersNew, on_papers_new)
    bus.answer(Encode, on_encode)


def announcement(
    event: PapersNew, alias: str, papers: EventPapers, outcome: EmbeddingOutcome
) -> EmbeddingsReady | None:
    """What to say: the papers with a vector, and those of a run that will have none, so that it can be counted."""
    failed = tuple(
        paper_id for paper_id, error in failures_of(papers, outcome).items() if isinstance(error, PermanentFailure)
    )
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


def failures_of(papers: EventPapers, outcome: EmbeddingOutcome) -> dict[str, Exception]:
    """Why papers have no vector, by id."""
    return {
        **papers.missing,
        **{paper_id: PermanentFailure(f"{paper_id}: {why}") for paper_id, why in outcome.failed.items()},
    }


def reply(alias: str, vectors: Matrix) -> EncodeReply:
    """Vectors with seven decimals: closer than float32 computes, and half the bytes."""
    rows = np.round(vectors.astype(np.float64), _REPLY_DECIMALS).tolist()
    return EncodeReply(model=alias, vectors=tuple(tuple(row) for row in rows))


def _whole(encoded: Encoded) -> Matrix:
    """The vectors of all texts. Raises PermanentFailure where one has none."""
    if encoded.failures:
        row, why = next(iter(encoded.failures.items()))
        raise PermanentFailure(f"Text {row + 1} of {len(encoded.matrix)} cannot be encoded: {why}")
    return encoded.matrix


async def _in_time(models: Sequence[Model], texts: list[str], request: Encode) -> list[Encoded]:
    try:
        async with asyncio.timeout(_ANSWER_SECONDS):
            priority = Priority.BACKLOG if request.background else Priority.QUERY
            return [await model.encoding.encode(texts, request.kind, priority) for model in models]
    except TimeoutError as error:
        text = f"The embedder was too busy for {_ANSWER_SECONDS:g} s."
        raise RequestFailed(text, code="busy", retryable=True, retry_in_seconds=_BUSY_SECONDS) from error
