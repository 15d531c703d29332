"""What has to be done about a paper that somebody knows. Pure."""

from collections.abc import Collection
from datetime import datetime
from typing import Literal

from services.summarizer.revisions.known_papers import KnownPaper
from shared.store.papers.revisions import Revision
from shared.store.papers.rows import Paper
from shared.store.papers.summaries import Summary

Need = Literal["nothing", "note", "compare"]


def first_record(
    known: KnownPaper, paper: Paper, summary: Summary | None, texts: Collection[int], at: datetime
) -> Revision:
    """Where the following of a paper begins: at the version that people know, as far as that can be told.

    That is the version that was summarised, else the newest that a list or an answer holds to, else the newest text
    that is stored, else what arXiv has now. What is withdrawn by then was so when they came to know it: no news.
    """
    candidates = (summarised_version(summary), max(known.versions, default=0), max(texts, default=0), paper.version)
    version = min(next(number for number in candidates if number), paper.version)
    withdrawn_at = at if paper.withdrawn else None
    return Revision(
        paper_id=paper.paper_id, known_version=version, seen_version=version, withdrawn_at=withdrawn_at, made_at=at
    )


def summarised_version(summary: Summary | None) -> int:
    """The version whose text was read, or that of the metadata; 0 where there is no summary."""
    return (summary.made_by.document_version or summary.version) if summary else 0


def need_of(record: Revision, paper: Paper) -> Need:
    """Whether a document is worth asking for, or something has only to be noted."""
    is_noted = record.withdrawn_at is not None
    if paper.withdrawn:
        return "nothing" if is_noted else "note"
    if paper.version > record.seen_version:
        return "compare"
    return "note" if is_noted and not record.text_withdrawn else "nothing"


def noted(record: Revision, paper: Paper, at: datetime) -> Revision:
    """What is known without a document: a withdrawal, or that it was taken back."""
    facts = {"withdrawn_at": at if paper.withdrawn else None, "text_withdrawn": False}
    return record.model_copy(update={**facts, "found_at": at, "made_at": at})


def is_worth_a_summary(record: Revision, summary: Summary | None, fewest_gone: int) -> bool:
    """Whether so many quotes of a summary are gone that it should be made again; asked for once a version."""
    if not fewest_gone or summary is None or record.to_version is None or record.withdrawn_at is not None:
        return False
    is_behind = summarised_version(summary) < record.to_version
    return is_behind and record.asked_again != record.to_version and len(record.gone) >= fewest_gone
