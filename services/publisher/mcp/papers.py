"""Papers as agents read them, put together from the records: in a list, with their summary, or a piece of text."""

import re
from collections.abc import Sequence
from datetime import date

from services.publisher.mcp.paper_results import (
    DayResult,
    PaperHit,
    PaperResult,
    QuotedClaim,
    QuotedEvidence,
    QuotedField,
    QuotedHit,
    QuotedPaper,
)
from services.publisher.mcp.quoting import page_of, quoted_lines
from services.publisher.mcp.sources import Sources
from services.publisher.mcp.text_places import NotHere, Wanted, place_of, sections_of
from services.publisher.pages.cards import Card, build_cards
from services.publisher.pages.day_page import build_day
from services.publisher.paper.revisions.cited_since import withdrawn_papers
from services.publisher.reading.fulltext.full_text import FullText
from shared.licences import licence_name
from shared.paper_ids import is_local
from shared.store.papers.metadata import Paper
from shared.store.papers.summaries import Claim, Summary
from shared.text.safe.quoted_matter import quoted, quoted_line

_SHOWN_AUTHORS = 10
_LONGEST_TITLE = 500
_CATEGORY = re.compile(r"[a-z-]{2,12}(?:\.[A-Za-z-]{2,12})?", re.ASCII)


def hit_of(sources: Sources, card: Card, snippet: str = "", score: float | None = None) -> PaperHit:
    """A card as a line of a list; without a snippet its summary in a sentence."""
    paper = card.paper
    lead = card.lead.text if card.lead else ""
    return PaperHit(
        paper_id=card.paper_id,
        url=sources.address(card.paper_id),
        published=_day(paper),
        categories=_categories(paper),
        rating="" if card.label in (None, "clear") else card.label,
        match=card.match,
        score=score,
        probability=card.pick.probability if card.pick else None,
        rank=card.pick.rank if card.pick else None,
        slot=card.pick.slot if card.pick else "",
        is_summarised=card.summary is not None,
        quoted=QuotedHit(
            title=quoted_line(card.title, _LONGEST_TITLE),
            authors=quoted_lines(list(paper.authors), 100, _SHOWN_AUTHORS) if paper else (),
            snippet=quoted_line(snippet or lead, 1_000),
            reasons=quoted_lines(list(card.reasons), 300, 10),
        ),
    )


def day_of(sources: Sources, wanted: date | None, offset: int, limit: int) -> DayResult:
    """The picks of a day, the newest where none is named. Raises NotHere."""
    page = build_day(sources.records, sources.ratings, wanted, {})
    if page is None:
        raise NotHere(
            f"{wanted} has no picks; the newest day is {next(iter(sources.records.days()), 'not there yet')}."
        )
    shown = page.cards[offset : offset + limit]
    return DayResult(
        day=page.day,
        considered=page.considered,
        total=len(page.cards),
        papers=tuple(hit_of(sources, card) for card in shown),
        next_offset=offset + limit if offset + limit < len(page.cards) else None,
        older_day=page.older,
    )


def cards_of(sources: Sources, paper_ids: Sequence[str]) -> list[Card]:
    return build_cards(sources.records, sources.ratings, paper_ids)


def summary_of(sources: Sources, paper_id: str, version: int | None = None) -> PaperResult:
    """A paper's metadata, summary and headings. Raises NotHere for one that is not stored at all."""
    paper, text = sources.records.papers([paper_id]).get(paper_id), _text(sources, paper_id, version)
    summary = sources.records.summaries([paper_id]).get(paper_id)
    listed = sources.reading_list.get(sources.user, paper_id)
    if paper is None and text is None and listed is None:
        raise NotHere(f"{paper_id} is not stored here: it was never harvested. Try the tool `add` to fetch it.")
    title = paper.title if paper else listed.title if listed else ""
    shown = _version(sources, paper_id, version)
    is_withdrawn = bool(withdrawn_papers(sources.records, [paper_id]))
    return PaperResult(
        paper_id=paper_id,
        version=shown or (paper.version if paper else None),
        url=sources.address(paper_id, shown),
        published=_day(paper),
        categories=_categories(paper),
        license=(licence_name(paper.license) if paper else None) or "",
        rating=_rating(sources, paper_id),
        is_listed=listed is not None,
        is_withdrawn=is_withdrawn,
        summary_by=summary.mode if summary else "",
        has_text=text is not None,
        quoted=QuotedPaper(
            title=quoted_line(title, _LONGEST_TITLE),
            authors=quoted_lines(list(paper.authors), 100) if paper else (),
            abstract=quoted(paper.abstract[:10_000]) if paper else "",
            comment=quoted_line(paper.comment, 500) if paper else "",
            tags=quoted_lines(list(summary.tags), 100) if summary else (),
            fields=_fields(summary) if summary and not is_withdrawn else (),
            sections=sections_of(text) if text else (),
        ),
    )


