"""Cited papers that were never harvested get their titles: looked up one after the other, at arXiv's pace, once."""

import asyncio
import logging

from services.summarizer.links.citations import Asks, UnknownPapers
from shared.contracts import Lookup
from shared.errors import RequestFailed
from shared.paper_ids import by_age
from shared.store.papers.links import LinkStore
from shared.store.papers.metadata import MetadataStore

log = logging.getLogger(__name__)

AT_ONCE = 10
"""arXiv answers one request in three seconds, and a request of ours waits for a minute at most."""


class CitedLookups:
    """What is to be looked up follows from the stored links, so that a restart forgets nothing."""

    def __init__(
        self,
        bus: Asks,
        links: LinkStore,
        metadata: MetadataStore,
        unknown: UnknownPapers,
        pause_seconds: float = 600.0,
    ) -> None:
        self._bus = bus
        self._links = links
        self._metadata = metadata
        self._unknown = unknown
        self._pause_seconds = pause_seconds

    async def run(self) -> None:
        """Look up what is new from time to time, for ever."""
        while True:
            await self.look_up_all()
            await asyncio.sleep(self._pause_seconds)

    async def look_up_all(self) -> int:
        """Look up what was never asked for; returns how many were found. Ends early where the fetcher is away."""
        waiting = await asyncio.to_thread(self.waiting)
        found = 0
        for start in range(0, len(waiting), AT_ONCE):
            part = waiting[start : start + AT_ONCE]
            try:
                reply = await self._bus.ask(Lookup(paper_ids=tuple(part)))
            except RequestFailed as error:
                log.info("Cited papers are looked up later: %s", error, extra={"action": "citations_not_looked_up"})
                break
            found += len(reply.found)
            missing = {paper_id: why for paper_id, why in reply.missing.items() if paper_id in part}
            if missing:
                await asyncio.to_thread(self._forget, missing)
        return found

    def waiting(self) -> list[str]:
        """The cited papers of which nothing is known, newest first."""
        cited = self._links.others("cites") - self._unknown.ids()
        return sorted(cited - self._metadata.has(cited), key=by_age, reverse=True)

    def _forget(self, missing: dict[str, str]) -> None:
        """Remember that arXiv lacks these papers, and drop the links to them."""
        self._unknown.add(missing)
        self._links.drop_links_to(missing, "cites")
