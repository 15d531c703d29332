"""Ratings as a file: `/ratings/export/<form>`."""

import asyncio

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from services.publisher.outlets.exports.ratings.rating_formats import FORMATS, RatedPapers
from services.publisher.pages.components import Components


def router(components: Components) -> APIRouter:
    """Downloads of the ratings that stand, with `?history=1` of all that was ever said."""
    exports = APIRouter()

    @exports.get("/ratings/export/{form}")
    async def export(request: Request, form: str, history: bool = False) -> Response:
        if form not in FORMATS:
            raise HTTPException(404, f"There is no export as {form[:20]!r}; there are {', '.join(FORMATS)}.")
        return await asyncio.to_thread(_download, components.of(request), form, history)

    return exports


def _download(mine: Components, name: str, history: bool) -> Response:
    form = FORMATS[name]
    if history and not form.holds_history:
        raise HTTPException(422, "Only CSV and JSON hold what you said before and took back.")
    ratings = (
        mine.ratings.all()
        if history
        else sorted(mine.ratings.current().values(), key=lambda rating: rating.occurred_at)
    )
    if not ratings:
        raise HTTPException(404, "You have rated no papers yet.")
    papers = mine.records.papers([rating.paper_id for rating in ratings])
    text = form.write(RatedPapers(ratings, papers, str(mine.templates.env.globals["arxiv"])))
    file_name = f"papersys-ratings{'-history' if history else ''}.{form.ending}"
    headers = {"Content-Disposition": f'attachment; filename="{file_name}"'}
    return Response(text, media_type=form.media_type, headers=headers)
