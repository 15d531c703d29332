"""A question on its way: asked over the bus, its steps told as its trace grows, cancelled by Ctrl-C."""

import asyncio
import contextlib
import time
import uuid

from services.summarizer.cli.asking.shown import estimate_line
from shared.bus.questions.asking import ask_once
from shared.command_line.output import complaints
from shared.command_line.progress import spinner
from shared.contracts import Ask, AskReply, CancelAsk, CostEstimate, ResearchResult
from shared.errors import PapersysError, RequestFailed
from shared.settings.settings import BusSettings
from shared.store.research.traces import LAST_STEPS, TraceStore
from shared.text.wording.traces import words_of_step

_LOOK_SECONDS = 0.2
_ASK_AGAIN_SECONDS = 20.0


class Follower:
    """Asks the running system."""

    def __init__(self, bus: BusSettings, traces: TraceStore) -> None:
        self._bus = bus
        self._traces = traces

    def estimate(self, request: Ask) -> CostEstimate:
        """What a question costs at most. Raises RequestFailed, PapersysError."""
        reply = self._asked(request.model_copy(update={"estimate_only": True}))
        if reply.estimate is None:
            raise PapersysError("The running papersys gives no estimate; is it an older version?")
        return reply.estimate

    def answer(self, request: Ask) -> ResearchResult:
        """The answer; its steps are told on standard error. Raises RequestFailed, PapersysError."""
        request = request.model_copy(update={"ask_id": uuid.uuid4().hex, "wait_seconds": 0.0})
        reply = self._asked(request)
        if reply.estimate is not None and reply.estimate.llm_calls:
            complaints.print(estimate_line(reply.estimate), style="dim", highlight=False, markup=False)
        try:
            reply = self._followed(request, reply)
        except KeyboardInterrupt:
            with contextlib.suppress(PapersysError):
                asyncio.run(ask_once(self._bus, CancelAsk(trace_id=reply.trace_id)))
            raise PapersysError(f"Cancelled; what was done stands in the trace {reply.trace_id}.") from None
        if reply.result is None:
            raise PapersysError(f"The question was not answered: {reply.problem or 'no reason is given.'}")
        return reply.result

    def _followed(self, request: Ask, reply: AskReply) -> AskReply:
        """Wait for the end of the trace; where it cannot be read here, by asking again."""
        told, asked_at = 0, time.monotonic()
        with spinner("Asking") as tell:
            while reply.state == "running":
                steps = self._traces.steps(reply.trace_id)
                for step in steps[told:]:
                    if words := words_of_step(step):
                        tell(words)
                        complaints.print(f"  {words}", style="dim", highlight=False, markup=False)
                told = len(steps)
                is_over = bool(steps) and steps[-1].get("step") in LAST_STEPS
                if is_over or time.monotonic() - asked_at > _ASK_AGAIN_SECONDS:
                    reply, asked_at = self._again(request, reply), time.monotonic()
                time.sleep(_LOOK_SECONDS)
        return reply

    def _again(self, request: Ask, reply: AskReply) -> AskReply:
        """How far it has come; a system that is away for a moment is waited for."""
        try:
            return self._asked(request)
        except RequestFailed as error:
            if not error.retryable:
                raise
            return reply

    def _asked(self, request: Ask) -> AskReply:
        return asyncio.run(ask_once(self._bus, request))
