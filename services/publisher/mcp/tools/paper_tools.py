"""Tools that read papers: search, today, paper, related, why."""

import asyncio
from typing import Annotated, Literal

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import ToolAnnotations
from pydantic import Field

from services.publisher.finding.search.found_papers import with_metadata
from services.publisher.mcp.paper_results import (
    DayResult,
    PaperHit,
    PaperResult,
    QuotedInfluence,
    QuotedReasons,
    QuotedRelation,
    QuotedWord,
    RelatedHit,
    RelatedResult,
    SearchResult,
    WhyResult,
)
from services.publisher.mcp.papers import cards_of, day_of, hit_of, summary_of, text_of
from services.publisher.mcp.quoting import quoted_lines
from services.publisher.mcp.sources import OpenSources, Sources
from services.publisher.mcp.text_places import Wanted
from services.publisher.mcp.tools.inputs import (
    Limit,
    Offset,
    Page,
    PaperIdText,
    read_arxiv_id,
    read_day,
    read_id,
    sources_of,
    told,
)
from shared.contracts import (
    MARK_END,
    MARK_START,
    Explain,
    ExplainReply,
    HitsReply,
    Related,
    RelatedPaper,
    Search,
    SearchOrder,
    WordInfluence,
)
from shared.text.safe.quoted_matter import quoted_line

READING = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)
SEARCHING = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=True)
SectionNumber = Annotated[int, Field(ge=1, le=100_000)]
SectionTitle = Annotated[str, Field(min_length=1, max_length=300)]
_LONGEST_TITLE = 500


def add_paper_tools(server: MCPServer, open_sources: OpenSources) -> None:
    """Put the tools that read papers on a server."""

    @server.tool(title="Search papers", annotations=SEARCHING)
    async def search(
        ctx: Context,
        query: Annotated[
            str,
            Field(
                max_length=2000,
                description='keywords or a sentence; knows "a phrase", -without, title:word, author:name, cat:cs.LG, '
                "from:2026-01, to:2026",
            ),
        ] = "",
        like: Annotated[list[str], Field(max_length=20, description="find papers similar to these arXiv ids")] = [],  # noqa: B006
        where: Annotated[
            Literal["library", "arxiv"], Field(description="all harvested papers, or arXiv's own search, re-ranked")
        ] = "library",
        order: Annotated[
            SearchOrder, Field(description="best, newest, or most likely to be liked first")
        ] = "relevance",
        limit: Limit = 20,
        offset: Offset = 0,
    ) -> SearchResult:
        """Search papers by keywords and meaning. Gives ids, titles and a snippet; read one with `paper`."""
        sources = sources_of(open_sources, ctx)
        if not query.strip() and not like:
            raise ToolError("Give a query, or papers to find similar ones to.")
        ids = tuple(map(read_arxiv_id, like))
        with told():
            reply = await sources.system.ask(
                Search(query=query, like=ids, where=where, order=order, limit=limit, offset=offset, user=sources.user)
            )
        if reply.problem:
            raise ToolError(reply.problem)
        return await asyncio.to_thread(_search_result, sources, reply, offset)

    @server.tool(title="Picks of a day", annotations=READING)
    async def today(
        ctx: Context,
        day: Annotated[str, Field(max_length=10, description="YYYY-MM-DD; the newest day where it is empty")] = "",
        limit: Limit = 20,
        offset: Offset = 0,
    ) -> DayResult:
        """The papers that were picked for the user on a day, best first, each with its summary in a sentence."""
        sources, wanted = sources_of(open_sources, ctx), read_day(day)
        with told():
            return await asyncio.to_thread(day_of, sources, wanted, offset, limit)

    @server.tool(title="Read a paper", annotations=READING)
    async def paper(
        ctx: Context,
        paper_id: PaperIdText,
        part: Annotated[
            Literal["summary", "text"],
            Field(
                description="summary: metadata, checked summary and headings; text: the whole text, page by page. "
                "A section, start or end reads that piece of the text, whatever stands here"
            ),
        ] = "summary",
        section: Annotated[
            SectionNumber | SectionTitle | None,
            Field(
                description="a section of the text: its number in the headings of the summary, or its title or how "
                "that begins, in any case, with or without its label: 3, `Method`, `2.1`"
            ),
        ] = None,
        start: Annotated[int | None, Field(ge=0, description="of the text: the first character of an excerpt")] = None,
        end: Annotated[int | None, Field(ge=0, description="of the text: the character after an excerpt")] = None,
        version: Annotated[
            int | None, Field(ge=1, le=999_999, description="which version; the newest that is stored otherwise")
        ] = None,
        page: Page = 1,
    ) -> PaperResult:
        """Read a paper: what it says in short with the excerpts that show it, its headings, or a piece of its text."""
        sources, paper_id, piece = sources_of(open_sources, ctx), read_id(paper_id), Wanted(section, start, end, page)
        with told():
            if part == "summary" and not piece.is_a_piece:
                return await asyncio.to_thread(summary_of, sources, paper_id, version)
            return await asyncio.to_thread(text_of, sources, paper_id, version, piece)

    @server.tool(title="Related papers", annotations=READING)
    async def related(ctx: Context, paper_id: PaperIdText, limit: Limit = 20) -> RelatedResult:
        """The papers that one is linked to: cited, extended, compared with, similar; with sentences that show it."""
        sources, wanted = sources_of(open_sources, ctx), read_arxiv_id(paper_id)
        with told():
            reply = await sources.system.ask(Related(paper_id=wanted, limit=limit, everything=True))
        return RelatedResult(paper_id=wanted, papers=tuple(_related(sources, hit) for hit in reply.papers))

    @server.tool(title="Why a paper was picked", annotations=READING)
    async def why(ctx: Context, paper_id: PaperIdText) -> WhyResult:
        """Why a paper was picked for the user or not: its score, and the ratings, words and tags that decided."""
        sources, wanted = sources_of(open_sources, ctx), read_arxiv_id(paper_id)
        with told():
            return _why(await sources.system.ask(Explain(paper_id=wanted, user=sources.user)))


