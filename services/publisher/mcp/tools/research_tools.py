"""Tools that answer questions from papers: research, and trace, which says how an answer came about."""

import asyncio
import time
from typing import Annotated, Any

import anyio
from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import ToolAnnotations
from pydantic import Field

from services.publisher.asking.progress import step_words
from services.publisher.asking.questions import Question, question_of
from services.publisher.mcp.answers import (
    QuotedAnswer,
    ResearchReply,
    TraceResult,
    answer_page,
    recent_of,
    reply_of,
    trace_of,
)
from services.publisher.mcp.sources import OpenSources, Sources
from services.publisher.mcp.tools.asked_once import AskedOnce, new_ask
from services.publisher.mcp.tools.inputs import CorpusText, Page, TraceId, read_corpus, sources_of, told
from services.publisher.mcp.tools.paper_tools import READING
from shared.contracts import AskReply, Budget
from shared.text.safe.quoted_matter import quoted_line

_ASKING = ToolAnnotations(read_only_hint=False, destructive_hint=False, idempotent_hint=False, open_world_hint=True)
WaitSeconds = Annotated[float, Field(ge=0, le=600, description="answer after so long at most, finished or not")]
_WATCH_SECONDS = 0.5
_POLL_SECONDS = 2.0
_RECENT = 20


def add_research_tools(server: MCPServer, open_sources: OpenSources, *, is_read_only: bool = False) -> None:
    """Put them on a server; questions to a read-only one cost no money."""
    most_money = 0.0 if is_read_only else None

    @server.tool(title="Ask papers", annotations=_ASKING)
    async def research(
        ctx: Context,
        question: Annotated[str, Field(min_length=1, max_length=2000, description="one question, in plain words")],
        corpus: CorpusText = "mine",
        conversation: Annotated[
            str, Field(max_length=80, description="trace_id of the question that this one follows up")
        ] = "",
        most_tokens: Annotated[int | None, Field(ge=0, description="tokens that the answer may cost")] = None,
        most_seconds: Annotated[float | None, Field(gt=0, le=3600, description="seconds it may take")] = None,
        estimate_only: Annotated[bool, Field(description="only say what it would cost at most")] = False,
        wait_seconds: WaitSeconds = 50.0,
    ) -> ResearchReply:
        """Answer a question from the user's papers: each sentence with verbatim citations that were looked up.

        Says what was not found, where papers disagree, and which cited papers may be worth adding; an honest refusal
        where the papers do not say. It may take minutes: where it is not done after `wait_seconds`, the answer goes on
        being made, and `trace` with its trace_id waits for it. Cancelling the call stops it.
        """
        sources = sources_of(open_sources, ctx)
        with told():
            ask = new_ask(
                question=question,
                corpus=read_corpus(corpus),
                budget=Budget(tokens=most_tokens, money=most_money, seconds=most_seconds),
                conversation=conversation,
                user=sources.user,
                estimate_only=estimate_only,
            )
            async with AskedOnce(sources.system, ask) as asked:
                return await _answered(ctx, sources, asked, wait_seconds)

    @server.tool(title="How an answer came about", annotations=READING)
    async def trace(
        ctx: Context,
        trace_id: TraceId = "",
        page: Page = 1,
        offset: Annotated[int, Field(ge=0, le=100_000, description="how many steps to leave out")] = 0,
        wait_seconds: Annotated[
            float, Field(ge=0, le=600, description="while it is being answered: wait so long for the answer")
        ] = 0.0,
    ) -> TraceResult:
        """A question's answer and the steps that led to it; without a trace_id the questions asked lately."""
        sources = sources_of(open_sources, ctx)
        if not trace_id:
            heads = await asyncio.to_thread(sources.traces.recent, sources.user, _RECENT)
            return TraceResult(questions=recent_of(heads))
        question = await _watched(ctx, sources, trace_id, wait_seconds)
        reply = trace_of(question, page, offset)
        if page > reply.pages:
            raise ToolError(f"The answer has {reply.pages} {'page' if reply.pages == 1 else 'pages'}, no page {page}.")
        return reply


async def _answered(ctx: Context[Any, Any], sources: Sources, asked: AskedOnce, wait_seconds: float) -> ResearchReply:
    """Ask until there is an answer or the time is over; each new step is told as progress."""
    deadline, told_steps = time.monotonic() + wait_seconds, 0
    while True:
        left = deadline - time.monotonic()
        reply = await asked.ask(wait_seconds=min(_POLL_SECONDS, max(0.0, left)) if told_steps else 0.0)
        told_steps = await _tell(ctx, sources, reply.trace_id, told_steps)
        if reply.state != "running" or left <= 0:
            asked.leave()
            return await asyncio.to_thread(_reply, sources, reply)


def _reply(sources: Sources, reply: AskReply) -> ResearchReply:
    if reply.state == "estimated":
        return ResearchReply(trace_id=reply.trace_id, state="done", estimate=reply.estimate)
    question = question_of(sources.traces, reply.trace_id, sources.user)
    if reply.result is None and question is not None and reply.state != "failed":
        return reply_of(question)
    shown, pages = answer_page(reply.result, 1) if reply.result else (None, 1)
    waiting = f"It is being answered: call `trace` with trace_id {reply.trace_id} to wait for the answer."
    rest = f"Call `trace` with trace_id {reply.trace_id} and page 2 for the rest of the answer." if pages > 1 else ""
    return ResearchReply(
        trace_id=reply.trace_id,
        state="done" if reply.state == "done" else "failed" if reply.state == "failed" else "running",
        pages=pages,
        next=waiting if reply.state == "running" else rest,
        problem=quoted_line(reply.problem),
        quoted=QuotedAnswer(result=shown) if shown else None,
    )


async def _watched(ctx: Context[Any, Any], sources: Sources, trace_id: str, wait_seconds: float) -> Question:
    """A question of the user's, once it is answered or the time is over. Raises ToolError where there is none."""
    deadline, told_steps = time.monotonic() + wait_seconds, 0
    while True:
        question = await asyncio.to_thread(question_of, sources.traces, trace_id, sources.user)
        if question is None:
            raise ToolError(f"There is no question {trace_id!r} of yours.")
        if not question.is_running or time.monotonic() >= deadline:
            return question
        told_steps = await _tell(ctx, sources, trace_id, told_steps)
        await anyio.sleep(_WATCH_SECONDS)


async def _tell(ctx: Context[Any, Any], sources: Sources, trace_id: str, told_steps: int) -> int:
    """Report the steps that are new; returns how many were told by now, one at least."""
    steps = await asyncio.to_thread(sources.traces.steps, trace_id) if trace_id else []
    for number, step in enumerate(steps[told_steps:], start=told_steps + 1):
        if words := step_words(step):
            await ctx.report_progress(number, message=words)
    return max(1, told_steps, len(steps))
