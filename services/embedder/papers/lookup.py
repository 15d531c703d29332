"""Papers of an event, with those that were never harvested looked up at arXiv by the fetcher."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from services.embedder.papers.embedding import PaperEmbedder
from shared.bus.bus import Bus
from shared.contracts import Lookup
from shared.errors import PermanentFailure, RequestFailed, TemporaryFailure
from shared.store.papers.metadata import Paper


@dataclass(frozen=True)
class EventPapers:
    """The papers of an event whose metadata is stored, and why each of the others is missing."""

    available: list[Paper]
    missing: dict[str, Exception] = field(default_factory=dict)


async def find_papers(bus: Bus, embedder: PaperEmbedder, paper_ids: Sequence[str]) -> EventPapers:
    """Every paper is found or has its reason; TemporaryFailure as the reason where asking again may help."""
    papers = await embedder.metadata_of(paper_ids)
    strangers = _without(paper_ids, papers)
    if not strangers:
        return EventPapers(papers)
    missing = await _look_up(bus, strangers)
    papers = await embedder.metadata_of(paper_ids)
    for paper_id in _without(paper_ids, papers):
        missing.setdefault(paper_id, TemporaryFailure(f"{paper_id} was looked up, but its metadata is not stored."))
    return EventPapers(papers, missing)


async def _look_up(bus: Bus, paper_ids: list[str]) -> dict[str, Exception]:
    """Why there is no metadata of a paper, for those where the fetcher found none."""
    try:
        reply = await bus.ask(Lookup(paper_ids=tuple(paper_ids)))
    except RequestFailed as error:
        return {paper_id: error.as_failure(f"{paper_id} could not be looked up: ") for paper_id in paper_ids}
    return {paper_id: PermanentFailure(f"{paper_id}: {why}") for paper_id, why in reply.missing.items()}


def _without(paper_ids: Sequence[str], papers: list[Paper]) -> list[str]:
    ids = {paper.paper_id for paper in papers}
    return [paper_id for paper_id in dict.fromkeys(paper_ids) if paper_id not in ids]
