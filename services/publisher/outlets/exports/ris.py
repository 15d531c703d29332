"""RIS of papers, the form that Zotero, EndNote and Mendeley read.

https://en.wikipedia.org/wiki/RIS_(file_format); a line a fact, so no value may hold a line end.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from services.publisher.outlets.exports.journal_reference import JournalReference, read_reference
from services.publisher.outlets.exports.names import name_of
from services.publisher.outlets.exports.remarks import NO_REMARKS, Remark
from services.publisher.rendering.safe_html import without_controls
from shared.paper_ids import is_arxiv
from shared.paper_labels import page_address, paper_label, pdf_address, server_label, written_id
from shared.store.papers.metadata import Paper
from shared.text.references.publication import reference_in
from shared.text.tex.words import in_words

_END = "\r\n"
_TYPES = {"article": "JOUR", "inproceedings": "CPAPER"}


def ris_of(
    papers: Iterable[Paper], arxiv: str = "https://arxiv.org", remarks: Mapping[str, Remark] = NO_REMARKS
) -> str:
    """One record a paper, in their order, with its page at `arxiv`; `remarks` by paper id: keyword and note."""
    return _END.join(line for paper in papers for line in _record(paper, arxiv, remarks.get(paper.paper_id, Remark())))


def _record(paper: Paper, arxiv: str, remark: Remark) -> Iterator[str]:
    published = None if paper.withdrawn else read_reference(reference_in(paper.journal_ref))
    facts = (
        ("TY", _TYPES[published.kind] if published else "UNPB"),
        ("ID", written_id(paper.paper_id)),
        ("TI", in_words(paper.title)),
        *(("AU", _author(author)) for author in paper.authors),
        ("PY", (published and published.year) or (str(paper.published_at.year) if paper.published_at else "")),
        *(_of_publication(published) if published else ()),
        ("DA", _day(paper.published_at)),
        ("AB", in_words(paper.abstract)),
        *(("KW", category) for category in paper.categories),
        ("KW", remark.keyword),
        ("DO", paper.doi),
        ("N1", remark.note),
        ("PB", server_label(paper.paper_id)),
        ("M1", paper_label(paper.paper_id) + (f" [{paper.primary_category}]" if paper.primary_category else "")),
        ("UR", page_address(paper.paper_id, arxiv, source=paper.source)),
        ("L1", pdf_address(paper.paper_id, arxiv, None if is_arxiv(paper.paper_id) else paper.version, paper.source)),
    )
    for tag, value in facts:
        if value:
            yield f"{tag}  - {_one_line(value)}"
    yield "ER  - "
    yield ""


def _of_publication(published: JournalReference) -> Iterator[tuple[str, str]]:
    first, _, last = published.pages.partition("--")
    yield from (("T2", published.container), ("VL", published.volume), ("IS", published.number))
    yield from (("SP", first), ("EP", last))


def _author(author: str) -> str:
    """`Family, Given, Suffix`."""
    name = name_of(author)
    if not name.given:
        return name.family.replace(",", " ")
    return ", ".join(filter(None, (name.family, name.given, name.suffix)))


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y/%m/%d}" if moment else ""


def _one_line(text: str) -> str:
    return " ".join(without_controls(text).split())
