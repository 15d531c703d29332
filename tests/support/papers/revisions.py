"""A paper with two versions and what the newer one changed, for pages and commands."""

from datetime import UTC, datetime

from services.summarizer.revisions.comparison import compare, counts_of
from shared.store.papers.revisions import AnchoredQuote, Revision

BEFORE = """# Merge trees

## Abstract

Our trees sort a terabyte in 93.2 minutes on a single disk.

## 2 Method

We use a tree of tournament nodes, each holding the head of one run.

## 3 Results

**Theorem 1**. *The tree is rebuilt at most 64 times in a pass over the data.*

It was never slower than the usual external sorting of large files.
"""
AFTER = BEFORE.replace("93.2", "97.8").replace("at most 64 times", "at most 96 times").replace("never", "often")


def revision(paper_id: str, at: datetime | None = None, **facts: object) -> Revision:
    """Version 2 of a paper, of whose three quotes one stays, one has other words, and one is gone."""
    moment = at or datetime.now(UTC)
    sections = compare(BEFORE, AFTER)
    quotes = (
        AnchoredQuote(field="method", claim=0, quote=0, fate="same", text="We use a tree", start=94, end=107),
        AnchoredQuote(
            field="method", claim=1, quote=0, fate="reworded", text="each holding the head", start=135, end=156
        ),
        AnchoredQuote(field="result", claim=0, quote=0, fate="gone"),
    )
    made = Revision(
        paper_id=paper_id,
        known_version=2,
        seen_version=2,
        from_version=1,
        to_version=2,
        found_at=moment,
        made_at=moment,
        sections=sections,
        counts=counts_of(sections),
        quotes=quotes,
    )
    return made.model_copy(update=facts)
