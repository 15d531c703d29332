"""Questions as they are asked over the bus: each runs as a task of its own, is waited for, cancelled, gone on with.

The same `ask_id` is the same question: it is answered once, and its trace says how far it has come. One that a kill cut
off goes on where its trace ends: when the service starts again, when it is asked again, or in another process.
"""

import asyncio
import logging
import time
import uuid
from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta

from services.summarizer.agent.prompt_files import PromptFiles, Prompts
from services.summarizer.research.loop.asked.claims import Claims
from services.summarizer.research.loop.asked.replies import reply_of
from services.summarizer.research.loop.graph import Loop
from services.summarizer.research.loop.limits import Limits, estimate_of, limits_of
from services.summarizer.research.loop.model_calls import ModelCalls, Models
from services.summarizer.research.loop.question import Question, Turn
from services.summarizer.research.loop.state import Inquiry
from services.summarizer.research.tracing.trace import Facts, WrittenTrace
from services.summarizer.settings import SummarizerSettings
from shared.contracts import Ask, AskReply, CancelAsk, CancelAskReply, ResearchResult, now
from shared.errors import PapersysError, PermanentFailure, SettingsError, TemporaryFailure, reason
from shared.settings.sections.language_models import LlmSettings
from shared.store.research.traces import Step, TraceStore, new_trace_id, state_of

log = logging.getLogger(__name__)

GOES_ON_FOR = timedelta(days=1)
"""A question that was cut off longer ago is left alone: whoever asked has gone on."""
_PAUSES_SECONDS = (2.0, 10.0)
_MOST_TURNS = 3
_POLL_SECONDS = 0.5
_WATCH_SECONDS = 1.0
_LOOK_AGAIN_SECONDS = 60.0
_ENDED_SECONDS = 5.0
_BY_ITS_READER = "cancelled by its reader"


