"""The abstract page of a paper in HTML, with the citation tags that readers of arXiv pages rely on."""

import xml.etree.ElementTree as ET

from deploy.demo.papers.accents import tex_to_unicode
from deploy.demo.papers.paper import Paper
from deploy.demo.web.markup import add_element, new_element
from shared.categories import name_of


def write_abstract_page(paper: Paper, version: int) -> bytes:
    title = tex_to_unicode(paper.title)
    submitted = paper.versions[version - 1].submitted
    root = new_element("html", {"lang": "en"})
    head = add_element(root, "head")
    add_element(head, "title", f"[{paper.paper_id}] {title}")
    _add_meta(head, "citation_title", title)
    for author in paper.authors:
        name = ", ".join(part for part in (author.keyname, author.forenames) if part)
        _add_meta(head, "citation_author", tex_to_unicode(name))
    _add_meta(head, "citation_date", f"{submitted:%Y/%m/%d}")
    _add_meta(head, "citation_arxiv_id", paper.paper_id)
    body = add_element(root, "body")
    add_element(body, "h1", title, {"class": "title"})
    add_element(
        body, "div", ", ".join(tex_to_unicode(author.full_name) for author in paper.authors), {"class": "authors"}
    )
    add_element(body, "blockquote", tex_to_unicode(paper.abstract), {"class": "abstract"})
    subjects = "; ".join(f"{name_of(category)} ({category})" for category in paper.categories)
    add_element(body, "p", f"Subjects: {subjects}", {"class": "subjects"})
    if paper.comment:
        add_element(body, "p", f"Comments: {paper.comment}", {"class": "comments"})
    if paper.is_withdrawn(version):
        add_element(body, "p", "This paper has been withdrawn.", {"class": "withdrawn"})
    add_element(body, "p", f"Submitted {submitted:%d %b %Y}, version v{version}", {"class": "dateline"})
    return _to_html(root)


def write_missing_page(what: str) -> bytes:
    root = new_element("html", {"lang": "en"})
    add_element(add_element(root, "head"), "title", "Not found")
    add_element(add_element(root, "body"), "p", what)
    return _to_html(root)


def _to_html(root: ET.Element) -> bytes:
    html: bytes = ET.tostring(root, encoding="utf-8", method="html")
    return b"<!DOCTYPE html>\n" + html


def _add_meta(head: ET.Element, name: str, content: str) -> None:
    add_element(head, "meta", "", {"name": name, "content": content})
