"""One person's questions, read from their traces; nobody sees those of others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import AwareDatetime, TypeAdapter, ValidationError

from services.publisher.asking.progress import QuestionState, state_of
from shared.contracts import DEFAULT_USER, Corpus, ResearchResult
from shared.store.research.traces import TraceStore

_MOMENT: TypeAdapter[datetime] = TypeAdapter(AwareDatetime)


@dataclass(frozen=True)
class Question:
    """A question, its steps so far, and its answer where there is one; `problem` says why there is none."""

    trace_id: str
    text: str
    user: str
    conversation: str
    corpus: Corpus
    asked_at: datetime | None
    steps: Sequence[Mapping[str, Any]]
    state: QuestionState
    result: ResearchResult | None = None
    problem: str = ""

    @property
    def is_running(self) -> bool:
        return self.state == "running"


def question_of(traces: TraceStore, trace_id: str, user: str) -> Question | None:
    """A user's question; None where the user asked no such one."""
    steps = traces.steps(trace_id)
    asked = next((step for step in steps if step.get("step") == "asked"), None)
    if asked is None or asked.get("user", DEFAULT_USER) != user:
        return None
    state = state_of(steps)
    return Question(
        trace_id=trace_id,
        text=str(asked.get("question", "")),
        user=user,
        conversation=str(asked.get("conversation") or ""),
        corpus=_corpus(asked.get("corpus")),
        asked_at=moment_of(asked.get("at")),
        steps=steps,
        state=state,
        result=traces.result(trace_id) if state == "done" else None,
        problem=_problem(steps) if state == "failed" else "",
    )


def conversation_before(traces: TraceStore, question: Question, most: int = 20) -> list[Question]:
    """The questions that led to this one, the first one first."""
    before: list[Question] = []
    seen = {question.trace_id}
    wanted = question.conversation
    while wanted and wanted not in seen and len(before) < most:
        seen.add(wanted)
        earlier = question_of(traces, wanted, question.user)
        if earlier is None:
            break
        before.insert(0, earlier)
        wanted = earlier.conversation
    return before


def _problem(steps: Sequence[Mapping[str, Any]]) -> str:
    failed: Mapping[str, Any] = next((step for step in reversed(steps) if step.get("step") == "failed"), {})
    return str(failed.get("problem") or failed.get("reason") or failed.get("error") or "it could not be answered")


def _corpus(content: Any) -> Corpus:
    try:
        return Corpus.model_validate(content)
    except ValidationError:
        return Corpus()


def moment_of(content: Any) -> datetime | None:
    """A time of a trace; None for what is none."""
    try:
        return _MOMENT.validate_python(content)
    except ValidationError:
        return None
