"""The loop as a LangGraph: plan, retrieve, re-rank, read, draft (again while something is missing), check, mend, end.

It has no tools and no checkpointer: each effect is a line of the question's trace, so a question that was killed goes
on by walking the same graph over these lines, and a replay is the same walk with nothing to do on the way.
"""

import asyncio
from typing import Any

from services.summarizer.research.loop.ports import Papers, Passages
from services.summarizer.research.loop.stages.finishing import result_of
from services.summarizer.research.loop.state import Inquiry, State
from services.summarizer.research.loop.steps import Steps
from services.summarizer.vectors import Encoder
from shared.contracts import ResearchResult

_MOST_STEPS = 60


class Loop:
    """Answers questions. The graph is built when it is first needed: importing LangGraph takes over a second."""

    def __init__(self, passages: Passages, papers: Papers, encoder: Encoder, currency: str = "") -> None:
        self._passages = passages
        self._papers = papers
        self._steps = Steps(passages, papers, encoder)
        self._currency = currency
        self._graph: Any = None
        self._building = asyncio.Lock()

    async def open(self) -> None:
        async with self._building:
            if self._graph is None:
                self._graph = await asyncio.to_thread(_graph_of, self._steps)

    async def answer(self, inquiry: Inquiry) -> ResearchResult:
        """The result, from where the trace of an earlier try ends. Raises TemporaryFailure, NotInTrace."""
        await self.open()
        from langsmith import tracing_context

        with tracing_context(enabled=False):  # whatever the environment says, questions go to no tracing service
            state: State = await self._graph.ainvoke({"inquiry": inquiry}, {"recursion_limit": _MOST_STEPS})
        return await result_of(state, self._passages, self._papers, self._currency)


def after_draft(state: State) -> str:
    """Whether to look for what is missing, or to check what there is."""
    draft, limits = state["draft"], state["inquiry"].limits
    is_missing = draft is not None and bool(draft.missing) and state["round"] < limits.rounds
    return "look_further" if is_missing and not _was_stuck(state) else "check"


def _was_stuck(state: State) -> bool:
    """Whether a call of this round was not to be had. Later rounds do not count: a replay sees their lines, too."""
    trace, rounds = state["inquiry"].trace, range(1, state["round"] + 1)
    purposes = ["plan", *(f"{what} {number}" for what in ("rank", "answer") for number in rounds)]
    return any(trace.find("stuck", purpose) is not None for purpose in purposes)


def after_check(state: State) -> str:
    """A model mends once what does not follow."""
    may_mend = state["draft"] is not None and not state.get("is_mended") and any(said.why for said in state["checked"])
    return "mend" if may_mend else "end"


def _graph_of(steps: Steps) -> Any:
    from langgraph.graph import END, START, StateGraph

    graph: Any = StateGraph(State)
    for name in ("plan", "retrieve", "rerank", "read", "draft", "look_further", "check", "mend"):
        graph.add_node(f"{name}_step", getattr(steps, name))
    for one, other in (
        ("plan", "retrieve"), ("retrieve", "rerank"), ("rerank", "read"), ("read", "draft"),
        ("look_further", "retrieve"),
    ):  # fmt: skip
        graph.add_edge(f"{one}_step", f"{other}_step")
    graph.add_edge(START, "plan_step")
    graph.add_conditional_edges("draft_step", after_draft, {"look_further": "look_further_step", "check": "check_step"})
    graph.add_conditional_edges("check_step", after_check, {"mend": "mend_step", "end": END})
    graph.add_edge("mend_step", END)
    return graph.compile()
