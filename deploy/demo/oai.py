"""OAI-PMH as arXiv answers it: stateless tokens, days only, and every error in an HTTP 200."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from typing import NamedTuple
from urllib.parse import parse_qs, quote, unquote, urlencode

from deploy.demo.accents import tex_to_unicode
from deploy.demo.categories import KNOWN_SETS, all_sets, name_of, sets_of
from deploy.demo.corpus import Corpus, Page, Row
from deploy.demo.markup import add_element, add_if_said, new_element, to_bytes
from deploy.demo.papers import Author, Paper, datestamp, parse_paper_id

EARLIEST = "2005-09-16"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_OAI = "http://www.openarchives.org/OAI/2.0/"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_LIST_ARGUMENTS = {"verb", "metadataPrefix", "from", "until", "set"}
_DESCRIPTIONS = {
    "badArgument": "The request includes illegal arguments, is missing required arguments, "
    "includes a repeated argument, or values for arguments have an illegal syntax.",
    "badResumptionToken": "The value of the resumptionToken argument is invalid or expired.",
    "badVerb": "Value of the verb argument is not a legal OAI-PMH verb, the verb argument is missing, "
    "or the verb argument is repeated.",
    "cannotDisseminateFormat": "The metadata format identified by the value given for the metadataPrefix argument "
    "is not supported by the item or by the repository.",
    "idDoesNotExist": "The value of the identifier argument is unknown or illegal in this repository.",
    "noRecordsMatch": "The combination of the values of the from, until, set and metadataPrefix arguments "
    "results in an empty list.",
}


class OaiError(Exception):
    """An error of the protocol; `echo` holds the arguments that arXiv repeats in its answer."""

    def __init__(self, code: str, reason: str = "", echo: dict[str, str] | None = None) -> None:
        super().__init__(reason or code)
        self.code = code
        self.reason = reason
        self.echo = echo or {}


@dataclass(frozen=True, slots=True)
class Repository:
    """What an answer depends on besides the request."""

    corpus: Corpus
    today: date
    now: datetime
    base_url: str
    page_size: int = 2500
    identifiers_page_size: int = 20_000
    tokens_have_expired: bool = False
    hides_records: bool = False

    @property
    def latest(self) -> date:
        """A client that goes by the machine's clock may ask until its own today, though the demo's day is earlier."""
        return max(self.today, datetime.now(UTC).date())


@dataclass(frozen=True, slots=True)
class Selection:
    """A list request after its arguments were checked."""

    verb: str
    prefix: str
    since: str
    until: str
    set_spec: str | None
    skip: int
    echo: dict[str, str]

    def token_after(self, page: Page) -> str:
        """arXiv's token: the arguments of the next request, with `skip`, URL-encoded and quoted once more."""
        arguments = {**self.echo, "from": page.next_from}
        names = [name for name in ("verb", "metadataPrefix", "from", "until", "set") if name in arguments]
        return quote(urlencode([*((name, arguments[name]) for name in names), ("skip", str(page.next_skip))]))


class OaiAnswer(NamedTuple):
    body: bytes
    token_given: tuple[str, ...]


def answer_oai(repository: Repository, arguments: Sequence[tuple[str, str]]) -> OaiAnswer:
    """The whole XML answer to a query string already split in pairs; errors are answers too."""
    try:
        names = [name for name, _ in arguments]
        if len(names) != len(set(names)):
            raise OaiError("badArgument", "No duplicate parameters allowed")
        verb = dict(arguments).get("verb", "")
        if verb not in _VERBS:
            raise OaiError("badVerb", "Invalid verb provided")
        echo, body = _VERBS[verb](repository, dict(arguments))
    except OaiError as error:
        echo = error.echo
        text = " ".join(
            part for part in (_DESCRIPTIONS[error.code], error.reason and f"Reason: {error.reason}") if part
        )
        body = new_element("error", {"code": error.code}, text)
    tokens = tuple(token.text for token in body.iter("resumptionToken") if token.text)
    return OaiAnswer(to_bytes(_envelope(repository, echo, body)), tokens)


def decode_token(token: str) -> dict[str, str]:
    arguments = {name: values[0] for name, values in parse_qs(unquote(token)).items()}
    if not arguments.get("skip", "").isdigit():
        raise OaiError("badResumptionToken", "Token decoding failed or format is invalid.")
    return arguments


