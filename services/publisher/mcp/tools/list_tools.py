"""Tools about what the user keeps: rate, add, list. The first two change something and are left out where that is not
wanted."""

import asyncio
from collections.abc import Sequence
from typing import Annotated, Literal

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import ToolAnnotations
from pydantic import Field

from services.publisher.mcp.paper_results import AddResult, ListedHit, ListResult, QuotedTitle, RateResult
from services.publisher.mcp.sources import OpenSources, Sources
from services.publisher.mcp.tools.inputs import Limit, Offset, PaperIdText, read_arxiv_id, sources_of, told
from services.publisher.mcp.tools.paper_tools import READING
from shared.contracts import AddPapers, FeedbackLabel, Label, ListedPaper
from shared.paper_ids import parse_versioned_id
from shared.text.safe.quoted_matter import quoted_line

_CHANGING = ToolAnnotations(read_only_hint=False, destructive_hint=False, idempotent_hint=True, open_world_hint=True)
_SAID: dict[str, str] = {"like": "Liked.", "dislike": "Disliked.", "clear": "The rating was removed."}
_LABELS: dict[str, Literal["like", "dislike", ""]] = {"like": "like", "dislike": "dislike", "clear": ""}


def add_list_tools(server: MCPServer, open_sources: OpenSources, *, is_read_only: bool) -> None:
    """Put them on a server."""

    @server.tool(name="list", title="Reading list", annotations=READING)
    async def list_papers(ctx: Context, limit: Limit = 50, offset: Offset = 0) -> ListResult:
        """The papers on the user's reading list, in the order in which they were added, and how ready each is."""
        sources = sources_of(open_sources, ctx)
        listed = await asyncio.to_thread(sources.reading_list.of_user, sources.user)
        shown = listed[offset : offset + limit]
        after = offset + len(shown)
        return ListResult(
            papers=_hits(sources, shown), total=len(listed), next_offset=after if after < len(listed) else None
        )

    if is_read_only:
        return

    @server.tool(title="Rate a paper", annotations=_CHANGING)
    async def rate(
        ctx: Context,
        paper_id: PaperIdText,
        rating: Annotated[Label, Field(description="clear removes the rating")],
    ) -> RateResult:
        """Rate a paper in the user's name, which changes the picks of the days to come. Only where the user asked."""
        sources, wanted = sources_of(open_sources, ctx), read_arxiv_id(paper_id)
        event = FeedbackLabel(paper_ids=(wanted,), label=rating, source="mcp", user=sources.user, actor=sources.user)
        problem = await sources.system.send(event)
        if problem is not None:
            raise ToolError(f"The rating was not saved ({problem}). Try again in a moment.")
        await asyncio.to_thread(sources.ratings.add_published, event)
        return RateResult(paper_id=wanted, rating=_LABELS[rating], said=_SAID[rating])

    @server.tool(title="Add to the reading list", annotations=_CHANGING)
    async def add(
        ctx: Context,
        papers: Annotated[
            list[str],
            Field(min_length=1, max_length=100, description="arXiv ids or addresses; 2403.12345v2 pins a version"),
        ],
    ) -> AddResult:
        """Put papers on the user's reading list: they are fetched, cut into sections and can be asked with `research`.

        The work goes on behind it; `list` says how ready each paper is.
        """
        sources = sources_of(open_sources, ctx)
        wanted, versions, refused = _read_ids(papers)
        if not wanted:
            raise ToolError("; ".join(refused.values()))
        with told():
            reply = await sources.system.ask(AddPapers(paper_ids=wanted, versions=versions, user=sources.user))
        return AddResult(papers=_hits(sources, reply.papers), refused={**refused, **reply.refused})


def _hits(sources: Sources, listed: Sequence[ListedPaper]) -> tuple[ListedHit, ...]:
    return tuple(
        ListedHit(
            paper_id=paper.paper_id,
            url=sources.address(paper.paper_id, paper.version),
            version=paper.version,
            newer_version=paper.newer_version,
            state=paper.state,
            problem=quoted_line(paper.problem, 500),
            sections=paper.sections,
            chunks=paper.chunks,
            added_at=paper.added_at,
            quoted=QuotedTitle(title=quoted_line(paper.title, 500)),
        )
        for paper in listed
    )


def _read_ids(texts: Sequence[str]) -> tuple[tuple[str, ...], dict[str, int], dict[str, str]]:
    """The ids, each once, the versions that were named, and what is wrong with the other texts."""
    versions: dict[str, int | None] = {}
    refused: dict[str, str] = {}
    for text in texts:
        try:
            paper_id, version = parse_versioned_id(text[:300])
        except ValueError as error:
            refused[text[:300]] = str(error)
            continue
        versions[paper_id] = version or versions.get(paper_id)
    return tuple(versions), {paper_id: version for paper_id, version in versions.items() if version}, refused
