"""What a paper's page opens on demand: similar papers, and what changed between two versions."""

import asyncio

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from services.publisher.pages.addresses import read_number, read_paper_id
from services.publisher.pages.components import Components
from services.publisher.pages.responses import render
from services.publisher.paper.changes import Changes, changes_between
from services.publisher.paper.similar_papers import build_similar
from services.publisher.records.records import Records
from shared.paper_labels import paper_label


def router(components: Components) -> APIRouter:
    """To be included before the page of a paper, whose address takes in all that follows."""
    pages = APIRouter()

    @pages.get("/paper/{text:path}/similar")
    async def similar(request: Request, text: str) -> Response:
        paper_id = read_paper_id(text)
        page = await build_similar(components.of(request), paper_id)
        is_part = "part" in request.query_params
        template = "paper/_similar.html" if is_part else "paper/similar.html"
        return render(components, request, template, paper_id=paper_id, page=page)

    @pages.get("/paper/{text:path}/changes")
    async def changes(request: Request, text: str) -> Response:
        paper_id = read_paper_id(text)
        before, after = read_number(request, "from"), read_number(request, "to")
        if not before or not after:
            raise HTTPException(404, "Which versions? The address needs both, as in ?from=1&to=2.")
        records = components.of(request).records
        title, found = await asyncio.to_thread(_changes, records, paper_id, before, after)
        facts = {"paper_id": paper_id, "title": title, "changes": found}
        return render(components, request, "paper/changes.html", 200, before=before, after=after, **facts)

    return pages


def _changes(records: Records, paper_id: str, before: int, after: int) -> tuple[str, Changes]:
    """The paper's title and what changed. Raises HTTPException 404 where one of the texts is not stored."""
    texts = [records.documents.markdown(paper_id, version) for version in (before, after)]
    for version, text in zip((before, after), texts, strict=True):
        if text is None:
            raise HTTPException(404, f"The text of version {version} of {paper_label(paper_id)} is not stored here.")
    paper = records.papers([paper_id]).get(paper_id)
    return paper.title if paper else paper_label(paper_id), changes_between(texts[0] or "", texts[1] or "")
