"""The reply to Ask, by the steps of a trace."""

from collections.abc import Sequence

from pydantic import ValidationError

from shared.contracts import AskReply, CostEstimate, Quote, ResearchResult
from shared.store.research.traces import Step


def reply_of(trace_id: str, steps: Sequence[Step]) -> AskReply:
    """The answer, why there is none, or that it is under way."""
    by_name = {str(step.get("step")): step for step in steps}
    estimate = _estimate(by_name.get("estimated", {}))
    if "answered" in by_name:
        return _answered(trace_id, by_name["answered"], estimate)
    if "failed" in by_name:
        problem = str(by_name["failed"].get("problem", ""))
        return AskReply(trace_id=trace_id, state="failed", problem=problem, estimate=estimate)
    if "cancelled" in by_name:
        return AskReply(trace_id=trace_id, state="failed", problem="The question was cancelled.", estimate=estimate)
    return AskReply(trace_id=trace_id, state="running", estimate=estimate)


def _answered(trace_id: str, step: Step, estimate: CostEstimate | None) -> AskReply:
    try:
        result = ResearchResult.model_validate(step.get("result"))
    except ValidationError:
        problem = "The answer was written by another version and cannot be read; ask the question again."
        return AskReply(trace_id=trace_id, state="failed", problem=problem)
    quotes = tuple(
        Quote(paper_id=citation.paper_id, text=citation.raw_excerpt, section=citation.section)
        for citation in result.citations
    )
    return AskReply(
        trace_id=trace_id,
        answer=result.answer,
        mode=result.mode,
        quotes=quotes,
        result=result,
        estimate=estimate,
    )


def _estimate(step: Step) -> CostEstimate | None:
    try:
        return CostEstimate.model_validate(step.get("estimate"))
    except ValidationError:
        return None
