"""What is exported of a paper: its metadata, its summary in a sentence, and what the user said of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from services.publisher.pages.cards import LEAD
from services.publisher.pages.components import Components
from shared.contracts import Label
from shared.store.papers.metadata import Paper
from shared.store.summaries import Summary

_NONE: Mapping[str, datetime] = MappingProxyType({})


@dataclass(frozen=True)
class Entry:
    """One paper, its page at `arxiv`; empty where nothing is known or was said."""

    paper: Paper
    sentence: str = ""
    tags: tuple[str, ...] = ()
    label: Label | None = None
    rated_at: datetime | None = None
    is_saved: bool = False
    note: str = ""
    arxiv: str = "https://arxiv.org"


def build_entries(mine: Components, paper_ids: Sequence[str]) -> list[Entry]:
    """Entries in the order of the ids; papers whose metadata are not stored are left out."""
    papers, summaries = mine.records.papers(paper_ids), mine.records.summaries(paper_ids)
    ratings = mine.ratings.current()
    notes = mine.notes.get_many(mine.user, paper_ids)
    saved = mine.ratings.library.saved()
    arxiv = str(mine.templates.env.globals["arxiv"])
    return [
        Entry(
            paper=papers[paper_id],
            sentence=sentence_of(summaries.get(paper_id)),
            tags=tuple(mine.records.tag_label(name) for name in tags_of(summaries.get(paper_id))),
            label=rating.label if (rating := ratings.get(paper_id)) else None,
            rated_at=rating.occurred_at if rating else None,
            is_saved=paper_id in saved,
            note=notes[paper_id].text if paper_id in notes else "",
            arxiv=arxiv,
        )
        for paper_id in paper_ids
        if paper_id in papers
    ]


def sentence_of(summary: Summary | None) -> str:
    """The summary in one sentence: that of its field for it, else the first that it has."""
    fields = [field for field in summary.fields if field.claims] if summary else []
    lead = next((field for field in fields if field.name == LEAD), fields[0] if fields else None)
    return lead.claims[0].text if lead else ""


def tags_of(summary: Summary | None) -> tuple[str, ...]:
    return summary.tags if summary else ()