def _search_result(sources: Sources, reply: HitsReply, offset: int) -> SearchResult:
    cards = cards_of(sources, [hit.paper_id for hit in reply.hits])
    papers: list[PaperHit] = []
    for card, hit in zip(cards, reply.hits, strict=True):
        snippet = hit.snippet.replace(MARK_START, "").replace(MARK_END, "")
        found = hit_of(sources, with_metadata(card, hit), snippet, hit.score)
        reasons = quoted_lines(hit.reasons, 300, 10)
        more = {"match": hit.match, "probability": hit.probability}
        papers.append(found.model_copy(update={**more, "quoted": found.quoted.model_copy(update={"reasons": reasons})}))
    after = offset + len(papers)
    return SearchResult(
        papers=tuple(papers),
        total=max(reply.total, after if papers else 0),
        at_least=reply.at_least,
        next_offset=after if papers and after < reply.total and after <= 1000 else None,
        note=quoted_line(reply.note),
    )


def _related(sources: Sources, hit: RelatedPaper) -> RelatedHit:
    return RelatedHit(
        paper_id=hit.paper_id,
        url=sources.address(hit.paper_id),
        relation=quoted_line(hit.type.replace("_", " "), 60),
        direction=hit.direction,
        confidence=hit.confidence,
        quoted=QuotedRelation(
            title=quoted_line(hit.title, _LONGEST_TITLE),
            evidence=quoted_line(hit.evidence),
            quote=quoted_line(hit.quote),
            other_quote=quoted_line(hit.other_quote),
        ),
    )


def _why(reply: ExplainReply) -> WhyResult:
    influences = tuple(
        QuotedInfluence(
            paper_id=quoted_line(one.paper_id, 200),
            title=quoted_line(one.title, _LONGEST_TITLE),
            weight=one.weight,
            label=one.label,
        )
        for one in reply.influences
    )
    return WhyResult(
        paper_id=reply.paper_id,
        match=reply.match,
        score=reply.score,
        probability=reply.probability,
        scores_higher_than=reply.ahead_of,
        rests_on=quoted_line(reply.regime, 300),
        quoted=QuotedReasons(
            outcomes=quoted_lines(reply.outcomes),
            influences=influences,
            words=_words(reply.words),
            tags=_words(reply.tags),
            changes=quoted_lines(reply.changes),
        ),
    )


def _words(words: tuple[WordInfluence, ...]) -> tuple[QuotedWord, ...]:
    return tuple(QuotedWord(text=quoted_line(word.text, 100), weight=word.weight) for word in words)