class Questions:
    """Answers Ask and CancelAsk."""

    def __init__(
        self,
        loop: Loop,
        traces: TraceStore,
        models: Models,
        prompts: PromptFiles,
        options: SummarizerSettings,
        llm: LlmSettings,
        pauses_seconds: Sequence[float] = _PAUSES_SECONDS,
        claims: Claims | None = None,
    ) -> None:
        self._loop = loop
        self._traces = traces
        self._models = models
        self._prompts = prompts
        self._options = options
        self._llm = llm
        self._pauses_seconds = pauses_seconds
        self._claims = claims or Claims(traces)
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._asking = asyncio.Lock()

    @property
    def is_asked(self) -> bool:
        """Whether a question is being answered now: work that can wait makes room for it."""
        return bool(self._tasks)

    async def ask(self, request: Ask) -> AskReply:
        """The answer, or how far it has come after `wait_seconds`."""
        if not request.question.strip():
            raise PermanentFailure("The question is empty; ask one in words.")
        if request.estimate_only:
            limits = self._limits(request)
            return AskReply(state="estimated", estimate=estimate_of(limits, self._models.settings_for("ask")))
        async with self._asking:
            trace_id = await self._begin(request)
        return await self._waited(trace_id, request.wait_seconds)

    async def cancel(self, request: CancelAsk) -> CancelAskReply:
        """What was paid stays in the trace. One that another process answers is ended there, within some seconds."""
        task = self._tasks.get(request.trace_id)
        if task is None:
            return CancelAskReply(was_running=await self._ended_elsewhere(request.trace_id))
        task.cancel(_BY_ITS_READER)
        await asyncio.wait([task])
        return CancelAskReply(was_running=True)

    async def tend(self) -> None:
        """Keep taking up the questions of processes that died, for ever."""
        while True:
            try:
                await self.go_on()
            except (TemporaryFailure, OSError) as error:
                log.warning("Questions are gone on with later: %s", error, extra={"action": "ask_resumes_later"})
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)

    async def go_on(self) -> None:
        """Take up the questions that a kill cut off, and that no other process works on."""
        for trace_id in await asyncio.to_thread(self._traces.unfinished, now() - GOES_ON_FOR):
            async with self._asking:
                if trace_id not in self._tasks and await asyncio.to_thread(self._claims.take, trace_id):
                    log.info("Going on with the question %s.", trace_id, extra={"action": "ask_resumed"})
                    self._start(trace_id)

    async def close(self) -> None:
        """Stop; questions under way go on at the next start."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _begin(self, request: Ask) -> str:
        """The trace of a question; a question that is new, or that nobody works on, is started."""
        ask_id = request.ask_id or uuid.uuid4().hex
        known = await asyncio.to_thread(self._traces.of_ask_id, request.user, ask_id) if request.ask_id else None
        if known is None:
            asked_at = now()
            history = await asyncio.to_thread(self._history, request.conversation, request.user)
            question = Question.of(request, asked_at, history, ask_id)
            trace_id = new_trace_id(asked_at, request.user, ask_id)
            known = await asyncio.to_thread(self._traces.begin, trace_id, self._first_step(question))
            if known == trace_id:
                await self._estimated(WrittenTrace(self._traces, trace_id), question)
                self._start(trace_id)
                return trace_id
        if known not in self._tasks and await asyncio.to_thread(self._claims.take, known):
            self._start(known)
        return known

    def _first_step(self, question: Question) -> Step:
        facts = {**question.model_dump(mode="json"), "owner": self._claims.name}
        return {"at": now().isoformat(), "step": "asked", "key": "", **facts}

    async def _estimated(self, trace: WrittenTrace, question: Question) -> Limits:
        """The limits of a question; those that held when it was asked hold when it is gone on with."""
        model = self._models.settings_for("ask")
        limits = limits_of(self._options, self._llm, model, question.budget)
        estimate = estimate_of(limits, model).model_dump(mode="json")
        facts: Facts = {"estimate": estimate, "limits": asdict(limits)}
        return Limits(**(await trace.once("estimated", "", lambda: asyncio.sleep(0, facts)))["limits"])

    def _start(self, trace_id: str) -> None:
        task = asyncio.get_running_loop().create_task(self._answer(trace_id), name=f"question {trace_id}")
        self._tasks[trace_id] = task
        task.add_done_callback(lambda _: self._tasks.pop(trace_id, None))

    async def _waited(self, trace_id: str, seconds: float) -> AskReply:
        """The answer as soon as it is there, at most `seconds` from now; of another process by its trace."""
        end = time.monotonic() + seconds
        task = self._tasks.get(trace_id)
        if task is not None and seconds > 0:
            await asyncio.wait([task], timeout=seconds)
        steps = await asyncio.to_thread(self._traces.steps, trace_id)
        while task is None and state_of(steps) == "running" and time.monotonic() < end:
            await asyncio.sleep(_POLL_SECONDS)
            steps = await asyncio.to_thread(self._traces.steps, trace_id)
        return reply_of(trace_id, steps)

    async def _answer(self, trace_id: str) -> None:
        """Answer a question and write down what became of it."""
        trace = WrittenTrace(self._traces, trace_id)
        watching = asyncio.create_task(self._watch(trace_id, asyncio.current_task()))
        try:
            result = await self._result(trace)
            facts: Facts = {"result": result.model_dump(mode="json")}
            await trace.once("answered", "", lambda: asyncio.sleep(0, facts))
        except asyncio.CancelledError as error:
            if error.args:  # a reader's wish; without words the service stops, and the question goes on at its start
                await asyncio.shield(trace.once("cancelled", "", lambda: asyncio.sleep(0, {})))
            raise
        except Exception as error:
            foreseen = isinstance(error, PapersysError)
            text = str(error) if foreseen else f"An error that nobody foresaw: {reason(error)}"
            extra = {"action": "ask_failed", "trace_id": trace_id}
            log.error("A question could not be answered: %s", text, extra=extra, exc_info=None if foreseen else error)
            await self._note_failure(trace, text)
        finally:
            watching.cancel()

    async def _watch(self, trace_id: str, task: "asyncio.Task[None] | None") -> None:
        """Cancel a task when another process has written down that its question is not wanted any more."""
        while task is not None and not await asyncio.to_thread(self._claims.is_unwanted, trace_id):  # noqa: ASYNC110
            await asyncio.sleep(_WATCH_SECONDS)
        if task is not None:
            task.cancel(_BY_ITS_READER)

    async def _ended_elsewhere(self, trace_id: str) -> bool:
        """Whether another process was answering a question; it is given some seconds to end that."""
        try:
            was_running = await asyncio.to_thread(self._claims.end, trace_id)
        except ValueError:  # no trace's id
            return False
        until = time.monotonic() + _ENDED_SECONDS
        while was_running and time.monotonic() < until:
            if await asyncio.to_thread(self._claims.is_finished, trace_id):
                break
            await asyncio.sleep(_POLL_SECONDS)
        return was_running

    async def _result(self, trace: WrittenTrace) -> ResearchResult:
        """Trouble that passes is waited out a few times."""
        question = Question.model_validate(trace.find("asked", ""))
        inquiry = self._inquiry(trace, question, await self._estimated(trace, question))
        for pause in self._pauses_seconds:
            try:
                return await self._loop.answer(inquiry)
            except TemporaryFailure as error:
                log.info("A question waits %g s: %s", pause, error, extra={"action": "ask_waits"})
                await asyncio.sleep(pause)
        return await self._loop.answer(inquiry)

    def _inquiry(self, trace: WrittenTrace, question: Question, limits: Limits) -> Inquiry:
        prompts = self._loaded_prompts()
        calls = ModelCalls(self._models, limits, trace, question, prompts.hash[:16] if prompts else "")
        return Inquiry(question, trace, limits, calls, prompts)

    def _loaded_prompts(self) -> Prompts | None:
        try:
            return self._prompts.load()
        except SettingsError as error:
            log.error("Questions are answered without the model: %s", error, extra={"action": "ask_prompts"})
            return None

    async def _note_failure(self, trace: WrittenTrace, text: str) -> None:
        try:
            await trace.once("failed", "", lambda: asyncio.sleep(0, {"problem": text}))
        except (PapersysError, OSError) as error:
            log.error("Not even that could be written down: %s", error, extra={"action": "ask_failed"})

    def _limits(self, request: Ask) -> Limits:
        return limits_of(self._options, self._llm, self._models.settings_for("ask"), request.budget)

    def _history(self, conversation: str, user: str) -> tuple[Turn, ...]:
        """What was asked before in this conversation by the same person, oldest first."""
        turns: list[Turn] = []
        while conversation and len(turns) < _MOST_TURNS:
            result = self._traces.result(conversation)
            if result is None or result.user != user:
                break
            turns.insert(0, Turn(question=result.question, answer=result.answer))
            conversation = result.conversation
        return tuple(turns)
