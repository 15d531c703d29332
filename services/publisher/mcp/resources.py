"""Papers and days as resources: Markdown that an agent attaches, with the words of papers in lines with a > before."""

import asyncio
from typing import Any

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError, ToolError
from mcp_types import Resource

from services.publisher.mcp.paper_results import DayResult, PaperHit, PaperResult
from services.publisher.mcp.papers import day_of, summary_of, text_of
from services.publisher.mcp.quoting import NOTICE
from services.publisher.mcp.sources import OpenSources, Sources
from services.publisher.mcp.text_places import NotHere, Wanted
from services.publisher.mcp.tools.inputs import read_day, read_id, sources_of

NEWEST_DAY = Resource(
    uri="papersys://days/newest",
    name="newest_day",
    title="Picks of the newest day",
    description="The papers that were picked for the user, with what each says in a sentence.",
    mime_type="text/markdown",
)
_MARKDOWN = "text/markdown"
_MOST_PICKS = 200
_NOTICE = NOTICE.replace("What stands under `quoted` are", "Lines that begin with `>` are")
_NEWEST = "newest"


def add_resources(server: MCPServer, open_sources: OpenSources) -> None:
    """Put them on a server."""

    @server.resource("papersys://days/{day}", name="day", title="Picks of a day", mime_type=_MARKDOWN)
    async def day_resource(day: str, ctx: Context[Any, Any]) -> str:
        """The papers that were picked on a day (YYYY-MM-DD, or newest)."""
        return await _markdown(_day_markdown, sources_of(open_sources, ctx), day)

    @server.resource("papersys://papers/{+paper_id}", name="paper", title="A paper's summary", mime_type=_MARKDOWN)
    async def paper_resource(paper_id: str, ctx: Context[Any, Any]) -> str:
        """What a paper says in short, with the excerpts that show it."""
        return await _markdown(_paper_markdown, sources_of(open_sources, ctx), paper_id)

    @server.resource("papersys://texts/{+paper_id}", name="text", title="A paper's full text", mime_type=_MARKDOWN)
    async def text_resource(paper_id: str, ctx: Context[Any, Any]) -> str:
        """The full text of a paper, its first page where it is long; the tool `paper` turns the pages."""
        return await _markdown(_text_markdown, sources_of(open_sources, ctx), paper_id)


async def _markdown(make: Any, sources: Sources, name: str) -> str:
    """Raises ResourceNotFoundError."""
    try:
        return f"_{_NOTICE}_\n\n{await asyncio.to_thread(make, sources, name)}\n"
    except (NotHere, ToolError) as error:
        raise ResourceNotFoundError(str(error)) from error
    except OSError as error:
        raise ResourceError(f"It cannot be read now: {error.strerror}") from error


def _day_markdown(sources: Sources, name: str) -> str:
    day: DayResult = day_of(sources, None if name == _NEWEST else read_day(name), 0, _MOST_PICKS)
    if day.day is None:
        return "No day has picks yet."
    return "\n\n".join([f"# Picks of {day.day}", f"{day.total} of {day.considered} papers.", *map(_hit, day.papers)])


def _hit(paper: PaperHit) -> str:
    rank = f"{paper.rank}. " if paper.rank else ""
    facts = " · ".join(filter(None, (paper.match and f"{paper.match} match", paper.rating, paper.url)))
    words = (paper.quoted.title, ", ".join(paper.quoted.authors), paper.quoted.snippet)
    return f"## {rank}{paper.paper_id}\n\n{facts}\n\n{_quote(*words)}"


def _paper_markdown(sources: Sources, name: str) -> str:
    paper: PaperResult = summary_of(sources, read_id(name))
    quoted = paper.quoted
    facts = " · ".join(filter(None, (paper.url, ", ".join(paper.categories), paper.rating)))
    parts = [f"# {paper.paper_id}", facts, _quote(quoted.title, ", ".join(quoted.authors))]
    parts += ["## Abstract", _quote(quoted.abstract)] if quoted.abstract else []
    for field in quoted.fields:
        claims = [
            line
            for claim in field.claims
            for line in (claim.text, *(f"“{one.text}”" for one in claim.evidence if one.found))
        ]
        parts += [f"## {field.name.replace('_', ' ').capitalize()}", _quote(*claims)]
    titles = [f"{'  ' * section.depth}{section.number}. {section.title}" for section in quoted.sections]
    return "\n\n".join(filter(None, [*parts, *(["## Sections", _quote("\n".join(titles))] if titles else [])]))


def _text_markdown(sources: Sources, name: str) -> str:
    text = text_of(sources, read_id(name), None, Wanted())
    return f"# {text.paper_id}, page {text.page} of {text.pages}\n\n{_quote(text.quoted.text)}"


def _quote(*texts: str) -> str:
    """Every line marked, so that nothing in it can look like something that papersys says."""
    lines = "\n\n".join(filter(None, texts)).splitlines()
    return "\n".join(f"> {line}".rstrip() for line in lines)
