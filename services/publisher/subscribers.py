"""What the publisher does when a paper has been summarised."""

import asyncio

from services.publisher.site.markdown_files import Site
from shared.bus.bus import Bus
from shared.contracts import SummariesReady
from shared.errors import PapersFailed


def register(bus: Bus, site: Site) -> None:
    """Every summary becomes a page of the site."""

    async def on_summaries_ready(event: SummariesReady) -> None:
        failures = await asyncio.to_thread(site.publish, event.paper_ids)
        if failures:
            raise PapersFailed(failures)

    bus.on(SummariesReady, on_summaries_ready)
