"""The page `/results`."""

import asyncio

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.publisher.pages.addresses import read_paper_id
from services.publisher.pages.components import Components
from services.publisher.pages.responses import render
from services.publisher.paper.results.results_page import build_results
from shared.result_search import ResultQuestion

_LONGEST = 100


def router(components: Components) -> APIRouter:
    """Results by task, data set and metric."""
    pages = APIRouter()

    @pages.get("/results")
    async def results(
        request: Request, task: str = "", dataset: str = "", metric: str = "", paper: str = "", own: str = ""
    ) -> Response:
        mine = components.of(request)
        paper_id = read_paper_id(paper.strip()) if paper.strip() else ""
        question = ResultQuestion(
            task.strip()[:_LONGEST],
            dataset.strip()[:_LONGEST],
            metric.strip()[:_LONGEST],
            paper_id,
            own_only=bool(own),
            everything=bool(paper_id),
        )
        page = await asyncio.to_thread(build_results, mine.records, mine.ratings, question)
        return render(components, request, "results/results.html", page=page)

    return pages
