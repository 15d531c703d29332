"""A question answered again from its trace alone: every decision is made anew, no model and no search is asked."""

from collections.abc import Sequence
from typing import Any, NoReturn

from services.summarizer.llm.asking import Step
from services.summarizer.research.loop.graph import Loop
from services.summarizer.research.loop.limits import Limits
from services.summarizer.research.loop.model_calls import ModelCalls
from services.summarizer.research.loop.question import Question
from services.summarizer.research.loop.state import Inquiry
from services.summarizer.research.tracing.trace import ReplayedTrace
from shared.contracts import ResearchResult
from shared.errors import PermanentFailure
from shared.settings.sections.language_models import LanguageModelSettings
from shared.store.research.traces import TraceStore


async def replayed(traces: TraceStore, trace_id: str) -> ResearchResult:
    """The result that the trace's steps lead to. Raises PermanentFailure where there is none, or no end to it."""
    steps = traces.steps(trace_id)
    trace = ReplayedTrace(trace_id, steps)
    asked, estimated = trace.find("asked", ""), trace.find("estimated", "")
    if asked is None or estimated is None:
        raise PermanentFailure(f"There is no trace {trace_id!r}; `papersys ask --history` lists the latest questions.")
    question, limits = Question.model_validate(asked), Limits(**estimated["limits"])
    calls = ModelCalls(_NoModels(was_asked=bool(trace.all("drafted"))), limits, trace, question)
    nothing: Any = _Nothing()
    return await Loop(nothing, nothing, nothing).answer(Inquiry(question, trace, limits, calls, prompts=None))


class _NoModels:
    """Says whether a model was there; none is asked."""

    def __init__(self, *, was_asked: bool) -> None:
        self._was_asked = was_asked

    def model_for(self, step: Step) -> str | None:
        return "replayed" if self._was_asked else None

    def settings_for(self, step: Step) -> LanguageModelSettings | None:
        return None

    async def ask(self, conversation: Sequence[Any], kind: Any, context: Any) -> Any:
        raise PermanentFailure("A replay asks no model.")


class _Nothing:
    """Whatever is asked of it is not in the trace."""

    def __getattr__(self, name: str) -> NoReturn:
        raise PermanentFailure(f"A replay needs {name}, which the trace does not have.")
