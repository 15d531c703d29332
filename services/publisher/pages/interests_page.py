"""The interests page: facets of what the owner likes, with their papers and what to want more or less of."""

import asyncio
from dataclasses import dataclass

from services.publisher.records import Library
from shared.bus.bus import Bus
from shared.contracts import InterestFacet, Interests, InterestsReply
from shared.errors import RequestFailed
from shared.store.papers.metadata import Paper

_SHOWN_PAPERS = 8


@dataclass(frozen=True)
class FacetView:
    """A facet and its newest papers."""

    facet: InterestFacet
    papers: list[Paper]

    @property
    def trend(self) -> list[tuple[str, int]]:
        """Months with the facet's share of their likes in per cent."""
        return [(month, round(100 * share)) for month, share in self.facet.trend]


@dataclass(frozen=True)
class InterestsPage:
    """Facets that cross fields first; `problem` says why nothing can be shown."""

    facets: list[FacetView]
    likes: int = 0
    sample: int = 0
    note: str = ""
    problem: str = ""


async def build_interests(bus: Bus, library: Library) -> InterestsPage:
    """Asks the ranker, which may take some seconds after new ratings."""
    try:
        reply: InterestsReply = await bus.ask(Interests(user=library.user))
    except RequestFailed as error:
        return InterestsPage([], problem=f"Interests cannot be had now: {error} See the status page for the ranker.")
    return await asyncio.to_thread(_page, reply, library)


def _page(reply: InterestsReply, library: Library) -> InterestsPage:
    ordered = sorted(reply.facets, key=lambda one: (not one.crosses, one.p_value))
    papers = library.papers({paper_id for one in ordered for paper_id in one.paper_ids[-_SHOWN_PAPERS:]})
    views = [
        FacetView(
            facet=one,
            papers=[papers[paper_id] for paper_id in reversed(one.paper_ids[-_SHOWN_PAPERS:]) if paper_id in papers],
        )
        for one in ordered
    ]
    return InterestsPage(views, reply.likes, reply.sample, reply.note)
