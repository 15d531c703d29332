"""What the feedback service does with a verdict."""

import asyncio
import logging

from services.feedback.settings import FeedbackSettings
from shared.bus import Bus
from shared.contracts import FeedbackLabel, Lookup
from shared.errors import RequestFailed
from shared.store.metadata import MetadataStore
from shared.store.preferences import VerdictStore, verdicts_of

log = logging.getLogger(__name__)


def register(bus: Bus, verdicts: VerdictStore, metadata: MetadataStore, settings: FeedbackSettings) -> None:
    """Every verdict is stored: it is the owner's word, whether or not the paper was ever harvested."""

    async def on_feedback_label(event: FeedbackLabel) -> None:
        stored = await asyncio.to_thread(verdicts.append, verdicts_of(event))
        facts = {"action": "verdict_stored", "label": event.label, "source": event.source, "event_id": event.event_id}
        log.info("Stored %d of %d verdicts.", stored, len(event.paper_ids), extra=facts)
        known = await asyncio.to_thread(metadata.get, event.paper_ids)
        unknown = tuple(paper_id for paper_id in event.paper_ids if paper_id not in known)
        if unknown and settings.look_up:
            await look_up(bus, unknown)

    bus.on(FeedbackLabel, on_feedback_label)


async def look_up(bus: Bus, paper_ids: tuple[str, ...]) -> None:
    """Ask for the metadata of papers that were never harvested; without it their verdicts still stand."""
    try:
        reply = await bus.ask(Lookup(paper_ids=paper_ids))
        missing = reply.missing
    except RequestFailed as error:
        missing = dict.fromkeys(paper_ids, str(error))
    for paper_id, why in missing.items():
        facts = {"action": "lookup_failed", "paper_id": paper_id}
        log.warning("The verdict is stored, but its paper is not known: %s", why, extra=facts)
