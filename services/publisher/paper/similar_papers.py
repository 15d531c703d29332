"""The papers most similar to one, as the ranker finds them by vectors."""

import asyncio
from dataclasses import dataclass

from services.publisher.pages.cards import Card, build_cards
from services.publisher.pages.components import Components
from shared.contracts import Search
from shared.errors import RequestFailed

_SHOWN = 8


@dataclass(frozen=True)
class SimilarPapers:
    """The papers, most similar first; `problem` says why there are none."""

    cards: list[Card]
    problem: str = ""


async def build_similar(components: Components, paper_id: str) -> SimilarPapers:
    """Asks the ranker; the paper itself is left out."""
    try:
        reply = await components.bus.ask(Search(like=(paper_id,), limit=_SHOWN + 1, user=components.user))
    except RequestFailed as error:
        return SimilarPapers([], f"Similar papers cannot be looked up right now: {error}")
    ids = [hit.paper_id for hit in reply.hits if hit.paper_id != paper_id][:_SHOWN]
    cards = await asyncio.to_thread(build_cards, components.records, components.ratings, ids)
    return SimilarPapers(cards, reply.note if not cards else "")
