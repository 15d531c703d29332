"""What the fetcher answers."""

from collections.abc import Callable
from dataclasses import dataclass

from services.fetcher.arxiv.client import Arxiv
from services.fetcher.documents.document_fetcher import DocumentFetcher
from services.fetcher.documents.local_documents import LocalDocuments
from services.fetcher.metadata.lookup import look_up
from services.fetcher.metadata.revisions import Catalogue
from services.fetcher.metadata.version_numbers import correct_versions
from services.fetcher.searching import search_arxiv
from services.fetcher.sources.registry import Servers
from services.fetcher.sources.server_documents import ServerDocuments
from shared.bus.bus import Bus
from shared.contracts import (
    ArxivSearch,
    ArxivSearchReply,
    Document,
    DocumentReply,
    Harvest,
    HarvestReply,
    Lookup,
    LookupReply,
)
from shared.paper_ids import is_arxiv, is_local


@dataclass(frozen=True)
class Documents:
    """Who has the text of a paper: arXiv, a person, or another server."""

    of_arxiv: DocumentFetcher
    own_files: LocalDocuments
    of_servers: ServerDocuments

    async def get(self, paper_id: str, *, force: bool = False, version: int | None = None) -> DocumentReply:
        """Raises TemporaryFailure."""
        if is_local(paper_id):
            return await self.own_files.get(paper_id, force=force)
        whose = self.of_arxiv if is_arxiv(paper_id) else self.of_servers
        return await whose.get(paper_id, force=force, version=version)


def register(bus: Bus, arxiv: Arxiv, catalogue: Catalogue, documents: Documents, servers: Servers) -> None:
    async def on_lookup(request: Lookup) -> LookupReply:
        of_arxiv = tuple(paper_id for paper_id in request.paper_ids if is_arxiv(paper_id))
        reply = await look_up(of_arxiv, arxiv, catalogue)
        if request.exact_versions:
            await correct_versions(reply.found, arxiv, catalogue)
        others = [paper_id for paper_id in request.paper_ids if not is_arxiv(paper_id)]
        if not others:
            return reply
        of_servers = await servers.look_up(others)
        missing = {**reply.missing, **of_servers.missing}
        return LookupReply(found=(*reply.found, *of_servers.found), missing=missing)

    async def on_document(request: Document) -> DocumentReply:
        return await documents.get(request.paper_id, force=request.force, version=request.version)

    async def on_search(request: ArxivSearch) -> ArxivSearchReply:
        return await search_arxiv(request.query, request.limit, arxiv)

    bus.answer(Lookup, on_lookup)
    bus.answer(ArxivSearch, on_search)
    bus.answer(Document, on_document)


def register_harvest(bus: Bus, harvest_now: Callable[[], None]) -> None:
    """Who asks for a harvest is told that it is due, and sees in the run's record what came of it."""

    async def on_harvest(request: Harvest) -> HarvestReply:
        harvest_now()
        return HarvestReply()

    bus.answer(Harvest, on_harvest)
