"""The page of a paper's full text: a part of it, its contents, the claims beside it, and how good the conversion is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from markupsafe import Markup

from services.publisher.reading.definitions.explained import ListedTerm, listed_terms
from services.publisher.reading.fulltext.claims import ListedClaim, claim_at, claims_of
from services.publisher.reading.fulltext.finding import find_words
from services.publisher.reading.fulltext.full_text import FullText
from services.publisher.reading.fulltext.markdown.inline import inline_html
from services.publisher.reading.fulltext.outline import Heading, contents_of
from services.publisher.reading.fulltext.passages import Passage, passages_of
from services.publisher.reading.fulltext.reading_copies import ReadingCopies
from services.publisher.reading.fulltext.reference_list import reference_html
from services.publisher.reading.skimming.skim import NO_SKIM, Skim, skim_of_summary
from services.publisher.records.records import Records
from shared.licences import licence_name
from shared.paper_labels import paper_label
from shared.store.papers.documents import DocumentRecord, Picture
from shared.store.papers.metadata import Paper
from shared.store.papers.summaries import Summary
from shared.text.tex.words import in_words

NOT_STORED = "The text of this paper is not stored here."
_NO_PLACE = "The text has no such place; it may have been converted again since."
_MOVED = "The text was converted again after the summary was made, so the quote may stand elsewhere."
_FOUND_AGAIN = "The text was converted again after the summary was made; the quote was found again."
_NOT_FOUND = "This sentence was not found in the text below: it stands in the abstract as arXiv has it."


@dataclass(frozen=True)
class Place:
    """What an address asks for: a passage, or the passage of a claim, or a part; else the beginning.

    With both a passage and a claim, the claim is the one that rests on the passage: several may.
    """

    start: int | None = None
    end: int | None = None
    claim: str = ""
    part: int | None = None
    version: int | None = None


class Note(NamedTuple):
    """A footnote; `anchor` is that of its text."""

    number: int
    html: Markup
    anchor: str


class ListedReference(NamedTuple):
    number: int
    html: Markup


class _Quote(NamedTuple):
    """The characters to be marked, and what the reader should know of them."""

    start: int = 0
    end: int = 0
    notice: str = ""
    problem: str = ""


@dataclass(frozen=True)
class TextPage:
    """`problem` says why there is no text. `share` is how much of the text stands before this part, and with it."""

    paper_id: str
    paper: Paper | None
    version: int | None = None
    record: DocumentRecord | None = None
    problem: str = ""
    notice: str = ""
    quoted: str = ""
    claim: str = ""
    part: int = 1
    parts: int = 1
    share: tuple[float, float] = (0.0, 1.0)
    contents: Sequence[Heading] = ()
    passages: Sequence[Passage] = ()
    notes: Sequence[Note] = ()
    references: Sequence[ListedReference] = ()
    terms: Sequence[ListedTerm] = ()
    skim_note: str = ""
    claims: Sequence[ListedClaim] = ()
    licence: str | None = None
    summary: Summary | None = None
    other_version: int | None = None
    references_address: str = ""
    addresses: Mapping[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        return in_words(self.paper.title) if self.paper and self.paper.title else paper_label(self.paper_id)

    @property
    def previous(self) -> int | None:
        return self.part - 1 if self.part > 1 else None

    @property
    def next(self) -> int | None:
        return self.part + 1 if self.part < self.parts else None


def version_to_show(records: Records, paper_id: str, asked: int | None) -> int | None:
    """The version that is asked for, else that of the summary, else the newest; None where there is none."""
    summary = records.summaries([paper_id]).get(paper_id)
    return asked or (summary.made_by.document_version if summary else None) or _newest(records, paper_id)


def build_text(
    records: Records, copies: ReadingCopies, paper_id: str, place: Place, skim: Skim | None = NO_SKIM
) -> TextPage:
    """The part of the text with the place that is asked for; its first part where none is.

    With `skim` None nobody could say what the sentences say, and the summary's quotes have to do.
    """
    paper, summary = records.papers([paper_id]).get(paper_id), records.summaries([paper_id]).get(paper_id)
    summarised = summary.made_by.document_version if summary else None
    version = version_to_show(records, paper_id, place.version)
    page = TextPage(paper_id, paper, version, summary=summary, licence=licence_name(paper.license if paper else None))
    text = copies.get(records, paper_id, version) if version else None
    if text is None:
        return replace(page, problem=NOT_STORED)
    page = replace(page, record=text.record)
    if summarised not in (None, version):
        page = replace(page, summary=None, other_version=summarised)
    quote = _quote(text, page.summary, place)
    if quote.problem:
        return replace(page, problem=quote.problem)
    skim = skim or skim_of_summary(page.summary, text.markdown)
    return replace(_shown(page, text, quote, place, skim), skim_note=skim.note)


def _newest(records: Records, paper_id: str) -> int | None:
    record = records.documents.record(paper_id)
    return record.version if record else None


def _quote(text: FullText, summary: Summary | None, place: Place) -> _Quote:
    if place.claim and place.start is None:
        return _quote_of_claim(text, summary, place.claim)
    start, end = place.start or 0, place.end or place.start or 0
    if not 0 <= start <= end <= len(text.markdown):
        return _Quote(problem=_NO_PLACE)
    quoted = _words_at(summary, start, end)
    if not quoted or _is_there(quoted, text.markdown[start:end]):
        return _Quote(start, end)
    return _searched(text, quoted) or _Quote(start, end, _MOVED)


def _quote_of_claim(text: FullText, summary: Summary | None, name: str) -> _Quote:
    listed = next((listed for listed in claims_of(summary) if listed.name == name), None)
    if listed is None:
        return _Quote(problem="The summary has no such claim; it may have been made again since.")
    found = find_words(listed.quote.text, text.markdown)
    return _Quote(*found) if found else _Quote(notice=_NOT_FOUND)


def _words_at(summary: Summary | None, start: int, end: int) -> str:
    """The words that the summary quotes from a place."""
    quotes = [quote for listed in claims_of(summary) for quote in listed.claim.quotes]
    return next((quote.text for quote in quotes if (quote.start, quote.end) == (start, end)), "")


def _is_there(quoted: str, passage: str) -> bool:
    """Whether a passage begins with the quoted words, by their letters: a formula may be spelt in two ways."""
    return _letters(quoted)[:12] in _letters(passage)[:16]


def _letters(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalpha())


def _searched(text: FullText, quoted: str) -> _Quote | None:
    found = find_words(quoted, text.markdown)
    return _Quote(*found, _FOUND_AGAIN) if found else None


def _shown(page: TextPage, text: FullText, quote: _Quote, place: Place, skim: Skim) -> TextPage:
    marked = (quote.start, quote.end)
    has_place = place.claim or place.start is not None
    part = text.part_of(quote.start) if has_place else min(max(place.part or 1, 1), max(1, len(text.parts)))
    name = place.claim or claim_at(page.summary, place.start or 0, place.end or 0)
    claims = [replace(listed, is_shown=listed.name == name) for listed in claims_of(page.summary)]
    quoted = next((listed.quote.text for listed in claims if listed.is_shown), "")
    last = part == max(1, len(text.parts))
    return replace(
        page,
        notice=quote.notice,
        quoted=quoted if quote.notice == _NOT_FOUND else "",
        claim=name,
        part=part,
        parts=max(1, len(text.parts)),
        share=_share(text, part),
        contents=contents_of(text.headings),
        passages=passages_of(text, part, marked, _pictures(page), skim),
        notes=_notes(text, part, marked),
        references=_references(text) if last else (),
        terms=listed_terms(text, part, page.version),
        references_address=text.targets.address("references", part) if text.references else "",
        claims=claims,
        addresses={heading.anchor: text.targets.address(heading.anchor, part) for heading in text.headings},
    )


def _share(text: FullText, part: int) -> tuple[float, float]:
    total = max(1, text.blocks[-1].end if text.blocks else 1)
    ends = [text.blocks[indices.stop - 1].end / total for indices in text.parts if indices]
    return (ends[part - 2] if part > 1 else 0.0, ends[part - 1] if ends else 1.0)


def _references(text: FullText) -> list[ListedReference]:
    key = (0, 0)  # no block has this place: parts count from 1
    if key not in text.kept:
        listed = enumerate(text.references, start=1)
        text.kept[key] = [ListedReference(number, reference_html(entry)) for number, entry in listed]
    references: list[ListedReference] = text.kept[key]
    return references


def _notes(text: FullText, part: int, quote: tuple[int, int]) -> list[Note]:
    notes: list[Note] = []
    for number, block in text.notes_of(part):
        marked = block.marked(*quote)
        html = inline_html(marked.words, text.targets, part, (marked.marked_from, marked.marked_to))
        notes.append(Note(number, html, "quote" if marked.is_marked else f"at-{block.start}"))
    return notes


def _pictures(page: TextPage) -> dict[int, list[Picture]]:
    """The pictures of each figure, where the licence of the paper lets them be shown."""
    pictures: dict[int, list[Picture]] = {}
    for picture in page.record.pictures if page.record and page.licence else ():
        pictures.setdefault(picture.number, []).append(picture)
    return pictures
