"""OAI-PMH answers of arXiv in the prefix `arXiv`, read without side effects.

Texts are as the `arXiv` prefix gives them (TeX accents are Unicode there, mathematics stays TeX). White space is
collapsed to single spaces, paragraphs of an abstract included, because a paper is one line of its file.
Protocol: https://www.openarchives.org/OAI/openarchivesprotocol.html
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from lxml import etree

from services.fetcher.arxiv import Garbled
from shared.paper_ids import month_of, parse_paper_id
from shared.store.metadata import Paper

PREFIX = "arXiv"
_OAI = "{http://www.openarchives.org/OAI/2.0/}"
_ARXIV = "{http://arxiv.org/OAI/arXiv/}"
_WITHDRAWN = re.compile(
    r"^\W*(?:this\s+)?(?:(?:paper|article|manuscript|submission|preprint|work|version|note|letter|abstract|it|and)\s+){0,3}"
    r"(?:(?:has|have|had|is|was|been|being)\s+){0,3}(?:temporarily\s+)?withdrawn\b"
    r"|\b(?:paper|article|manuscript|submission|preprint|version|arXiv)\b[^.;]{0,60}\b(?:has|have|is|was|been)\s+"
    r"(?:temporarily\s+)?withdrawn\b"
    r"|\bwithdrawn\s+(?:by\s+(?:the\s+)?(?:authors?|submitter|arXiv)|due\s+to|because|pending)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Record:
    """A header and, in ListRecords and GetRecord, the paper. `paper.version` is not told by this prefix: it is 1."""

    paper_id: str
    datestamp: date
    sets: tuple[str, ...] = ()
    deleted: bool = False
    paper: Paper | None = None


@dataclass(frozen=True, slots=True)
class OaiError:
    """An error of the protocol, which comes in an HTTP 200."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Page:
    """One answer. Without a `resumption_token` the list ends here; `problems` are unreadable records."""

    records: tuple[Record, ...] = ()
    resumption_token: str | None = None
    error: OaiError | None = None
    problems: tuple[str, ...] = ()


def parse(body: bytes) -> Page:
    """Read an answer. Raises Garbled for what is no whole OAI-PMH answer (truncated, HTML, a DOCTYPE)."""
    root = _root(body)
    error = root.find(f"{_OAI}error")
    if error is not None:
        return Page(error=OaiError(error.get("code", ""), _words(error.text)))
    records: list[Record] = []
    problems: list[str] = []
    for element in _headers(root):
        try:
            records.append(_record(element))
        except (ValueError, KeyError) as problem:
            problems.append(f"a record cannot be read: {problem}")
    token = root.find(f"*/{_OAI}resumptionToken")
    return Page(tuple(records), _words(token.text) or None if token is not None else None, None, tuple(problems))


def is_withdrawn(comment: str, abstract: str) -> bool:
    """Whether a paper says that it is withdrawn: in its comment, or at the start of its abstract."""
    return bool(_WITHDRAWN.search(comment) or _WITHDRAWN.search(abstract[:120]))


def _root(body: bytes) -> etree._Element:
    if b"<!DOCTYPE" in body[:10_000] or b"<!ENTITY" in body:
        raise Garbled("an HTML page or a document with a DOCTYPE instead of OAI-PMH")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise Garbled("broken XML") from error
    if root.getroottree().docinfo.doctype or root.tag != f"{_OAI}OAI-PMH":
        raise Garbled("something other than OAI-PMH")
    if len(root) < 3:
        raise Garbled("an answer without content")
    return root


def _headers(root: etree._Element) -> Iterator[etree._Element]:
    """Each `<record>`, or each bare `<header>` of ListIdentifiers."""
    yield from root.iterfind(f"*/{_OAI}record")
    yield from root.iterfind(f"*/{_OAI}header")


def _record(element: etree._Element) -> Record:
    header = element if element.tag == f"{_OAI}header" else element.find(f"{_OAI}header")
    if header is None:
        raise ValueError("no header")
    paper_id = parse_paper_id(header.findtext(f"{_OAI}identifier") or "")
    metadata = element.find(f"{_OAI}metadata/{_ARXIV}arXiv")
    return Record(
        paper_id=paper_id,
        datestamp=date.fromisoformat(_words(header.findtext(f"{_OAI}datestamp"))),
        sets=tuple(_words(spec.text) for spec in header.iterfind(f"{_OAI}setSpec")),
        deleted=header.get("status") == "deleted",
        paper=_paper(paper_id, metadata) if metadata is not None else None,
    )


def _paper(paper_id: str, element: etree._Element) -> Paper:
    said = {child.tag.removeprefix(_ARXIV): child for child in element if isinstance(child.tag, str)}

    def text(name: str) -> str:
        return _words(said[name].text) if name in said else ""

    created = _day(text("created"))
    abstract, comment, categories = text("abstract"), text("comments"), tuple(text("categories").split())
    if not text("title") or not categories:
        raise ValueError(f"{paper_id} has no title or no categories")
    return Paper(
        paper_id=paper_id,
        version=1,
        title=text("title"),
        abstract=abstract,
        authors=tuple(_author(author) for author in element.iterfind(f"{_ARXIV}authors/{_ARXIV}author")),
        categories=categories,
        primary_category=categories[0],
        published_at=created if created and _is_first_date(paper_id, created) else None,
        updated_at=_day(text("updated")) or created,
        doi=text("doi"),
        comment=comment,
        journal_ref=text("journal-ref"),
        license=text("license"),
        withdrawn=is_withdrawn(comment, abstract),
        source="oai",
    )


def _author(element: etree._Element) -> str:
    parts = (element.findtext(f"{_ARXIV}{name}") for name in ("forenames", "keyname", "suffix"))
    return _words(" ".join(part for part in parts if part))


def _is_first_date(paper_id: str, created: datetime) -> bool:
    """arXiv's present server gives the newest version's date as `created`: then it is long after the id's month."""
    year, month = map(int, month_of(paper_id).split("-"))
    return -1 <= (year - created.year) * 12 + month - created.month <= 1


def _day(text: str) -> datetime | None:
    return datetime.combine(date.fromisoformat(text), time(), UTC) if text else None


def _words(text: str | None) -> str:
    return " ".join(text.split()) if text else ""
