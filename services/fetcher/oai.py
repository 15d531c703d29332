"""OAI-PMH answers of arXiv in the prefix `arXiv`, read without side effects.

Texts are as the `arXiv` prefix gives them (TeX accents are Unicode there, mathematics stays TeX). White space is
collapsed to single spaces, paragraphs of an abstract included, because a paper is one line of its file.
Protocol: https://www.openarchives.org/OAI/openarchivesprotocol.html
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import lru_cache

from lxml import etree

from services.fetcher.arxiv import Garbled
from shared.paper_ids import month_of, parse_paper_id
from shared.store.metadata import Paper
from shared.store.paper_limits import within_limits

PREFIX = "arXiv"
_OAI = "{http://www.openarchives.org/OAI/2.0/}"
_ARXIV = "{http://arxiv.org/OAI/arXiv/}"
_RECORD, _METADATA, _PAPER = f"{_OAI}record", f"{_OAI}metadata", f"{_ARXIV}arXiv"
_HEADER, _IDENTIFIER, _DATESTAMP, _SET = (f"{_OAI}{name}" for name in ("header", "identifier", "datestamp", "setSpec"))
_AUTHORS, _AUTHOR = f"{_ARXIV}authors", f"{_ARXIV}author"
_KEYNAME, _FORENAMES, _SUFFIX = (f"{_ARXIV}{name}" for name in ("keyname", "forenames", "suffix"))
_USUAL_IDENTIFIER = re.compile(r"oai:arXiv\.org:([0-9]{2}(?:0[1-9]|1[0-2])\.[0-9]{4,5})")
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
        return Page(error=OaiError(error.get("code", ""), words(error.text)))
    records: list[Record] = []
    problems: list[str] = []
    for element in _headers(root):
        try:
            records.append(_record(element))
        except (ValueError, KeyError) as problem:
            problems.append(f"a record cannot be read: {problem}")
    if not records and not problems:
        raise Garbled("a list without records")
    token = root.find(f"*/{_OAI}resumptionToken")
    return Page(tuple(records), words(token.text) or None if token is not None else None, None, tuple(problems))


def is_withdrawn(comment: str, abstract: str) -> bool:
    """Whether a paper says that it is withdrawn: in its comment, or at the start of its abstract."""
    start = abstract[:120]
    if "withdrawn" not in f"{comment} {start}".lower():
        return False
    return bool(_WITHDRAWN.search(comment) or _WITHDRAWN.search(start))


def xml_root(body: bytes, tag: str) -> etree._Element:
    """The root of an XML document. Raises Garbled for another root, broken XML and any DOCTYPE."""
    if b"<!DOCTYPE" in body[:10_000] or b"<!ENTITY" in body:
        raise Garbled("an HTML page or a document with a DOCTYPE instead of XML")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise Garbled("broken XML") from error
    if root.getroottree().docinfo.doctype or root.tag != tag:
        raise Garbled(f"something other than {tag.rpartition('}')[2]}")
    return root


def words(text: str | None) -> str:
    """A text with its white space collapsed."""
    return " ".join(text.split()) if text else ""


def _root(body: bytes) -> etree._Element:
    root = xml_root(body, f"{_OAI}OAI-PMH")
    if len(root) < 3:
        raise Garbled("an answer without content")
    return root


def _headers(root: etree._Element) -> Iterator[etree._Element]:
    """Each `<record>`, or each bare `<header>` of ListIdentifiers."""
    for part in root:
        yield from part.iterchildren(_RECORD, _HEADER)


def _record(element: etree._Element) -> Record:
    """Children are gone through one by one, because lxml looks each path up in Python."""
    header = element if element.tag == _HEADER else next(element.iterchildren(_HEADER), None)
    if header is None:
        raise ValueError("no header")
    metadata = next(element.iterchildren(_METADATA), None)
    paper = next(metadata.iterchildren(_PAPER), None) if metadata is not None else None
    said: dict[object, str] = {}
    sets: list[str] = []
    for child in header:
        if child.tag == _SET:
            sets.append(words(child.text))
        else:
            said[child.tag] = child.text or ""
    paper_id = _paper_id(said.get(_IDENTIFIER, ""))
    return Record(
        paper_id=paper_id,
        datestamp=_date(words(said.get(_DATESTAMP, ""))),
        sets=tuple(sets),
        deleted=header.get("status") == "deleted",
        paper=within_limits(_paper(paper_id, paper)) if paper is not None else None,
    )


def _paper_id(identifier: str) -> str:
    usual = _USUAL_IDENTIFIER.fullmatch(identifier)
    return usual[1] if usual else parse_paper_id(identifier)


def _paper(paper_id: str, element: etree._Element) -> Paper:
    said: dict[object, str | None] = {}
    authors: tuple[str, ...] = ()
    for child in element:
        tag = child.tag
        if tag == _AUTHORS:
            authors = tuple(_author(author) for author in child.iterchildren(_AUTHOR))
        else:
            said[tag] = child.text

    def text(name: str) -> str:
        value = said.get(_ARXIV + name)
        return " ".join(value.split()) if value else ""

    title, abstract, comment = text("title"), text("abstract"), text("comments")
    categories = _categories(text("categories"))
    if not title or not categories:
        raise ValueError(f"{paper_id} has no title or no categories")
    created = _day(text("created"))
    return Paper(
        paper_id=paper_id,
        version=1,
        title=title,
        abstract=abstract,
        authors=authors,
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
        version_at=created,
    )


def _author(element: etree._Element) -> str:
    keyname = forenames = suffix = ""
    for child in element:
        tag = child.tag
        if tag == _KEYNAME:
            keyname = child.text or ""
        elif tag == _FORENAMES:
            forenames = child.text or ""
        elif tag == _SUFFIX:
            suffix = child.text or ""
    return words(f"{forenames} {keyname} {suffix}")


@lru_cache(1_024)
def _categories(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _is_first_date(paper_id: str, created: datetime) -> bool:
    """arXiv's present server gives the newest version's date as `created`: then it is long after the id's month."""
    year, month = map(int, month_of(paper_id).split("-"))
    return -1 <= (year - created.year) * 12 + month - created.month <= 1


@lru_cache(4_096)
def _day(text: str) -> datetime | None:
    return datetime.combine(date.fromisoformat(text), time(), UTC) if text else None


@lru_cache(4_096)
def _date(text: str) -> date:
    return date.fromisoformat(text)
