"""What the fetcher answers."""

from collections.abc import Callable

from services.fetcher.arxiv.client import Arxiv
from services.fetcher.documents.document_fetcher import DocumentFetcher
from services.fetcher.documents.local_documents import LocalDocuments
from services.fetcher.metadata.lookup import look_up
from services.fetcher.metadata.revisions import Catalogue
from services.fetcher.metadata.version_numbers import correct_versions
from services.fetcher.searching import search_arxiv
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
from shared.paper_ids import is_local


def register(
    bus: Bus, arxiv: Arxiv, catalogue: Catalogue, documents: DocumentFetcher, own_files: LocalDocuments
) -> None:
    async def on_lookup(request: Lookup) -> LookupReply:
        reply = await look_up(request.paper_ids, arxiv, catalogue)
        if request.exact_versions:
            await correct_versions(reply.found, arxiv, catalogue)
        return reply

    async def on_document(request: Document) -> DocumentReply:
        if is_local(request.paper_id):
            return await own_files.get(request.paper_id, force=request.force)
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
