"""The record of a paper that was read: what was made, and by what."""

import asyncio

from services.summarizer.llm.prompts import prompt_hash
from services.summarizer.settings import Settings
from services.summarizer.state import State
from shared.contracts import PapersSelected, now
from shared.store.links import LinkStore
from shared.store.papers.metadata import Paper
from shared.store.summaries import MadeBy, Summary, SummaryStore

EXTRACTIVE = "extractive"


class Recorder:
    """Stores links first and the summary last: where there is a summary, everything else is there."""

    def __init__(self, settings: Settings, summaries: SummaryStore, links: LinkStore) -> None:
        self._settings = settings
        self._summaries = summaries
        self._links = links

    async def finish(self, state: State) -> State:
        """Sets `summary`, which is on disk then."""
        summary = self.summary(state)
        await asyncio.to_thread(self._store, summary, state)
        return {"summary": summary}

    def summary(self, state: State) -> Summary:
        """The record as it will be stored."""
        paper, by_model = state["paper"], state["mode"] == "llm"
        options = self._settings.summarizer
        made_by = MadeBy(
            run_id=state["event"].run_id,
            event_id=state["event"].event_id,
            model=self._settings.llm.model if by_model else EXTRACTIVE,
            prompt_hash=prompt_hash(options.fields, options.claims_per_field) if by_model else "",
            document_version=state["version"],
            document_route=state["route"],
            settings=_settings_that_matter(self._settings, by_model),
        )
        return Summary(
            paper_id=paper.paper_id,
            version=paper.version,
            mode=state["mode"],
            fields=state["fields"] or (),
            tags=state["tags"],
            raw_tags=state.get("raw_tags", ()),
            notes=state["notes"],
            made_at=now(),
            made_by=made_by,
        )

    def _store(self, summary: Summary, state: State) -> None:
        self._links.put(summary.paper_id, list(state["links"]))
        self._summaries.put(summary)


def is_done(stored: Summary | None, paper: Paper | None, event: PapersSelected) -> bool:
    """Whether nothing is left to do but to say so again: the version was read, or this very event forced it already."""
    if stored is None:
        return False
    if event.force:
        return stored.made_by.event_id == event.event_id
    return paper is None or stored.version >= paper.version


def _settings_that_matter(settings: Settings, by_model: bool) -> dict[str, str]:
    options = settings.summarizer
    common = {
        "fields": " ".join(field.name for field in options.fields),
        "claims_per_field": str(options.claims_per_field),
        "same_tag_similarity": f"{options.same_tag_similarity:g}",
        "neighbour_similarity": f"{options.neighbour_similarity:g}",
        "vectors": settings.embedding.model,
    }
    return {**common, "max_input_chars": str(settings.llm.max_input_chars)} if by_model else common
