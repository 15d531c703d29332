"""What the fetcher answers."""

from collections.abc import Callable

from services.fetcher.arxiv.client import Arxiv
from services.fetcher.documents.document_fetcher import DocumentFetcher
from services.fetcher.metadata.lookup import look_up
from services.fetcher.metadata.revisions import Catalogue
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


def register(bus: Bus, arxiv: Arxiv, catalogue: Catalogue, documents: DocumentFetcher) -> None:
    async def on_lookup(request: Lookup) -> LookupReply:
        return await look_up(request.paper_ids, arxiv, catalogue)

    async def on_document(request: Document) -> DocumentReply:
        return await documents.get(request.paper_id, force=request.force)

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
