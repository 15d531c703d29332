"""The page Ask: a question, its progress, its answer, and what can be done with it."""

import asyncio
from typing import Any

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.publisher.api.forms import read_fields
from services.publisher.asking.ask_form import KINDS, AskForm
from services.publisher.asking.ask_page import build_question, citation_path
from services.publisher.asking.citation_places import place_of
from services.publisher.asking.export import answer_markdown, file_name
from services.publisher.asking.questions import Question, question_of
from services.publisher.pages.components import Components
from services.publisher.pages.responses import render
from services.publisher.paper.revisions.cited_since import answers_on_withdrawn
from shared.contracts import AskReply, CancelAsk, Citation, CostEstimate
from shared.errors import RequestFailed
from shared.store.research.traces import TraceStore

_HISTORY, _LONG_HISTORY = 30, 1_000
_MOST_BYTES = 60_000


def router(components: Components, traces: TraceStore, arxiv: str) -> APIRouter:
    """`/ask` and the questions under it; `arxiv` is where papers' originals are."""
    pages = APIRouter()

    @pages.get("/ask")
    async def ask_page(request: Request) -> Response:
        return await _form_page(components, traces, request, AskForm.of_fields(dict(request.query_params)))

    @pages.post("/ask")
    async def ask(request: Request) -> Response:
        fields = await read_fields(request, _MOST_BYTES)
        form, wants_estimate = AskForm.of_fields(fields), fields.get("action") == "estimate"
        try:
            wanted = form.request(components.of(request).user, estimate_only=wants_estimate)
            reply = await components.bus.ask(wanted)
        except (ValueError, RequestFailed) as error:
            status = 503 if isinstance(error, RequestFailed) else 422
            return await _form_page(components, traces, request, form, str(error), status=status)
        if reply.trace_id and not wants_estimate:
            return RedirectResponse(f"/ask/{reply.trace_id}", status_code=303)
        problem = "" if wants_estimate and reply.estimate else _reason(reply)
        return await _form_page(components, traces, request, form, problem, reply.estimate)

    @pages.get("/ask/{trace_id}")
    async def question(request: Request, trace_id: str) -> Response:
        mine = components.of(request)
        page = await asyncio.to_thread(build_question, traces, mine.records, trace_id, mine.user)
        if page is None:
            raise HTTPException(404, "You asked no such question.")
        return render(
            components, request, "ask/question.html", page=page, kinds=KINDS, citation_path=citation_path(trace_id)
        )

    @pages.post("/ask/{trace_id}/cancel")
    async def cancel(request: Request, trace_id: str) -> Response:
        asked = await asyncio.to_thread(_own, components, traces, request, trace_id)
        try:
            reply = await components.bus.ask(CancelAsk(trace_id=trace_id))
        except RequestFailed as error:
            raise HTTPException(503, f"The question was not cancelled: {error}") from error
        if asked.is_running and not reply.was_running:
            raise HTTPException(409, "Nobody is answering this question now, so there was nothing to cancel.")
        return RedirectResponse(f"/ask/{trace_id}", status_code=303)

    @pages.get("/ask/{trace_id}/answer.md")
    async def export(request: Request, trace_id: str) -> Response:
        asked = await asyncio.to_thread(_own, components, traces, request, trace_id)
        if asked.result is None:
            raise HTTPException(404, "This question has no answer to export.")
        papers = await asyncio.to_thread(components.records.papers, asked.result.sources + _cited(asked))
        content = answer_markdown(asked.result, papers, arxiv)
        disposition = f'attachment; filename="{file_name(asked.result)}"'
        return Response(
            content, media_type="text/markdown; charset=utf-8", headers={"Content-Disposition": disposition}
        )

    @pages.get("/ask/{trace_id}/citation/{number}")
    async def citation(request: Request, trace_id: str, number: str) -> Response:
        asked = await asyncio.to_thread(_own, components, traces, request, trace_id)
        cited = _citation(asked, number)
        place = await asyncio.to_thread(place_of, components.of(request).records, cited)
        if place.address and place.is_found:
            return RedirectResponse(place.address, status_code=303)
        return render(components, request, "ask/citation.html", page=asked, citation=cited, place=place)

    return pages


async def _form_page(
    components: Components,
    traces: TraceStore,
    request: Request,
    form: AskForm,
    problem: str = "",
    estimate: CostEstimate | None = None,
    status: int = 200,
) -> Response:
    most = _LONG_HISTORY if request.query_params.get("history") == "all" else _HISTORY
    mine = components.of(request)
    history = await asyncio.to_thread(traces.recent, mine.user, most)
    shaken = await asyncio.to_thread(answers_on_withdrawn, mine.records)
    facts: dict[str, Any] = {"form": form, "kinds": KINDS, "history": history, "problem": problem, "estimate": estimate}
    facts["shaken"] = shaken
    facts["has_older"] = len(history) == most == _HISTORY
    return render(components, request, "ask/ask.html", status, **facts)


def _own(components: Components, traces: TraceStore, request: Request, trace_id: str) -> Question:
    """A question of whoever asks for it. Raises HTTPException 404."""
    question = question_of(traces, trace_id, components.of(request).user)
    if question is None:
        raise HTTPException(404, "You asked no such question.")
    return question


def _citation(question: Question, text: str) -> Citation:
    """Raises HTTPException 404."""
    citations = question.result.citations if question.result else ()
    found = next((citation for citation in citations if str(citation.number) == text), None)
    if found is None:
        raise HTTPException(404, "This answer has no such citation.")
    return found


def _cited(question: Question) -> tuple[str, ...]:
    return tuple(citation.paper_id for citation in question.result.citations) if question.result else ()


def _reason(reply: AskReply) -> str:
    return reply.problem or "The question could not be asked; try again in a moment."
