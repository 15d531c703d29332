"""The record of a paper that was read: what was made, and by what."""

import asyncio
import logging
from collections.abc import Callable, Sequence

from services.summarizer.evidence.checking import verification_of
from services.summarizer.roles.abstracts import roles_of_abstract
from services.summarizer.settings import Settings
from services.summarizer.state import State
from shared.contracts import PapersSelected, now
from shared.errors import TemporaryFailure
from shared.store.papers.links import LinkStore
from shared.store.papers.metadata import Paper
from shared.store.papers.summaries import AbstractRole, FieldValue, MadeBy, Summary, SummaryStore, Usage

log = logging.getLogger(__name__)

EXTRACTIVE = "extractive"


class Recorder:
    """Stores links first and the summary last: where there is a summary, everything else is there."""

    def __init__(
        self, settings: Settings, summaries: SummaryStore, links: LinkStore, usage_of: Callable[[str, str], Usage]
    ) -> None:
        """`usage_of` is the ledger's word on what the calls of an event for a paper used."""
        self._settings = settings
        self._usage_of = usage_of
        self._summaries = summaries
        self._links = links

    async def finish(self, state: State) -> State:
        """Sets `summary`, which is on disk then."""
        summary = await asyncio.to_thread(self.summary, state)
        await asyncio.to_thread(self._store, summary, state)
        facts = {"action": "summarised", "paper_id": summary.paper_id, "run_id": summary.made_by.run_id}
        log.info("Summarised %s.", summary.paper_id, extra={**facts, "model": summary.made_by.model})
        return {"summary": summary}

    async def stored(self, paper_id: str) -> Summary:
        """The summary that is on disk. Raises TemporaryFailure where it cannot be read."""
        summary = await asyncio.to_thread(self._summaries.get, paper_id)
        if summary is None:
            raise TemporaryFailure(f"The summary of {paper_id} was stored and cannot be read.")
        return summary

    def summary(self, state: State) -> Summary:
        """The record as it will be stored."""
        paper, event, by_model = state["paper"], state["event"], state["mode"] == "llm"
        options = self._settings.summarizer
        fields, left_out = without_made_up_items(state["fields"])
        made_by = MadeBy(
            run_id=event.run_id,
            event_id=event.event_id,
            model=state["model"] if by_model else EXTRACTIVE,
            prompt_hash=state["prompt_hash"] if by_model else "",
            language=options.language if by_model else "en",
            document_version=state["version"],
            document_route=state["route"],
            settings=_settings_that_matter(self._settings, by_model),
        )
        return Summary(
            paper_id=paper.paper_id,
            version=paper.version,
            mode=state["mode"],
            reading=state["reading"],
            fields=fields,
            tags=state["tags"],
            raw_tags=state.get("raw_tags", state.get("phrases", ())),
            notes=(*state["notes"], *left_out),
            oddities=state.get("oddities", ()),
            abstract_roles=_abstract_roles(paper.abstract, fields) if _shows_abstract(state["mode"], fields) else (),
            verification=verification_of(fields).model_copy(update={"repairs": state["rounds"]}),
            usage=self._usage_of(event.event_id, paper.paper_id),
            made_at=now(),
            made_by=made_by,
        )

    def _store(self, summary: Summary, state: State) -> None:
        self._links.put(summary.paper_id, list(state["links"]))
        self._summaries.put(summary)


def _shows_abstract(mode: str, fields: Sequence[FieldValue]) -> bool:
    """Whether pages show the abstract marked by role: no model wrote this, or a field that needs evidence is empty."""
    return mode == EXTRACTIVE or any(field.evidence and not field.claims for field in fields)


def _abstract_roles(abstract: str, fields: Sequence[FieldValue]) -> tuple[AbstractRole, ...]:
    """The sentences of the abstract with their roles; one that stands under a field has that field's name."""
    shown = {claim.text: field.name for field in fields for claim in field.claims}
    roles = [(one, shown.get(" ".join(one.text.split()), one.role)) for one in roles_of_abstract(abstract)]
    return tuple(AbstractRole(start=one.start, end=one.end, role=role) for one, role in roles if role)


def without_made_up_items(fields: Sequence[FieldValue]) -> tuple[tuple[FieldValue, ...], tuple[str, ...]]:
    """Items of lists whose quotes do not stand in the paper are left out, with a note: a name is right or wrong."""
    kept, notes = [], []
    for field in fields:
        claims = tuple(claim for claim in field.claims if field.kind != "list" or claim.found)
        if missing := len(field.claims) - len(claims):
            what = "1 item of" if missing == 1 else f"{missing} items of"
            notes.append(f"Left out: {what} {field.name.replace('_', ' ')} that the paper does not name.")
        kept.append(field.model_copy(update={"claims": claims}))
    return tuple(kept), tuple(notes)


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
