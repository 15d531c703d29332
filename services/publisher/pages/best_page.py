"""The best page: the best papers of recent days that the user has not seen, among all that were harvested."""

import asyncio
from dataclasses import dataclass

from services.publisher.pages.cards import Card, CardHit, build_cards, rank_of, with_match
from services.publisher.records.ratings import Ratings
from services.publisher.records.records import Records
from shared.bus.bus import Bus
from shared.contracts import HitsReply, Recommend
from shared.errors import RequestFailed

SPANS = (30, 60, 180)
_DEFAULT_DAYS = 60
_MOST_DAYS = 36_500
_SHOWN_PAPERS = 30
_NOTES = {
    "typical": "You have not rated any papers yet, so the most typical papers come first. Ratings change the order.",
    "seeds": "Ranked by similarity to your seeds; no match score yet.",
    "similarity": "Ranked by similarity to the papers you rated; no match score yet, which takes more ratings.",
}


@dataclass(frozen=True)
class BestPage:
    """`cards` best first; `note` says what the ranking rests on, `problem` why there is none."""

    days: int
    cards: list[Card]
    note: str = ""
    problem: str = ""

    @property
    def address(self) -> str:
        return f"/best?days={self.days}"


async def build_best(bus: Bus, records: Records, ratings: Ratings, days: int) -> BestPage:
    """Asks the ranker."""
    try:
        reply = await bus.ask(Recommend(days=days, limit=_SHOWN_PAPERS, user=records.user))
    except RequestFailed as error:
        return BestPage(days, [], problem=f"No recommendations right now: {error} See the status page.")
    cards = await asyncio.to_thread(_cards, reply, records, ratings)
    return BestPage(days, cards, _NOTES.get(reply.regime, ""))


def read_days(text: str) -> int:
    """How many days to look back; 60 where the text is not a number of days."""
    return int(text) if text.isascii() and text.isdigit() and 1 <= int(text) <= _MOST_DAYS else _DEFAULT_DAYS


def _cards(reply: HitsReply, records: Records, ratings: Ratings) -> list[Card]:
    hits = {
        hit.paper_id: CardHit(
            hit.reasons, with_match(rank_of(rank), hit.probability), match=hit.match, details=hit.details
        )
        for rank, hit in enumerate(reply.hits, 1)
    }
    return build_cards(records, ratings, list(hits), hits=hits)
