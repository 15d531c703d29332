"""Records of OAI-PMH repositories in Dublin Core (`oai_dc`), read without side effects.

Every repository has this format, and each fills it in its own way: dates of several meanings, abstracts in several
languages, addresses among identifiers. http://www.openarchives.org/OAI/openarchivesprotocol.html#dublincore
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from urllib.parse import urlsplit

from lxml import etree

from services.fetcher.arxiv.oai import is_withdrawn, words
from services.fetcher.arxiv.oai_xml import HEADER, OAI
from services.fetcher.sources.protocols.openrxiv import turned
from services.fetcher.sources.protocols.plain_words import plain_words
from services.fetcher.sources.protocols.source_page import Release
from shared.paper_labels import is_address, source_of_pages
from shared.preprints import ReadId, oai_id
from shared.store.papers.limits import within_limits
from shared.store.papers.metadata import Paper

PREFIX = "oai_dc"
_DC = "{http://purl.org/dc/elements/1.1/}"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?:[T ].*)?", re.ASCII)
_DOI = re.compile(r"(?:(?:https?://)?(?:dx\.)?doi\.org/|(?:info:)?doi[:/]\s*)?(10\.\d{4,9}/[^\s\"<>]{1,200})", re.I)
_RESOLVERS = ("doi.org", "hdl.handle.net")
_MOST_CHARACTERS = 200
_SHORT_LABEL, _COUNTRY = 3, 2


@dataclass(frozen=True)
class DcRecord:
    """A header, and the fields of the record as they came; each text with its language where that is told."""

    identifier: str
    changed_on: date
    deleted: bool = False
    sets: tuple[str, ...] = ()
    fields: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)


@dataclass(frozen=True)
class UnreadableDc:
    """A record that cannot be read, and why."""

    identifier: str
    problem: str

    def __str__(self) -> str:
        return f"{self.identifier or 'a record without an identifier'} ({self.problem})"


@dataclass(frozen=True)
class Repository:
    """The name of the repository here, its address, the sets that are harvested."""

    name: str
    address: str
    sets: tuple[str, ...] = ()


def read_record(element: etree._Element) -> DcRecord | UnreadableDc:
    """A `record`, or a `header` alone, of an answer."""
    header = element if element.tag == HEADER else next(element.iterchildren(HEADER), None)
    identifier = words(header.findtext(f"{OAI}identifier")) if header is not None else ""
    try:
        if header is None or not identifier:
            raise ValueError("it has no identifier")
        return DcRecord(
            identifier,
            date.fromisoformat(words(header.findtext(f"{OAI}datestamp"))[:10]),
            header.get("status") == "deleted",
            tuple(words(each.text) for each in header.iterchildren(f"{OAI}setSpec")),
            _fields(element),
        )
    except ValueError as error:
        return UnreadableDc(identifier[:_MOST_CHARACTERS], str(error)[:_MOST_CHARACTERS])


def release_of(record: DcRecord, repository: Repository, known: Callable[[str], str | None]) -> Release:
    """A record as a paper; `known` says what a record of this identifier is called already, whatever its dates say now.

    Raises ValueError that says what is wrong with it.
    """
    title = _first(record, "title")
    if not title:
        raise ValueError("it has no title")
    first_day, is_exact = _first_day(record)
    name = oai_id(repository.name, record.identifier, first_day.year, first_day.month)
    kept = known(record.identifier)
    paper_id = ReadId(kept, name.version) if kept else name
    abstract = _abstract(record)
    categories = _categories(record, repository)
    page, pdf = addresses_of(record, repository)
    changed = _at(record.changed_on)
    paper = Paper(
        paper_id=paper_id.paper_id,
        version=paper_id.version or 1,
        title=title,
        abstract=abstract,
        authors=tuple(turned(plain_words(name)) for name, _ in record.fields.get("creator", ()) if plain_words(name)),
        categories=categories,
        primary_category=categories[0],
        published_at=_at(first_day),
        updated_at=changed,
        doi=_doi(record),
        license=_licence(record),
        withdrawn=is_withdrawn("", abstract) or title.upper().startswith("WITHDRAWN"),
        source=source_of_pages(page, pdf),
        version_at=changed if paper_id.version else None,
        version_known=paper_id.version is not None,
        published_known=is_exact,
    )
    return Release(within_limits(paper), first_day if is_exact else record.changed_on)


def addresses_of(record: DcRecord, repository: Repository) -> tuple[str, str]:
    """The paper's page and PDF: only addresses of the repository's own domain, or of a resolver of identifiers, count.

    Where there is none, the page is the record as the repository gives it.
    """
    texts = [words(text) for name in ("identifier", "relation") for text, _ in record.fields.get(name, ())]
    found = [text for text in texts if is_address(text) and _is_of(text, repository.address)]
    pdf = next((text for text in found if urlsplit(text).path.lower().endswith(".pdf")), "")
    pages = [text for text in found if text != pdf]
    own = next((text for text in pages if urlsplit(text).hostname not in _RESOLVERS), "")
    doi = _doi(record)
    page = own or next(iter(pages), "") or (f"https://doi.org/{doi}" if doi else "") or pdf
    return page or f"{repository.address}?verb=GetRecord&metadataPrefix={PREFIX}&identifier={record.identifier}", pdf


def _fields(element: etree._Element) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for each in element.iter(f"{_DC}*"):
        if isinstance(each.tag, str) and each.text and each.text.strip():
            found.setdefault(each.tag.removeprefix(_DC), []).append((each.text, each.get(_LANG, "")))
    return found


def _first(record: DcRecord, name: str) -> str:
    """The text of a field, in English where it is there in several languages."""
    texts = record.fields.get(name, ())
    english = (text for text, language in texts if language.lower().startswith("en"))
    return plain_words(next(english, texts[0][0] if texts else ""))


def _abstract(record: DcRecord) -> str:
    """The longest description in English, else the longest; short ones are remarks (`12 pages`)."""
    described = record.fields.get("description", ())
    texts = [(language.lower().startswith("en"), plain_words(text)) for text, language in described]
    return max(texts, key=lambda entry: (entry[0], len(entry[1])), default=(False, ""))[1]


def _first_day(record: DcRecord) -> tuple[date, bool]:
    """The earliest date of the paper, and whether it is told to the day.

    A bare year or month is the day of the record's change where both agree; dates to come are none.
    """
    days: list[tuple[date, bool]] = []
    for text, _ in record.fields.get("date", ()):
        match = _DATE.fullmatch(words(text))
        if match is None:
            continue
        year, month, day = match.groups()
        is_exact = day is not None
        prefix = "-".join(filter(None, (year, month)))
        try:
            told = date(int(year), int(month or 1), int(day or 1))
        except ValueError:
            continue
        if not is_exact and record.changed_on.isoformat().startswith(prefix):
            told = record.changed_on
        if told <= record.changed_on:
            days.append((told, is_exact))
    return min(days, default=(record.changed_on, False))


def _doi(record: DcRecord) -> str:
    texts = (words(text) for name in ("identifier", "relation") for text, _ in record.fields.get(name, ()))
    return next((match[1] for text in texts if (match := _DOI.fullmatch(text))), "")


def _licence(record: DcRecord) -> str:
    rights = [words(text) for text, _ in record.fields.get("rights", ())]
    return next((text for text in rights if "creativecommons.org" in text), rights[0] if rights else "")


def _categories(record: DcRecord, repository: Repository) -> tuple[str, ...]:
    """The sets that are harvested and that the record is in; where none is named, the repository alone."""
    wanted = [name for name in repository.sets if any(f"{each}:".startswith(f"{name}:") for each in record.sets)]
    slugs = (re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")[:40] for name in wanted)
    return tuple(f"{repository.name}.{slug}" for slug in slugs if slug) or (repository.name,)


def _is_of(address: str, repository: str) -> bool:
    """Whether an address is of the domain of a repository, or of a resolver; `ac.uk` is the domain of nobody."""
    host, own = urlsplit(address).hostname or "", urlsplit(repository).hostname or ""
    labels = own.split(".")
    count = 3 if len(labels) > 2 and len(labels[-2]) <= _SHORT_LABEL and len(labels[-1]) == _COUNTRY else 2
    domain = own if own.replace(".", "").isdigit() else ".".join(labels[-count:])
    return host in (own, domain, *_RESOLVERS) or host.endswith(f".{domain}")


def _at(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
