"""Batches: many questions in one file, answered within a day at half the price (OpenAI's batch endpoint).

What is under way survives restarts. Collected answers go to the memo, where the gateway finds them when the same
question is asked: a paper is then read as always, and its calls are paid already.
"""

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from pydantic import BaseModel

from services.summarizer.llm.asking import AnswerT, AskContext, Memo, memo_key
from services.summarizer.llm.budget import Estimate
from services.summarizer.llm.calls.caller import ModelCaller
from services.summarizer.llm.calls.forms import options
from services.summarizer.llm.calls.streaming import Incoming
from services.summarizer.llm.calls.tokens import tokens_of_messages
from services.summarizer.llm.failures import LlmUnusable, failure_of, message_of
from services.summarizer.llm.gateway import LIKELY_SHARE_OF_OUTPUT, Gateway, prepared
from services.summarizer.llm.kept import Kept, ledger_line
from services.summarizer.llm.messages import ChatMessage
from services.summarizer.llm.open_batches import ENDPOINT, BatchLine, OpenBatch, OpenBatches, Request
from services.summarizer.llm.structured import UnreadableReply, read_reply
from shared.errors import TemporaryFailure
from shared.store.files.data_folder import DataFolder
from shared.store.models.ledger import Ledger
from shared.text.safe.json_text import parse_json
from shared.text.safe.plain_text import shortened

log = logging.getLogger(__name__)

T = TypeVar("T")

_MARK = "papersys"
"""The key of a batch's metadata under which it says which of ours it is."""
_ENDED = ("completed", "failed", "expired", "cancelled")
_LONGEST_ERROR = 300


@dataclass(frozen=True)
class BatchQuestion:
    """A question as the gateway would be asked it."""

    conversation: Sequence[ChatMessage]
    kind: type[BaseModel]
    context: AskContext
    asked_at: datetime | None = None


@dataclass(frozen=True)
class BatchState:
    """Where a batch stands, in the server's words; `problem` says why it failed."""

    status: str
    problem: str = ""
    files: tuple[str, ...] = ()

    @property
    def has_ended(self) -> bool:
        return self.status in _ENDED


@dataclass(frozen=True)
class BatchResult:
    """One question's answer, or why there is none."""

    context: AskContext
    kept: Kept | None = None
    error: str = ""

    def answer(self, kind: type[AnswerT]) -> AnswerT:
        """The answer. Raises UnreadableReply."""
        if self.kept is None:
            raise UnreadableReply(self.error)
        return read_reply(self.kept.text, kind)


