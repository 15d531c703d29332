"""The interests page: facets of what the user likes, with their papers and buttons for more or less of each."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from services.publisher.records.records import Records
from shared.bus.bus import Bus
from shared.contracts import InterestFacet, Interests, InterestsReply, now
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
        """The facet's share of each month's likes, in per cent."""
        return [(month, round(100 * share)) for month, share in self.facet.trend]


@dataclass(frozen=True)
class InterestsPage:
    """Facets that cross fields first; `problem` says why nothing can be shown."""

    facets: list[FacetView]
    likes: int = 0
    sample: int = 0
    note: str = ""
    signals: str = ""
    problem: str = ""

    @property
    def tomorrow(self) -> str:
        """The first day that a pause may last until."""
        return f"{now() + timedelta(days=1):%Y-%m-%d}"


async def build_interests(bus: Bus, records: Records) -> InterestsPage:
    """Asks the ranker, which may take some seconds after new ratings."""
    try:
        reply = await bus.ask(Interests(user=records.user))
    except RequestFailed as error:
        return InterestsPage([], problem=f"Interests are not available right now: {error} See the status page.")
    return await asyncio.to_thread(_page, reply, records)


def _page(reply: InterestsReply, records: Records) -> InterestsPage:
    ordered = sorted(reply.facets, key=lambda facet: (not facet.crosses, facet.p_value))
    papers = records.papers({paper_id for facet in ordered for paper_id in facet.paper_ids[-_SHOWN_PAPERS:]})
    views = [
        FacetView(
            facet=facet,
            papers=[papers[paper_id] for paper_id in reversed(facet.paper_ids[-_SHOWN_PAPERS:]) if paper_id in papers],
        )
        for facet in ordered
    ]
    return InterestsPage(views, reply.likes, reply.sample, reply.note, reply.signals)