def select(repository: Repository, arguments: dict[str, str]) -> Selection:
    """Checks the arguments of a list request in the order in which arXiv does."""
    verb, skip = arguments["verb"], 0
    echo = {"verb": verb}
    if "resumptionToken" in arguments:
        if set(arguments) != {"verb", "resumptionToken"}:
            raise OaiError("badArgument", "No other paramters allowed with resumptionToken")
        if repository.tokens_have_expired:
            raise OaiError("badResumptionToken", "Token decoding failed or format is invalid.")
        arguments = decode_token(arguments["resumptionToken"])
        skip = int(arguments.pop("skip"))
        if arguments.get("verb") != verb:
            raise OaiError("badResumptionToken", "token from different verb")
    if "metadataPrefix" not in arguments:
        raise OaiError("badArgument", "metadataPrefix required.")
    if set(arguments) - _LIST_ARGUMENTS:
        raise OaiError("badArgument", f"Unallowed parameter. Allowed parameters: {', '.join(sorted(_LIST_ARGUMENTS))}")
    prefix = arguments["metadataPrefix"]
    if prefix not in _FORMATS:
        raise OaiError("cannotDisseminateFormat", "Did not recognize requested format", echo)
    since, until = _day(arguments, "from"), _day(arguments, "until")
    set_spec = arguments.get("set") or None
    if set_spec and set_spec not in KNOWN_SETS:
        raise OaiError("badArgument", "Set has too many levels" if set_spec.count(":") > 2 else "Set does not exist")
    _check_days(since or EARLIEST, until or repository.today.isoformat(), repository.latest)
    echo |= {name: arguments[name] for name in ("metadataPrefix", "from", "until", "set") if arguments.get(name)}
    return Selection(verb, prefix, since or EARLIEST, until or repository.today.isoformat(), set_spec, skip, echo)


def _day(arguments: dict[str, str], name: str) -> str:
    value = arguments.get(name, "")
    if not value:
        return ""
    try:
        if _DAY.fullmatch(value):
            return date.fromisoformat(value).isoformat()
    except ValueError:
        pass
    raise OaiError("badArgument", f"{name} date format must be YYYY-MM-DD")


def _check_days(since: str, until: str, latest: date) -> None:
    if since > until:
        raise OaiError("badArgument", "until date must be greater than or equal to from date")
    if since < EARLIEST:
        raise OaiError("badArgument", "start date too early")
    if until > (latest + timedelta(days=1)).isoformat():
        raise OaiError("badArgument", "until date too late")


def _list(repository: Repository, arguments: dict[str, str]) -> tuple[dict[str, str], ET.Element]:
    selection = select(repository, arguments)
    is_records = selection.verb == "ListRecords"
    size = repository.page_size if is_records else repository.identifiers_page_size
    page = repository.corpus.view(repository.today).page(
        selection.since, selection.until, selection.set_spec, selection.skip, size
    )
    if not page.rows or repository.hides_records:
        raise OaiError("noRecordsMatch", "", selection.echo)
    body = new_element(selection.verb)
    for row in page.rows:
        body.append(_record(repository.corpus, row, selection.prefix) if is_records else _header(row))
    if not page.is_last:
        midnight = (repository.today + timedelta(days=1)).isoformat() + "T00:00:00Z"
        add_element(body, "resumptionToken", selection.token_after(page), {"expirationDate": midnight})
    elif "resumptionToken" in arguments:
        add_element(body, "resumptionToken")
    return selection.echo, body


def _get_record(repository: Repository, arguments: dict[str, str]) -> tuple[dict[str, str], ET.Element]:
    if set(arguments) != {"verb", "identifier", "metadataPrefix"}:
        expected = "identifier, metadataPrefix, verb"
        raise OaiError("badArgument", f"Parameters provided did not match expected. Expected: {expected}")
    identifier, prefix = arguments["identifier"], arguments["metadataPrefix"]
    named = parse_paper_id(identifier.removeprefix("oai:arXiv.org:"))
    if not identifier.startswith("oai:arXiv.org:") or named is None or not _is_possible(named[0]):
        raise OaiError("idDoesNotExist", "Invalid arXiv_id structure")
    if prefix not in _FORMATS:
        echo = {"verb": "GetRecord", "identifier": identifier}
        raise OaiError("cannotDisseminateFormat", "Did not recognize requested format", echo)
    paper = repository.corpus.papers.get(named[0])
    version = paper.version_on(repository.today.isoformat()) if paper else 0
    if paper is None or not version:
        raise OaiError("idDoesNotExist", "No matching record found")
    row = Row(datestamp(paper.announced[version - 1]), paper.paper_id, version, sets_of(paper.categories))
    body = new_element("GetRecord")
    body.append(_record(repository.corpus, row, prefix))
    return {"verb": "GetRecord", "identifier": identifier, "metadataPrefix": prefix}, body


