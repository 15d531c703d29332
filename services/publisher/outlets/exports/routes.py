"""Exports of papers: `/export/<list>.<format>`."""

import asyncio

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from services.publisher.outlets.exports.entries import build_entries
from services.publisher.outlets.exports.formats import FORMATS
from services.publisher.outlets.exports.lists import find_list
from services.publisher.pages.components import Components


def router(components: Components) -> APIRouter:
    """Downloads."""
    exports = APIRouter()

    @exports.get("/export/{name}.{ending}")
    async def export(request: Request, name: str, ending: str) -> Response:
        if ending not in FORMATS:
            raise HTTPException(404, f"There is no export as {ending[:20]!r}; there are {', '.join(FORMATS)}.")
        return await asyncio.to_thread(_download, components.of(request), name, ending, dict(request.query_params))

    return exports


def _download(mine: Components, name: str, ending: str, query: dict[str, str]) -> Response:
    """A file to be saved. Raises HTTPException 404 where there is no such list, or nothing in it."""
    wanted, form = find_list(mine, name, query), FORMATS[ending]
    entries = build_entries(mine, wanted.paper_ids)
    if not entries:
        raise HTTPException(404, "There is no paper in this list to export.")
    headers = {"Content-Disposition": f'attachment; filename="{wanted.file_name}.{ending}"'}
    return Response(form.write(entries), media_type=form.media_type, headers=headers)
