"""The papers that match a search form, a page at a time, or why there are none."""

import asyncio
import math
from dataclasses import dataclass

from services.publisher.finding.search.found_papers import with_metadata
from services.publisher.finding.search.search_form import MOST_PAGES, PAPERS_A_PAGE, SearchForm
from services.publisher.pages.cards import Card, CardHit, build_cards, rank_of, with_match
from services.publisher.pages.components import Components
from shared.contracts import Hit, HitsReply, SearchOrder
from shared.errors import RequestFailed
from shared.store.people.follows import Follow


@dataclass(frozen=True)
class SearchPage:
    """`cards` are those of one page, of `total` (`at_least`: or more); `note` says what the search could not do.

    `order` is the one that they have; None: as they are named in the query. `like` are papers to find similar ones to,
    `saved` searches that are followed.
    """

    form: SearchForm
    cards: list[Card]
    like: list[Card]
    problem: str = ""
    note: str = ""
    total: int = 0
    at_least: bool = False
    order: SearchOrder | None = "relevance"
    corrected: str = ""
    saved: tuple[Follow, ...] = ()

    @property
    def pages(self) -> int:
        return min(math.ceil(self.total / PAPERS_A_PAGE), MOST_PAGES)

    @property
    def next_page(self) -> str:
        """The address of the next page; empty on the last one."""
        return self.form.address_with(page=str(self.form.page + 1)) if self.form.page < self.pages else ""

    @property
    def previous_page(self) -> str:
        """The address of the page before; empty on the first one."""
        return self.form.address_with(page=str(self.form.page - 1)) if self.form.page > 1 else ""

    @property
    def count_words(self) -> str:
        """How many papers there are, in words."""
        noun = "paper" if self.total == 1 else "papers"
        return f"{'At least ' if self.at_least else ''}{self.total} {noun}"


async def build_search(components: Components, form: SearchForm) -> SearchPage:
    """Asks the ranker. `components` are those of the person who asks."""
    records, ratings = components.records, components.ratings
    if form.request is None:
        saved = await asyncio.to_thread(records.follows)
        searches = tuple(follow for follow in saved if follow.kind == "search")
        return SearchPage(form, [], [], form.problem, saved=searches)
    if named := form.paper_ids:
        of_page = named[form.request.offset : form.request.offset + PAPERS_A_PAGE]
        cards = await asyncio.to_thread(build_cards, records, ratings, of_page)
        return SearchPage(form, cards, [], total=len(named), order=None)
    like = await asyncio.to_thread(build_cards, records, ratings, form.request.like)
    try:
        reply = await components.bus.ask(form.request.model_copy(update={"user": components.user}))
    except RequestFailed as error:
        return SearchPage(form, [], like, f"No search right now: {error} See the status page.")
    if reply.problem:
        return SearchPage(form, [], like, reply.problem, corrected=form.corrected)
    hits = {hit.paper_id: _card_hit(hit, rank) for rank, hit in enumerate(reply.hits, form.request.offset + 1)}
    cards = await asyncio.to_thread(build_cards, records, ratings, list(hits), hits=hits)
    shown = [with_metadata(card, hit) for card, hit in zip(cards, reply.hits, strict=True)]
    total = _total(reply, form.request.offset)
    return SearchPage(form, shown, like, "", reply.note, total, reply.at_least, reply.order)


def _total(reply: HitsReply, offset: int) -> int:
    """How many papers were found; a ranker of an earlier version does not say."""
    return max(reply.total, offset + len(reply.hits) if reply.hits else 0)


def _card_hit(hit: Hit, rank: int) -> CardHit:
    """What found a paper; its rank is shown where it comes with a match score."""
    words = with_match(rank_of(rank), hit.probability) if hit.probability is not None else ""
    return CardHit(hit.reasons, words, title=hit.title, snippet=hit.snippet)
