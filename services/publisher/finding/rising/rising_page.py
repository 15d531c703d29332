"""What rises, with the papers that show it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from services.publisher.records.records import Records
from shared.bus.bus import Bus
from shared.contracts import Rising, RisingConcept, RisingReply
from shared.errors import RequestFailed
from shared.store.papers.metadata import Paper


@dataclass(frozen=True)
class RisingView:
    """A concept with its first papers, and the new ones nearest to the user's likes."""

    concept: RisingConcept
    earliest: list[Paper]
    nearest: list[Paper]

    @property
    def phrases(self) -> tuple[str, ...]:
        """What can be followed."""
        return (self.concept.name, *self.concept.also)

    @property
    def bars(self) -> list[tuple[str, int, float]]:
        """Of each four weeks the first day, the number of groups, and that as a share of the greatest."""
        most = max((period.groups for period in self.concept.periods), default=0) or 1
        return [
            (f"{period.begins.day} {period.begins:%b}", period.groups, period.groups / most)
            for period in self.concept.periods
        ]


@dataclass(frozen=True)
class RisingPage:
    """Concepts inside and outside the user's fields; `problem` says why nothing can be shown."""

    inside: Sequence[RisingView] = ()
    outside: Sequence[RisingView] = ()
    reply: RisingReply | None = None
    problem: str = ""

    @property
    def basis(self) -> str:
        """What was looked at, as people read it; empty where nothing could be."""
        reply = self.reply
        if reply is None or reply.as_of is None:
            return ""
        return (
            f"By first publication, in the {reply.weeks} weeks up to {reply.as_of.day} {reply.as_of:%B %Y}: "
            f"{reply.inside:,} papers of your fields and {reply.outside:,} just outside"
        )


async def build_rising(bus: Bus, records: Records) -> RisingPage:
    """Asks the ranker, which answers with what it found last; the first time takes some seconds."""
    try:
        reply = await bus.ask(Rising(user=records.user))
    except RequestFailed as error:
        return RisingPage(problem=f"What rises cannot be shown right now: {error} See the status page.")
    return await asyncio.to_thread(_page, reply, records)


def _page(reply: RisingReply, records: Records) -> RisingPage:
    papers = records.papers({name for concept in reply.concepts for name in (*concept.earliest, *concept.nearest)})
    views = [
        RisingView(
            concept,
            [papers[name] for name in concept.earliest if name in papers],
            [papers[name] for name in concept.nearest if name in papers],
        )
        for concept in reply.concepts
    ]
    inside = [view for view in views if view.concept.inside]
    return RisingPage(inside, [view for view in views if not view.concept.inside], reply)
