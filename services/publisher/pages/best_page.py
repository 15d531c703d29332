"""The best page: the best papers of the last days that the owner has not seen, from all that were harvested."""

import asyncio
from dataclasses import dataclass, replace

from services.publisher.pages.cards import Card, build_cards, match
from services.publisher.ratings import Ratings
from services.publisher.records import Library
from shared.bus.bus import Bus
from shared.contracts import HitsReply, Recommend
from shared.errors import RequestFailed

SPANS = (30, 60, 180)
_USUAL = 60
_LONGEST = 36_500
_SHOWN = 30
_NOTES = {
    "typical": "You have judged nothing yet, so the most typical papers come first. Like some, and they change.",
    "seeds": "These come first by your seeds. That is an order; how likely you are to like them is not known yet.",
    "similarity": "These come first by their likeness to what you judged. That is an order; how likely you are to like "
    "them is said after more ratings.",
}


@dataclass(frozen=True)
class BestPage:
    """`cards` best first; `note` says what the order rests on, `problem` why there is none."""

    days: int
    cards: list[Card]
    note: str = ""
    problem: str = ""

    @property
    def address(self) -> str:
        return f"/best?days={self.days}"


async def build_best(bus: Bus, library: Library, ratings: Ratings, days: int) -> BestPage:
    """Asks the ranker."""
    try:
        reply = await bus.ask(Recommend(days=days, limit=_SHOWN, user=library.user))
    except RequestFailed as error:
        return BestPage(days, [], problem=f"The best papers cannot be had now: {error} See the status page.")
    cards = await asyncio.to_thread(_cards, reply, library, ratings)
    return BestPage(days, cards, _NOTES.get(reply.regime, ""))


def read_days(text: str) -> int:
    """How far back a page looks; sixty days where that is not said, or makes no sense."""
    return int(text) if text.isascii() and text.isdigit() and 1 <= int(text) <= _LONGEST else _USUAL


def _cards(reply: HitsReply, library: Library, ratings: Ratings) -> list[Card]:
    reasons = {hit.paper_id: hit.reasons for hit in reply.hits}
    cards = build_cards(library, ratings, list(reasons), reasons=reasons)
    return [
        replace(card, found_as=match(f"no. {place}", hit.probability))
        for place, (card, hit) in enumerate(zip(cards, reply.hits, strict=True), 1)
    ]