def _is_possible(paper_id: str) -> bool:
    number = paper_id.rpartition("/")[2]
    return 1 <= int(number[2:4]) <= 12


def _identify(repository: Repository, arguments: dict[str, str]) -> tuple[dict[str, str], ET.Element]:
    _require_only(arguments, {"verb"})
    body = new_element("Identify")
    said = {
        "repositoryName": "arXiv",
        "baseURL": repository.base_url,
        "protocolVersion": "2.0",
        "adminEmail": "help@arxiv.org",
        "earliestDatestamp": EARLIEST,
        "deletedRecord": "persistent",
        "granularity": "YYYY-MM-DD",
    }
    for tag, text in said.items():
        add_element(body, tag, text)
    namespace = "http://www.openarchives.org/OAI/1.1/eprints"
    eprints = add_element(add_element(body, "description"), "eprints", "", _schema(namespace, f"{namespace}.xsd"))
    add_element(add_element(eprints, "content"), "text", "Author self-archived e-prints, invented for this demo")
    for policy, text in (("metadata", "Metadata may be harvested"), ("data", "Invented"), ("submission", "Closed")):
        element = add_element(eprints, f"{policy}Policy")
        add_element(element, "text", text)
        add_element(element, "URL", f"https://info.arxiv.org/help/oa/{policy}Policy.html")
    return {"verb": "Identify"}, body


def _list_sets(repository: Repository, arguments: dict[str, str]) -> tuple[dict[str, str], ET.Element]:
    _require_only(arguments, {"verb"})
    body = new_element("ListSets")
    for spec, name in all_sets():
        element = add_element(body, "set")
        add_element(element, "setSpec", spec)
        add_element(element, "setName", name)
    return {"verb": "ListSets"}, body


def _list_formats(repository: Repository, arguments: dict[str, str]) -> tuple[dict[str, str], ET.Element]:
    _require_only(arguments, {"verb", "identifier"})
    body = new_element("ListMetadataFormats")
    for prefix, (namespace, schema, _) in _FORMATS.items():
        element = add_element(body, "metadataFormat")
        add_element(element, "metadataPrefix", prefix)
        add_element(element, "schema", schema)
        add_element(element, "metadataNamespace", namespace)
    return dict(arguments), body


def _require_only(arguments: dict[str, str], allowed: set[str]) -> None:
    if set(arguments) - allowed:
        raise OaiError("badArgument", f"Unallowed parameter. Allowed parameters: {', '.join(sorted(allowed))}")


def _envelope(repository: Repository, echo: dict[str, str], body: ET.Element) -> ET.Element:
    root = new_element("OAI-PMH", _schema(_OAI, f"{_OAI}OAI-PMH.xsd"))
    add_element(root, "responseDate", repository.now.strftime("%Y-%m-%dT%H:%M:%SZ"))
    add_element(root, "request", repository.base_url, echo)
    root.append(body)
    return root


def _schema(namespace: str, schema: str) -> dict[str, str]:
    return {"xmlns": namespace, "xmlns:xsi": _XSI, "xsi:schemaLocation": f"{namespace} {schema}"}


def _header(row: Row) -> ET.Element:
    header = new_element("header")
    add_element(header, "identifier", f"oai:arXiv.org:{row.paper_id}")
    add_element(header, "datestamp", row.datestamp)
    for spec in row.sets:
        add_element(header, "setSpec", spec)
    return header


def _record(corpus: Corpus, row: Row, prefix: str) -> ET.Element:
    record = new_element("record")
    record.append(_header(row))
    paper = corpus.papers[row.paper_id]
    seen = replace(paper, announced=paper.announced[: row.version])
    add_element(record, "metadata").append(_FORMATS[prefix][2](seen))
    return record


def _arxiv(paper: Paper) -> ET.Element:
    """The `arXiv` format: names split in parts, TeX accents converted, acm-class a copy of the msc class."""
    root = new_element("arXiv", _schema(*_schema_of("arXiv")))
    add_element(root, "id", paper.paper_id)
    add_element(root, "created", paper.versions[0].submitted.date().isoformat())
    add_element(root, "updated", paper.versions[-1].submitted.date().isoformat())
    authors = add_element(root, "authors")
    for author in paper.authors:
        element = add_element(authors, "author")
        add_element(element, "keyname", tex_to_unicode(author.keyname))
        add_if_said(element, "forenames", tex_to_unicode(author.forenames))
        add_if_said(element, "suffix", author.suffix)
        add_if_said(element, "affiliation", tex_to_unicode(author.affiliation))
    add_element(root, "title", tex_to_unicode(paper.title))
    add_element(root, "categories", " ".join(paper.categories))
    add_if_said(root, "comments", paper.comment)
    add_if_said(root, "msc-class", paper.msc_class)
    add_if_said(root, "acm-class", paper.msc_class)
    add_if_said(root, "report-no", paper.report_no)
    add_if_said(root, "journal-ref", paper.journal_ref)
    add_if_said(root, "doi", paper.doi)
    add_element(root, "license", paper.license)
    add_element(root, "abstract", f"  {tex_to_unicode(paper.abstract)}\n")
    return root


