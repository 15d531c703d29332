"""Readings that may take a day: the first question about each paper goes into a batch, at a lower price.

When a batch has its answers, the papers are announced as picks once more, by an event whose id is known before. That
event finds the answers in the memo, so its readings pay for repairs, tags and links alone; and what goes wrong with
one is tried again or buried by the bus, as ever.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

from services.summarizer.agent.fields import FieldExtractor
from services.summarizer.agent.reading import PaperReader
from services.summarizer.llm.asking import AskContext, Memo
from services.summarizer.llm.batches import Batches, BatchQuestion
from services.summarizer.llm.open_batches import BatchLine, OpenBatch
from services.summarizer.state import State
from shared.contracts import PapersSelected, Pick, now
from shared.errors import PermanentFailure, TemporaryFailure

log = logging.getLogger(__name__)

_GIVEN_UP_AFTER = timedelta(days=3)
"""A server answers within a day, or not at all; after that it need not know the batch any more."""

Publish = Callable[[PapersSelected], Awaitable[None]]


class BatchedReadings:
    """Papers whose answers are waited for; all that is remembered lies with the batches themselves."""

    def __init__(
        self, batches: Batches, memo: Memo, reader: PaperReader, extractor: FieldExtractor, poll_seconds: float = 60.0
    ) -> None:
        self._batches = batches
        self._memo = memo
        self._reader = reader
        self._extractor = extractor
        self._poll_seconds = poll_seconds

    async def submit(self, event: PapersSelected, publish: Publish) -> None:
        """Send the questions of an event; a paper without one is read at once. Sent once, however often this runs.

        Raises LlmUnusable where the server has no batches or a cap is reached, TemporaryFailure.
        """
        later = follow_up(event, event.paper_ids)
        if any(later.event_id in _event_ids(batch) for batch in await self._batches.resume()):
            return
        questions = [question for paper_id in event.paper_ids if (question := await self._question(later, paper_id))]
        asked = {question.context.paper_id for question in questions}
        if rest := tuple(paper_id for paper_id in event.paper_ids if paper_id not in asked):
            await publish(follow_up(event, rest))
        await self._batches.submit(questions)

    async def run(self, publish: Publish) -> None:
        """Look at what is under way again and again; a server that is away is asked again."""
        while True:
            try:
                await self.collect(publish)
            except (TemporaryFailure, PermanentFailure) as error:
                log.warning("Batches wait: %s", error, extra={"action": "llm_batch"})
            await asyncio.sleep(self._poll_seconds)

    async def collect(self, publish: Publish) -> None:
        """Announce the papers of each batch that has ended; a batch is forgotten when all of them are announced.

        One that cannot be looked at holds up no other. Its papers are read without it when its time is long over.
        """
        for batch in await self._batches.resume():
            try:
                if not (await self._batches.look(batch)).has_ended:
                    continue
                await self._take_answers(batch)
            except (TemporaryFailure, PermanentFailure) as error:
                log.warning("Batch %s: %s", batch.batch_id, error, extra={"action": "llm_batch"})
                if isinstance(error, TemporaryFailure) or now() - batch.submitted_at < _GIVEN_UP_AFTER:
                    continue
            for event in _announcements(batch):
                await publish(event)
            await asyncio.to_thread(self._batches.forget, batch)

    async def _take_answers(self, batch: OpenBatch) -> None:
        for result in await self._batches.collect(batch, self._memo):
            if result.error:
                text = "The batch has no answer about %s, so it is asked by itself: %s"
                log.warning(text, result.context.paper_id, result.error, extra={"action": "llm_batch"})

    async def _question(self, event: PapersSelected, paper_id: str) -> BatchQuestion | None:
        """The first question about a paper, as its reading will ask it; None where there is none to be asked.

        A paper that cannot be read now has none: its own reading says why, and is tried again.
        """
        try:
            state: State = {"event": event, "paper_id": paper_id}
            question = await self._extractor.first_question({**state, **await self._reader.read(state)})
        except (PermanentFailure, TemporaryFailure) as error:
            text = "%s is not in the batch: %s"
            log.warning(text, paper_id, error, extra={"action": "llm_batch", "paper_id": paper_id})
            return None
        if question is None:
            return None
        conversation, kind = question
        context = AskContext("extract", paper_id, event.run_id, event.event_id, event.user)
        return BatchQuestion(conversation, kind, context, event.occurred_at)


def follow_up(event: PapersSelected, paper_ids: tuple[str, ...]) -> PapersSelected:
    """The event that reads the papers when their answers are there; the same for the same event."""
    later = PapersSelected.after(event, paper_ids=paper_ids, picks=_picks(event, paper_ids))
    return later.model_copy(update={"occurred_at": event.occurred_at})


def _picks(event: PapersSelected, paper_ids: tuple[str, ...]) -> tuple[Pick, ...]:
    return tuple(pick for pick in event.picks if pick.paper_id in paper_ids)


def _event_ids(batch: OpenBatch) -> set[str | None]:
    return {line.event_id for line in batch.lines.values()}


def _announcements(batch: OpenBatch) -> list[PapersSelected]:
    """One event for each that had questions in the batch; they occurred when it was sent for, so no source is old."""
    lines: dict[str, list[BatchLine]] = {}
    for line in batch.lines.values():
        if line.event_id and line.paper_id:
            lines.setdefault(line.event_id, []).append(line)
    return [
        PapersSelected(
            event_id=event_id,
            run_id=of_event[0].run_id,
            user=of_event[0].user,
            occurred_at=of_event[0].asked_at or batch.submitted_at,
            paper_ids=tuple(str(line.paper_id) for line in of_event),
            force=True,
        )
        for event_id, of_event in lines.items()
    ]
