"""What the summarizer answers about passages, reading lists and questions."""

import asyncio
from collections.abc import Callable

from services.summarizer.research.library.listing import Listing
from services.summarizer.research.loop.asked.questions import Questions
from services.summarizer.research.retrieval.corpora import Corpora
from services.summarizer.research.retrieval.retriever import Hit, Retriever
from shared.bus.bus import Bus
from shared.contracts import (
    AddPapers,
    Ask,
    AskReply,
    CancelAsk,
    CancelAskReply,
    FindPassages,
    FindPassagesReply,
    PassageHit,
    ReadingListReply,
    RemovePapers,
    UpdatePapers,
)
from shared.paper_ids import is_local
from shared.store.papers.metadata import MetadataStore


def register_library(bus: Bus, listing: Listing, wake: Callable[[], None]) -> None:
    """Requests about reading lists; `wake` begins the work behind them."""

    async def on_add(request: AddPapers) -> ReadingListReply:
        reply = await asyncio.to_thread(listing.add, request)
        wake()
        return reply

    async def on_update(request: UpdatePapers) -> ReadingListReply:
        reply = await asyncio.to_thread(listing.update, request)
        wake()
        return reply

    async def on_remove(request: RemovePapers) -> ReadingListReply:
        return await asyncio.to_thread(listing.remove, request)

    bus.answer(AddPapers, on_add)
    bus.answer(UpdatePapers, on_update)
    bus.answer(RemovePapers, on_remove)


def register_passages(bus: Bus, retriever: Retriever, corpora: Corpora, metadata: MetadataStore) -> None:
    """Passages that fit a query."""

    async def on_find_passages(request: FindPassages) -> FindPassagesReply:
        corpus = await corpora.resolve(request.corpus, request.user)
        hits = await retriever.find(request.query, corpus, request.limit)
        titles = await asyncio.to_thread(_titles, metadata, hits)
        return FindPassagesReply(passages=tuple(_passage(hit, titles) for hit in hits))

    bus.answer(FindPassages, on_find_passages)


def register_questions(bus: Bus, questions: Questions) -> None:
    """Questions, and the wish to stop answering one."""

    async def on_ask(request: Ask) -> AskReply:
        return await questions.ask(request)

    async def on_cancel_ask(request: CancelAsk) -> CancelAskReply:
        return await questions.cancel(request)

    bus.answer(Ask, on_ask)
    bus.answer(CancelAsk, on_cancel_ask)


def _titles(metadata: MetadataStore, hits: list[Hit]) -> dict[str, str]:
    papers = metadata.get(hit.chunk.paper_id for hit in hits if not is_local(hit.chunk.paper_id))
    return {paper_id: paper.title for paper_id, paper in papers.items()}


def _passage(hit: Hit, titles: dict[str, str]) -> PassageHit:
    chunk = hit.chunk
    return PassageHit(
        paper_id=chunk.paper_id,
        version=chunk.version,
        title=titles.get(chunk.paper_id) or chunk.title,
        chunk_id=chunk.chunk_id,
        section=chunk.section,
        text=chunk.text,
        score=hit.score,
        page=chunk.page,
        start=chunk.start,
        end=chunk.end,
    )