def _arxiv_raw(paper: Paper) -> ET.Element:
    """The `arXivRaw` format: everything as it was typed, with the history of versions."""
    root = new_element("arXivRaw", _schema(*_schema_of("arXivRaw")))
    add_element(root, "id", paper.paper_id)
    add_element(root, "submitter", tex_to_unicode(paper.authors[0].full_name) if paper.authors else "")
    for version in paper.versions:
        element = add_element(root, "version", "", {"version": f"v{version.number}"})
        add_element(element, "date", format_datetime(version.submitted, usegmt=True))
        add_element(element, "size", f"{max(1, len(paper.abstract) // 40)}kb")
        if paper.is_withdrawn(version.number):
            add_element(element, "source_type", "I")
    add_element(root, "title", paper.title)
    add_element(root, "authors", ", ".join(map(_raw_author, paper.authors)))
    add_element(root, "categories", " ".join(paper.categories))
    add_if_said(root, "comments", paper.comment)
    add_if_said(root, "msc-class", paper.msc_class)
    add_if_said(root, "report-no", paper.report_no)
    add_if_said(root, "journal-ref", paper.journal_ref)
    add_if_said(root, "doi", paper.doi)
    add_element(root, "license", paper.license)
    add_element(root, "abstract", f"  {paper.abstract}\n")
    return root


def _raw_author(author: Author) -> str:
    return f"{author.full_name} ({author.affiliation})" if author.affiliation else author.full_name


def _oai_dc(paper: Paper) -> ET.Element:
    namespace, schema = _schema_of("oai_dc")
    root = new_element(
        "oai_dc:dc",
        {
            "xmlns:oai_dc": namespace,
            "xmlns:dc": "http://purl.org/dc/elements/1.1/",
            "xmlns:xsi": _XSI,
            "xsi:schemaLocation": f"{namespace} {schema}",
        },
    )
    add_element(root, "dc:title", tex_to_unicode(paper.title))
    for author in paper.authors:
        name = ", ".join(part for part in (author.keyname, author.forenames, author.suffix) if part)
        add_element(root, "dc:creator", tex_to_unicode(name))
    for subject in [*map(name_of, paper.categories), paper.msc_class]:
        add_if_said(root, "dc:subject", subject)
    add_element(root, "dc:description", f"  {tex_to_unicode(paper.abstract)} ")
    add_if_said(root, "dc:description", paper.comment)
    for day in dict.fromkeys((paper.versions[0].submitted.date(), paper.versions[-1].submitted.date())):
        add_element(root, "dc:date", day.isoformat())
    add_element(root, "dc:type", "text")
    add_element(root, "dc:identifier", f"http://arxiv.org/abs/{paper.paper_id}")
    add_if_said(root, "dc:identifier", paper.journal_ref)
    add_if_said(root, "dc:identifier", paper.doi and f"doi:{paper.doi}")
    return root


def _schema_of(prefix: str) -> tuple[str, str]:
    return _FORMATS[prefix][0], _FORMATS[prefix][1]


_FORMATS: dict[str, tuple[str, str, Callable[[Paper], ET.Element]]] = {
    "oai_dc": (f"{_OAI}oai_dc/", "https://www.openarchives.org/OAI/2.0/oai_dc.xsd", _oai_dc),
    "arXiv": ("http://arxiv.org/OAI/arXiv/", "https://oaipmh.arxiv.org/OAI/arXiv.xsd", _arxiv),
    "arXivRaw": ("http://arxiv.org/OAI/arXivRaw/", "https://oaipmh.arxiv.org/OAI/arXivRaw.xsd", _arxiv_raw),
}
_VERBS: dict[str, Callable[[Repository, dict[str, str]], tuple[dict[str, str], ET.Element]]] = {
    "Identify": _identify,
    "ListMetadataFormats": _list_formats,
    "ListSets": _list_sets,
    "ListRecords": _list,
    "ListIdentifiers": _list,
    "GetRecord": _get_record,
}
