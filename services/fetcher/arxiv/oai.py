"""OAI-PMH answers of arXiv in the prefix `arXiv`, read without side effects.

Texts are as the `arXiv` prefix gives them (TeX accents are Unicode there, mathematics stays TeX). White space is
collapsed to single spaces, paragraphs of an abstract included, because a paper is one line of its file.
Protocol: https://www.openarchives.org/OAI/openarchivesprotocol.html
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import lru_cache

from lxml import etree

from services.fetcher.arxiv.client import Garbled
from services.fetcher.arxiv.oai_xml import HEADER, OAI, refuse_strange_xml, repaired, small_parser, take_apart
from shared.paper_ids import month_of, parse_paper_id
from shared.store.papers.limits import within_limits
from shared.store.papers.metadata import Paper

PREFIX = "arXiv"
_ARXIV = "{http://arxiv.org/OAI/arXiv/}"
_METADATA, _PAPER = f"{OAI}metadata", f"{_ARXIV}arXiv"
_IDENTIFIER, _DATESTAMP, _SET = (f"{OAI}{name}" for name in ("identifier", "datestamp", "setSpec"))
_AUTHORS, _AUTHOR = f"{_ARXIV}authors", f"{_ARXIV}author"
_KEYNAME, _FORENAMES, _SUFFIX = (f"{_ARXIV}{name}" for name in ("keyname", "forenames", "suffix"))
_USUAL_IDENTIFIER = re.compile(r"oai:arXiv\.org:(\d\d(?:0[1-9]|1[0-2])\.\d{4,5})", re.A)
_IDENTIFIER_TEXT = re.compile(r"<identifier\b[^>]*>\s*([^<\s]{1,100})\s*</identifier>")
_DATESTAMP_TEXT = re.compile(r"<datestamp\b[^>]*>\s*(\d{4}-\d\d-\d\d)\s*</datestamp>", re.A)
_MOST_PROBLEM_CHARACTERS = 200
_MOST_MARKS = 1_000_000
_WITHDRAWN = re.compile(
    r"^\W*(?:this\s+)?(?:(?:paper|article|manuscript|submission|preprint|work|version|note|letter|abstract|it|and)\s+){0,3}"
    r"(?:(?:has|have|had|is|was|been|being)\s+){0,3}(?:temporarily\s+)?withdrawn\b"
    r"|\b(?:paper|article|manuscript|submission|preprint|version|arXiv)\b[^.;]{0,60}\b(?:has|have|is|was|been)\s+"
    r"(?:temporarily\s+)?withdrawn\b"
    r"|\bwithdrawn\s+(?:by\s+(?:the\s+)?(?:authors?|submitter|arXiv)|due\s+to|because|pending)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class OaiRecord:
    """A header and, in ListRecords and GetRecord, the paper. `paper.version` is not told by this prefix: it is 1."""

    paper_id: str
    datestamp: date
    sets: tuple[str, ...] = ()
    deleted: bool = False
    paper: Paper | None = None


@dataclass(frozen=True, slots=True)
class UnreadableRecord:
    """A record that cannot be read; `paper_id` and `datestamp` (a day) are empty where not even they can be."""

    paper_id: str
    datestamp: str
    problem: str

    def __str__(self) -> str:
        return f"{self.paper_id or 'a record without an id'} cannot be read: {self.problem}"


@dataclass(frozen=True, slots=True)
class OaiError:
    """An error of the protocol, which comes in an HTTP 200."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class OaiPage:
    """One answer. Without a `resumption_token` the list ends here."""

    records: tuple[OaiRecord, ...] = ()
    resumption_token: str | None = None
    error: OaiError | None = None
    unreadable: tuple[UnreadableRecord, ...] = ()

    @property
    def problems(self) -> tuple[str, ...]:
        return tuple(map(str, self.unreadable))


def parse(body: bytes) -> OaiPage:
    """Read an answer. Raises Garbled for what is no whole OAI-PMH answer (truncated, HTML, a DOCTYPE)."""
    parts = take_apart(body, _record_or_problem)
    if parts.error is not None:
        code, message = parts.error
        return OaiPage(error=OaiError(code[:_MOST_PROBLEM_CHARACTERS], words(message)[:_MOST_PROBLEM_CHARACTERS]))
    records = tuple(record for record in parts.records if isinstance(record, OaiRecord))
    unreadable = [record for record in parts.records if isinstance(record, UnreadableRecord)]
    unreadable += [_unreadable(piece, "its XML is broken") for piece in parts.broken]
    if not records and not unreadable:
        raise Garbled("a list without records")
    return OaiPage(records, parts.token, None, tuple(unreadable))