class Batches:
    """The batches of this data folder."""

    def __init__(self, gateway: Gateway, data: DataFolder, ledger: Ledger) -> None:
        self._gateway = gateway
        self._ledger = ledger
        self._open = OpenBatches(data)

    def under_way(self) -> list[OpenBatch]:
        """Every batch that was submitted and not forgotten, oldest first; also those of earlier processes."""
        return self._open.all()

    async def submit(self, questions: Sequence[BatchQuestion], model: str | None = None) -> list[OpenBatch]:
        """Send questions; several batches where they are too many for one. Raises LlmUnusable, TemporaryFailure."""
        if not questions:
            return []
        caller = self._gateway.caller(model or self._gateway.model_for(questions[0].context.step))
        self._check_budget(caller, questions)
        requests = [self._request(caller, question) for question in questions]
        made = await asyncio.to_thread(self._open.make, caller.name, requests)
        return [await self._send(batch) for batch in made]

    async def resume(self) -> list[OpenBatch]:
        """All that is under way; what never reached its server is sent now."""
        return [batch if batch.batch_id else await self._send(batch, again=True) for batch in self.under_way()]

    async def look(self, batch: OpenBatch) -> BatchState:
        """Where a batch stands. Raises TemporaryFailure, LlmUnusable."""
        caller = self._gateway.caller(batch.name)
        client = await caller.opened()
        found: Any = await _asked(caller, client.batches.retrieve(str(batch.batch_id)))
        errors = found.errors.data if found.errors and found.errors.data else []
        problem = "; ".join(str(error.message) for error in errors[:3])
        files = tuple(name for name in (found.output_file_id, found.error_file_id) if name)
        return BatchState(str(found.status), problem, files)

    async def wait(
        self, batch: OpenBatch, poll_seconds: float = 30.0, told: Callable[[BatchState], None] = lambda state: None
    ) -> BatchState:
        """Look at a batch until it has ended; a server that is away for a while is asked again."""
        while True:
            try:
                state = await self.look(batch)
            except TemporaryFailure as error:
                log.warning("%s", error, extra={"action": "llm_batch"})
            else:
                told(state)
                if state.has_ended:
                    return state
            await asyncio.sleep(poll_seconds)

    async def collect(self, batch: OpenBatch, memo: Memo | None = None) -> list[BatchResult]:
        """One result a question, in the order they were asked. Raises TemporaryFailure while the batch is under way.

        Each answer stands in the memo and once in the ledger, at the price of a batch, however often it is collected.
        """
        state = await self.look(batch)
        if not state.has_ended:
            raise TemporaryFailure(f"The batch {batch.batch_id} is not done: it is {state.status}.")
        messages = await asyncio.to_thread(self._open.messages, batch)
        why = f"the batch is {state.status} and has no answer to this" + (f": {state.problem}" if state.problem else "")
        results = {name: BatchResult(line.context, error=why) for name, line in batch.lines.items()}
        async for line in self._lines(batch, state):
            name = line.get("custom_id")
            if isinstance(name, str) and name in results:
                results[name] = await self._result(batch, name, line, messages[name], memo)
        return list(results.values())

    def forget(self, batch: OpenBatch) -> None:
        """Its answers are used: it need not be collected again."""
        self._open.forget(batch)

    def _check_budget(self, caller: ModelCaller, questions: Sequence[BatchQuestion]) -> None:
        """Raises LlmUnusable where the batch as a whole would pass a cap."""
        share = caller.settings.batch_price_share
        sent = sum(tokens_of_messages(question.conversation) for question in questions)
        written = len(questions) * caller.settings.max_output_tokens / LIKELY_SHARE_OF_OUTPUT
        likely = Estimate(round(sent * share), round(written * share))
        for user in sorted({question.context.user for question in questions}):
            if reason := self._gateway.budget.refusal(caller.name, likely, user):
                raise LlmUnusable(reason)

    def _request(self, caller: ModelCaller, question: BatchQuestion) -> Request:
        settings = caller.settings
        messages = prepared(question.conversation, question.kind)
        most = caller.most_output(messages, settings.max_output_tokens)
        abilities = self._gateway.known.of(str(settings.base_url), settings.model)
        chosen = options(question.kind, abilities.without("stream_options"), most)
        line = BatchLine.of(question.context, memo_key(question.context, caller.name, messages), question.asked_at)
        return line, {"model": settings.model, "messages": messages, **chosen}

    async def _send(self, batch: OpenBatch, again: bool = False) -> OpenBatch:
        """Hand a batch to its server; one that may have reached it before is looked for there first."""
        caller = self._gateway.caller(batch.name)
        batch_id = await self._sent_before(caller, batch.token) if again else None
        sent = batch.model_copy(update={"batch_id": batch_id or await self._created(caller, batch)})
        await asyncio.to_thread(self._open.put, sent)
        log.info("Batch %s has %d questions.", sent.batch_id, len(batch.lines), extra={"action": "llm_batch"})
        return sent

    async def _created(self, caller: ModelCaller, batch: OpenBatch) -> str:
        client = await caller.opened()
        content = await asyncio.to_thread(self._open.content, batch)
        upload = client.files.create(file=("batch.jsonl", content), purpose="batch")
        file: Any = await _asked(caller, upload)
        made: Any = await _asked(
            caller,
            client.batches.create(
                input_file_id=file.id, endpoint=ENDPOINT, completion_window="24h", metadata={_MARK: batch.token}
            ),
        )
        return str(made.id)

    async def _sent_before(self, caller: ModelCaller, token: str) -> str | None:
        client = await caller.opened()
        page: Any = await _asked(caller, client.batches.list(limit=100))
        return next((str(batch.id) for batch in page.data if (batch.metadata or {}).get(_MARK) == token), None)

    async def _lines(self, batch: OpenBatch, state: BatchState) -> AsyncIterator[dict[str, Any]]:
        """The lines of the file of answers and of that of errors; what is no line is told and left out."""
        caller = self._gateway.caller(batch.name)
        client = await caller.opened()
        for name in state.files:
            content: Any = await _asked(caller, client.files.content(name))
            for text in content.content.splitlines():
                with contextlib.suppress(ValueError):
                    line = parse_json(text)
                    if isinstance(line, dict):
                        yield line
                        continue
                log.error("A line of %s is left out: it is no object.", name, extra={"action": "llm_batch"})

    async def _result(
        self, batch: OpenBatch, name: str, line: dict[str, Any], messages: list[ChatMessage], memo: Memo | None
    ) -> BatchResult:
        about, caller = batch.lines[name], self._gateway.caller(batch.name)
        response = line.get("response")
        body = response.get("body") if isinstance(response, dict) else None
        if not isinstance(body, dict) or not body.get("choices"):
            return BatchResult(about.context, error=_words(line.get("error") or body))
        incoming = Incoming()
        incoming.take(body)
        completion = replace(caller.completion(incoming, messages), seconds=0.0)
        call_id = f"{batch.batch_id}:{name}"
        call = ledger_line(completion, caller, about.context, call_id, made_at=batch.submitted_at)
        kept = Kept(text=completion.text, problem=completion.problem, cut=completion.cut, call=call)
        if memo is not None and about.event_id is not None:
            await memo.put(about.key, kept.model_dump_json(), call.usage)
        await asyncio.to_thread(self._ledger.add, call)
        return BatchResult(about.context, kept)


async def _asked(caller: ModelCaller, request: Awaitable[T]) -> T:
    """What a server answers about files and batches. Raises LlmUnusable, TemporaryFailure."""
    import openai

    try:
        return await request
    except openai.APIStatusError as error:
        if error.status_code in (404, 405, 501):
            text = f"the server of {caller.name} ({caller.settings.base_url}) has no such batch, or no batches at all"
            raise LlmUnusable(f"{text} ({message_of(error)})") from error
        message = message_of(error, str(caller.settings.key()))
        raise failure_of(error.status_code, message, error.response.headers, caller.name) from error
    except (openai.OpenAIError, ValueError) as error:
        raise TemporaryFailure(f"The language model's server at {caller.settings.base_url} failed: {error}") from error


def _words(error: Any) -> str:
    """Why a line has no answer, in one line."""
    inner = error.get("error") if isinstance(error, dict) and isinstance(error.get("error"), dict) else error
    message = inner.get("message") if isinstance(inner, dict) else None
    return shortened(message if isinstance(message, str) else json.dumps(inner), _LONGEST_ERROR)
