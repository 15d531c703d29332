"""OAI-PMH as arXiv answers it: stateless tokens, days only, and every error in an HTTP 200."""

import xml.etree.ElementTree as ET
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple

from deploy.demo.oai_pmh.arguments import EARLIEST, OaiError, Repository, select
from deploy.demo.oai_pmh.formats import FORMATS, OAI_NAMESPACE, schema_attributes
from deploy.demo.papers.categories import all_sets, sets_of
from deploy.demo.papers.corpus import Corpus, Row
from deploy.demo.papers.paper import datestamp, parse_paper_id
from deploy.demo.web.markup import add_element, new_element, to_bytes

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
    if prefix not in FORMATS:
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
    elements = {
        "repositoryName": "arXiv",
        "baseURL": repository.base_url,
        "protocolVersion": "2.0",
        "adminEmail": "help@arxiv.org",
        "earliestDatestamp": EARLIEST,
        "deletedRecord": "persistent",
        "granularity": "YYYY-MM-DD",
    }
    for tag, text in elements.items():
        add_element(body, tag, text)
    namespace = "http://www.openarchives.org/OAI/1.1/eprints"
    eprints = add_element(
        add_element(body, "description"), "eprints", "", schema_attributes(namespace, f"{namespace}.xsd")
    )
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
    for prefix, (namespace, schema, _) in FORMATS.items():
        element = add_element(body, "metadataFormat")
        add_element(element, "metadataPrefix", prefix)
        add_element(element, "schema", schema)
        add_element(element, "metadataNamespace", namespace)
    return dict(arguments), body


def _require_only(arguments: dict[str, str], allowed: set[str]) -> None:
    if set(arguments) - allowed:
        raise OaiError("badArgument", f"Unallowed parameter. Allowed parameters: {', '.join(sorted(allowed))}")


def _envelope(repository: Repository, echo: dict[str, str], body: ET.Element) -> ET.Element:
    root = new_element("OAI-PMH", schema_attributes(OAI_NAMESPACE, f"{OAI_NAMESPACE}OAI-PMH.xsd"))
    add_element(root, "responseDate", repository.now.strftime("%Y-%m-%dT%H:%M:%SZ"))
    add_element(root, "request", repository.base_url, echo)
    root.append(body)
    return root


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
    add_element(record, "metadata").append(FORMATS[prefix][2](seen))
    return record


_VERBS: dict[str, Callable[[Repository, dict[str, str]], tuple[dict[str, str], ET.Element]]] = {
    "Identify": _identify,
    "ListMetadataFormats": _list_formats,
    "ListSets": _list_sets,
    "ListRecords": _list,
    "ListIdentifiers": _list,
    "GetRecord": _get_record,
}
