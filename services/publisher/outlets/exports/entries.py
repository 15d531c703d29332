"""What is exported of a paper: its metadata, its summary in a sentence, and what the user said of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from services.publisher.pages.cards import LEAD
from services.publisher.pages.components import Components
from services.publisher.records.ratings import Ratings
from services.publisher.records.records import Records
from shared.contracts import Label
from shared.store.papers.metadata import Paper
from shared.store.papers.summaries import Summary
from shared.store.people.notes import NoteStore

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
    arxiv = str(mine.templates.env.globals["arxiv"])
    return entries_of(mine.records, mine.ratings, mine.notes, arxiv, paper_ids)


def entries_of(
    records: Records, ratings: Ratings, notes: NoteStore, arxiv: str, paper_ids: Sequence[str]
) -> list[Entry]:
    """As `build_entries`, of one user's records."""
    papers, summaries = records.papers(paper_ids), records.summaries(paper_ids)
    labels, saved = ratings.current(), ratings.library.saved()
    noted = notes.get_many(records.user, paper_ids)
    return [
        Entry(
            paper=papers[paper_id],
            sentence=sentence_of(summaries.get(paper_id)),
            tags=tuple(records.tags.label(name) for name in tags_of(summaries.get(paper_id))),
            label=rating.label if (rating := labels.get(paper_id)) else None,
            rated_at=rating.occurred_at if rating else None,
            is_saved=paper_id in saved,
            note=noted[paper_id].text if paper_id in noted else "",
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
