"""A paper in the three formats in which arXiv says it by OAI-PMH."""

import xml.etree.ElementTree as ET
from collections.abc import Callable
from email.utils import format_datetime

from deploy.demo.papers.accents import tex_to_unicode
from deploy.demo.papers.paper import Author, Paper
from deploy.demo.web.markup import add_element, add_if_said, new_element
from shared.categories import name_of

_XSI = "http://www.w3.org/2001/XMLSchema-instance"
OAI_NAMESPACE = "http://www.openarchives.org/OAI/2.0/"


def schema_attributes(namespace: str, schema: str) -> dict[str, str]:
    return {"xmlns": namespace, "xmlns:xsi": _XSI, "xsi:schemaLocation": f"{namespace} {schema}"}


def _arxiv(paper: Paper) -> ET.Element:
    """The `arXiv` format: names split in parts, TeX accents converted, acm-class a copy of the msc class, and the
    newest version's day as `created`."""
    root = new_element("arXiv", schema_attributes(*_schema_of("arXiv")))
    add_element(root, "id", paper.paper_id)
    add_element(root, "created", paper.versions[-1].submitted.date().isoformat())
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
    root = new_element("arXivRaw", schema_attributes(*_schema_of("arXivRaw")))
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
    return FORMATS[prefix][0], FORMATS[prefix][1]


FORMATS: dict[str, tuple[str, str, Callable[[Paper], ET.Element]]] = {
    "oai_dc": (f"{OAI_NAMESPACE}oai_dc/", "https://www.openarchives.org/OAI/2.0/oai_dc.xsd", _oai_dc),
    "arXiv": ("http://arxiv.org/OAI/arXiv/", "https://oaipmh.arxiv.org/OAI/arXiv.xsd", _arxiv),
    "arXivRaw": ("http://arxiv.org/OAI/arXivRaw/", "https://oaipmh.arxiv.org/OAI/arXivRaw.xsd", _arxiv_raw),
}