def text_of(sources: Sources, paper_id: str, version: int | None, wanted: Wanted) -> PaperResult:
    """A piece of a paper's text, a page of it where it is long. Raises NotHere."""
    text = _text(sources, paper_id, version)
    if text is None:
        raise NotHere(f"The text of {paper_id} is not stored here; the tool `add` fetches it.")
    start, end = place_of(text, wanted)
    shown, pages = page_of(text.markdown[start:end], wanted.page)
    if not shown and wanted.page > 1:
        raise NotHere(f"That piece of {paper_id} has {pages} pages, not {wanted.page}.")
    before = sum(len(page_of(text.markdown[start:end], page)[0]) for page in range(1, wanted.page))
    paper = sources.records.papers([paper_id]).get(paper_id)
    version = _version(sources, paper_id, version)
    return PaperResult(
        paper_id=paper_id,
        version=version,
        url=sources.address(paper_id, version),
        part="text",
        is_withdrawn=bool(withdrawn_papers(sources.records, [paper_id])),
        rating=_rating(sources, paper_id),
        has_text=True,
        start=start + before,
        end=start + before + len(shown),
        page=wanted.page,
        pages=pages,
        quoted=QuotedPaper(title=quoted_line(paper.title, _LONGEST_TITLE) if paper else "", text=quoted(shown)),
    )


def _text(sources: Sources, paper_id: str, version: int | None) -> FullText | None:
    number = _version(sources, paper_id, version)
    return sources.copies.get(sources.records, paper_id, number) if number else None


def _version(sources: Sources, paper_id: str, version: int | None) -> int | None:
    """The version that is read: the one that was asked for, the one on the list, else the newest that is stored.

    None for a file of somebody else's: it is read as if it were not here.
    """
    if is_local(paper_id) and sources.reading_list.get(sources.user, paper_id) is None:
        return None
    if version is not None:
        return version
    listed = sources.reading_list.get(sources.user, paper_id)
    stored = sources.records.documents.text_versions(paper_id)
    if listed is not None and listed.version in stored:
        return listed.version
    return max(stored, default=None)


def _rating(sources: Sources, paper_id: str) -> str:
    return sources.ratings.labels([paper_id]).get(paper_id, "")


def _fields(summary: Summary) -> tuple[QuotedField, ...]:
    return tuple(
        QuotedField(name=value.name, claims=tuple(map(_claim, value.claims)))
        for value in summary.fields
        if value.claims
    )


def _claim(claim: Claim) -> QuotedClaim:
    evidence = tuple(
        QuotedEvidence(
            text=quoted_line(quote.text),
            section=quoted_line(quote.section, 300),
            found=quote.found,
            start=quote.start,
            end=quote.end,
        )
        for quote in claim.quotes
    )
    return QuotedClaim(text=quoted_line(claim.text), weak=quoted_line(claim.weak, 500), evidence=evidence)


def _categories(paper: Paper | None) -> tuple[str, ...]:
    """What looks like a category of arXiv; the records are others' words."""
    return tuple(name for name in (paper.categories if paper else ()) if _CATEGORY.fullmatch(name))[:20]


def _day(paper: Paper | None) -> date | None:
    return paper.published_at.date() if paper and paper.published_at else None
