"""What the publisher does when a paper has been summarised."""

import asyncio
from collections.abc import Callable

from services.publisher.site.markdown_files import Site
from shared.bus.bus import Bus
from shared.contracts import SummariesReady
from shared.errors import PapersFailed


def register(bus: Bus, site: Site, notice: Callable[[], None] = lambda: None) -> None:
    """Every summary becomes a page of the site; `notice` is called for those who write it elsewhere, in their time."""

    async def on_summaries_ready(event: SummariesReady) -> None:
        notice()
        failures = await asyncio.to_thread(site.publish, event.paper_ids)
        if failures:
            raise PapersFailed(failures)

    bus.on(SummariesReady, on_summaries_ready)
