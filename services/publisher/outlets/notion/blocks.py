"""A summary as blocks of Notion: one flat list, so that an update can compare it with what stands there.

Below the marker the page is its owner's.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from services.publisher.outlets.notion.rich_text import MOST_ITEMS, RichText, claim_text, rich_text
from services.publisher.pages.cards import checked, field_label, in_order
from services.publisher.pages.linked_papers import relation
from services.publisher.rendering.safe_html import first_words
from shared.paper_labels import paper_label
from shared.store.papers.links import Link
from shared.store.papers.metadata import Paper
from shared.store.papers.summaries import Claim, FieldValue, Summary

Block = dict[str, Any]

MARKER = "Your notes go below this line: papersys rewrites what is above it, never what is below."
_STRANGE = (
    "This paper contains text that looks like instructions to a language model. None was followed; read this with care."
)


_WITHDRAWN = (
    "Its authors withdrew this paper. What it says should not be relied on; the summary below is of a withdrawn paper."
)


def body_blocks(
    paper: Paper, summary: Summary, links: Iterable[Link], titles: Mapping[str, str], addresses: Mapping[str, str]
) -> list[Block]:
    """The body of a paper's page, the marker last; `titles` and `addresses` of linked papers by id."""
    blocks = [
        *_withdrawal(paper),
        *_provenance(summary),
        *(block for field in in_order(summary.fields) if field.claims for block in _field(field)),
        *_titled("Abstract", _block("paragraph", rich_text(paper.abstract))),
        *_titled("Linked papers", *(_link(link, titles, addresses) for link in links)),
        *_block("paragraph", rich_text(MARKER, italic=True)),
    ]
    return list(blocks)


def is_marker(block: Mapping[str, Any]) -> bool:
    """Whether a block of Notion is the marker."""
    return block.get("type") == "paragraph" and text_of(block) == MARKER


def text_of(block: Mapping[str, Any]) -> str:
    """The words of a block of Notion."""
    content = block.get(str(block.get("type"))) or {}
    return "".join(str(item.get("plain_text", "")) for item in content.get("rich_text") or [])


def _withdrawal(paper: Paper) -> Iterator[Block]:
    if paper.withdrawn:
        yield from _block("paragraph", rich_text(_WITHDRAWN, bold=True))
        if paper.comment:
            yield from _block("paragraph", rich_text(f"They say: “{first_words(paper.comment, 300)}”"))


def _provenance(summary: Summary) -> Iterator[Block]:
    if summary.mode == "extractive":
        said = "Extracted from the paper (no AI text)."
    else:
        source = " from the abstract alone" if summary.reading == "abstract" else ""
        said = f"Written by {summary.made_by.model}{source}; {checked(summary)}."
    yield from _block("paragraph", rich_text(said, italic=True))
    if summary.oddities:
        yield from _block("paragraph", rich_text(_STRANGE, bold=True))
        for oddity in summary.oddities:
            yield from _block("bulleted_list_item", rich_text(oddity))
    for note in summary.notes:
        yield from _block("paragraph", rich_text(note))


def _field(field: FieldValue) -> Iterator[Block]:
    unchecked = "" if field.evidence else " · not checked"
    yield from _block("heading_2", rich_text(field_label(field.name) + unchecked))
    for claim in field.claims:
        yield from _claim(claim)


def _claim(claim: Claim) -> Iterator[Block]:
    doubt = f" (not supported: {claim.weak})" if claim.weak else "" if claim.found else " (quote not found in the text)"
    yield from _block("bulleted_list_item", [*claim_text(claim.text), *_spaced(rich_text(doubt, italic=True))])
    for quote in claim.quotes:
        if quote.text and quote.text != claim.text:
            section = f"— {quote.section}" if quote.section else ""
            yield from _block("quote", [*claim_text(quote.text), *_spaced(rich_text(section))])


def _link(link: Link, titles: Mapping[str, str], addresses: Mapping[str, str]) -> list[Block]:
    words = rich_text(f"{relation(link, is_outgoing=True)}: ")
    name = rich_text(titles.get(link.other_id) or paper_label(link.other_id), link=addresses.get(link.other_id, ""))
    evidence = _spaced(rich_text(f"— {link.evidence}")) if link.evidence else []
    return list(_block("bulleted_list_item", [*words, *_spaced(name), *evidence]))


def _titled(title: str, *parts: Iterable[Block]) -> list[Block]:
    """A heading and what stands under it; nothing where nothing does."""
    blocks = [block for part in parts for block in part]
    return [*_block("heading_2", rich_text(title)), *blocks] if blocks else []


def _block(kind: str, text: list[RichText]) -> Iterator[Block]:
    """One block, or several of the kind where the text has more items than a block may."""
    for start in range(0, len(text), MOST_ITEMS):
        yield {"object": "block", "type": kind, kind: {"rich_text": text[start : start + MOST_ITEMS]}}


def _spaced(text: list[RichText]) -> list[RichText]:
    """With a blank before it."""
    return [{"type": "text", "text": {"content": " "}}, *text] if text else []