def is_withdrawn(comment: str, abstract: str) -> bool:
    """Whether a paper says that it is withdrawn: in its comment, or at the start of its abstract."""
    start = abstract[:120]
    if "withdrawn" not in f"{comment} {start}".lower():
        return False
    return bool(_WITHDRAWN.search(comment) or _WITHDRAWN.search(start))


def xml_root(body: bytes, tag: str) -> etree._Element:
    """The root of an XML document. Raises Garbled for another root, broken XML and any DOCTYPE."""
    refuse_strange_xml(body)
    if body.count(b"<") > _MOST_MARKS:
        raise Garbled("more than a page")
    try:
        root = etree.fromstring(body, small_parser())
    except etree.XMLSyntaxError:
        root = _root_of_repaired(body)
    if root.getroottree().docinfo.doctype or root.tag != tag:
        raise Garbled(f"something other than {tag.rpartition('}')[2]}")
    return root


def words(text: str | None) -> str:
    """A text with its white space collapsed."""
    return " ".join(text.split()) if text else ""


def _root_of_repaired(body: bytes) -> etree._Element:
    try:
        return etree.fromstring(repaired(body), small_parser())
    except etree.XMLSyntaxError as error:
        raise Garbled("broken XML") from error


def _record_or_problem(element: etree._Element) -> OaiRecord | UnreadableRecord:
    try:
        return _record(element)
    except (ValueError, KeyError) as problem:
        return _unreadable(etree.tostring(element), str(problem))


def _unreadable(piece: bytes, problem: str) -> UnreadableRecord:
    """What can be told of a record that is none: its id and its datestamp, where they stand at its start."""
    start = piece[:10_000].decode("utf-8", "replace")
    identifier, datestamp = _IDENTIFIER_TEXT.search(start), _DATESTAMP_TEXT.search(start)
    try:
        paper_id = _paper_id(identifier[1]) if identifier else ""
        day = _date(datestamp[1]).isoformat() if datestamp else ""
    except ValueError:
        paper_id = day = ""
    return UnreadableRecord(paper_id, day, problem[:_MOST_PROBLEM_CHARACTERS])


def _record(element: etree._Element) -> OaiRecord:
    """Children are gone through one by one, because lxml looks each path up in Python."""
    header = element if element.tag == HEADER else next(element.iterchildren(HEADER), None)
    if header is None:
        raise ValueError("no header")
    metadata = next(element.iterchildren(_METADATA), None)
    paper = next(metadata.iterchildren(_PAPER), None) if metadata is not None else None
    fields: dict[object, str] = {}
    sets: list[str] = []
    for child in header:
        if child.tag == _SET:
            sets.append(words(child.text))
        else:
            fields[child.tag] = child.text or ""
    paper_id = _paper_id(fields.get(_IDENTIFIER, ""))
    return OaiRecord(
        paper_id=paper_id,
        datestamp=_date(words(fields.get(_DATESTAMP, ""))),
        sets=tuple(sets),
        deleted=header.get("status") == "deleted",
        paper=within_limits(_paper(paper_id, paper)) if paper is not None else None,
    )


def _paper_id(identifier: str) -> str:
    usual = _USUAL_IDENTIFIER.fullmatch(identifier)
    return usual[1] if usual else parse_paper_id(identifier)


def _paper(paper_id: str, element: etree._Element) -> Paper:
    fields: dict[object, str | None] = {}
    authors: tuple[str, ...] = ()
    for child in element:
        tag = child.tag
        if tag == _AUTHORS:
            authors = tuple(_author(author) for author in child.iterchildren(_AUTHOR))
        else:
            fields[tag] = child.text

    def text(name: str) -> str:
        value = fields.get(_ARXIV + name)
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


def record_arguments(paper_id: str) -> Mapping[str, str]:
    """The OAI-PMH request for a single paper."""
    return {"verb": "GetRecord", "metadataPrefix": PREFIX, "identifier": f"oai:arXiv.org:{paper_id}"}
