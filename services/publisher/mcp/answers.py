"""Answers as agents read them: the contract's result, whole or a page of it, and the steps that led to it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import Field

from services.publisher.asking.progress import QuestionState, step_words
from services.publisher.asking.questions import Question
from services.publisher.mcp.paper_results import Piece, Result
from shared.contracts import AnswerSentence, Citation, CostEstimate, ResearchResult
from shared.store.research.traces import TraceHead
from shared.text.safe.quoted_matter import quoted, quoted_line, seen

_PAGE_CHARACTERS = 24_000
_EXTRAS = ("gaps", "disagreements", "discoveries", "recommendations")
_MOST_EXTRAS = 40
_PROSE = ("answer", "text", "title", "section", "locator", "reason")
_MOST_STEP_CHARACTERS = 2_000
STEPS_A_PAGE = 50


class QuotedAnswer(Piece):
    """An answer made from papers' words; of `pages` pages this is one, with its sentences and their citations."""

    result: ResearchResult


class ResearchReply(Result):
    """An answer, or how far it has come."""

    trace_id: str = ""
    state: QuestionState = "running"
    page: int = 1
    pages: int = 1
    next: str = Field("", description="what to do next, where something is left to do")
    problem: str = ""
    estimate: CostEstimate | None = Field(None, description="what the question would cost at most")
    quoted: QuotedAnswer | None = None


class QuotedStep(Piece):
    """A step of answering; `facts` is JSON."""

    at: str = ""
    step: str
    words: str
    facts: str = ""


class AskedQuestion(Piece):
    """A question that the user asked."""

    trace_id: str
    question: str
    state: str
    asked_at: datetime
    conversation: str = ""


class QuotedSteps(Piece):
    steps: tuple[QuotedStep, ...] = ()
    result: ResearchResult | None = None


class TraceResult(Result):
    """A question's way to its answer; without a `trace_id`, the questions that were asked lately."""

    trace_id: str = ""
    state: QuestionState | str = ""
    problem: str = ""
    page: int = 1
    pages: int = 1
    steps: int = Field(0, description="how many steps there are")
    next_offset: int | None = None
    questions: tuple[AskedQuestion, ...] = ()
    quoted: QuotedSteps = QuotedSteps()


def reply_of(question: Question, page: int = 1) -> ResearchReply:
    """The answer of a question, or its state."""
    shown, pages = answer_page(question.result, page) if question.result else (None, 1)
    return ResearchReply(
        trace_id=question.trace_id,
        state=question.state,
        page=page,
        pages=pages,
        next=_next(question, page, pages),
        problem=quoted_line(question.problem),
        quoted=QuotedAnswer(result=shown) if shown else None,
    )


def trace_of(question: Question, page: int, offset: int) -> TraceResult:
    """The steps from `offset` on, and the page of the answer."""
    shown, pages = answer_page(question.result, page) if question.result else (None, 1)
    steps = question.steps[offset : offset + STEPS_A_PAGE]
    after = offset + len(steps)
    return TraceResult(
        trace_id=question.trace_id,
        state=question.state,
        problem=quoted_line(question.problem),
        page=page,
        pages=pages,
        steps=len(question.steps),
        next_offset=after if after < len(question.steps) else None,
        quoted=QuotedSteps(steps=tuple(map(_step, steps)), result=shown),
    )


def recent_of(heads: Sequence[TraceHead]) -> tuple[AskedQuestion, ...]:
    return tuple(
        AskedQuestion(
            trace_id=head.trace_id,
            question=quoted_line(head.question),
            state=str(getattr(head, "state", "")),
            asked_at=head.asked_at,
            conversation=head.conversation,
        )
        for head in heads
    )


def answer_page(result: ResearchResult, page: int) -> tuple[ResearchResult | None, int]:
    """A page of an answer, itself a whole result of the contract, and how many there are; None beyond the last.

    Sentences stand on a page with the citations that they rest on; what else the answer says is on the first.
    """
    safe = seen_result(result)
    pages = list(_pages(safe))
    if not 1 <= page <= len(pages):
        return None, len(pages)
    if len(pages) == 1:
        return safe, 1
    sentences = pages[page - 1]
    numbers = {number for sentence in sentences for number in sentence.citations}
    extras: dict[str, Any] = {} if page == 1 else dict.fromkeys(_EXTRAS, ())
    shown = {
        "answer": "\n\n".join(_with_numbers(sentence) for sentence in sentences),
        "sentences": sentences,
        "citations": tuple(citation for citation in safe.citations if citation.number in numbers),
        **extras,
    }
    return safe.model_copy(update=shown), len(pages)


def seen_result(result: ResearchResult) -> ResearchResult:
    """The same result with nothing hidden in its texts; an excerpt keeps its letters, to be looked up."""
    return ResearchResult.model_validate(_seen_texts(result.model_dump(mode="json")))


def _seen_texts(value: Any, name: str = "") -> Any:
    if isinstance(value, str):
        return quoted(value) if name in _PROSE else seen(value)
    if isinstance(value, Mapping):
        return {key: _seen_texts(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [_seen_texts(item, name) for item in (value[:_MOST_EXTRAS] if name in _EXTRAS else value)]
    return value


def _pages(result: ResearchResult) -> Iterator[tuple[AnswerSentence, ...]]:
    by_number = {citation.number: citation for citation in result.citations}
    page: list[AnswerSentence] = []
    size = 0
    for sentence in result.sentences:
        weight = _weight(sentence, by_number)
        if page and size + weight > _PAGE_CHARACTERS:
            yield tuple(page)
            page, size = [], 0
        page.append(sentence)
        size += weight
    yield tuple(page)


def _weight(sentence: AnswerSentence, citations: Mapping[int, Citation]) -> int:
    cited = (citations[number] for number in sentence.citations if number in citations)
    return len(sentence.text) + sum(len(citation.raw_excerpt) + 300 for citation in cited)


def _with_numbers(sentence: AnswerSentence) -> str:
    missing = [f"[{number}]" for number in sentence.citations if f"[{number}]" not in sentence.text]
    return " ".join([sentence.text, *missing])


def _step(step: Mapping[str, Any]) -> QuotedStep:
    facts = {name: value for name, value in step.items() if name not in ("at", "step", "result")}
    text = json.dumps(facts, ensure_ascii=False, default=str)
    return QuotedStep(
        at=quoted_line(str(step.get("at", "")), 40),
        step=quoted_line(str(step.get("step", "")), 40),
        words=step_words(step),
        facts=quoted_line(text, _MOST_STEP_CHARACTERS) if facts else "",
    )


def _next(question: Question, page: int, pages: int) -> str:
    if question.is_running:
        return f"It is being answered: call `trace` with trace_id {question.trace_id} to wait for the answer."
    if page < pages:
        return f"Call `trace` with trace_id {question.trace_id} and page {page + 1} for the rest of the answer."
    return ""
