"""The references of a paper as the page lists them: their words, with addresses, arXiv ids and DOIs as links."""

import re

from markupsafe import Markup, escape

from services.publisher.reading.fulltext.markdown.inline import local_address
from services.publisher.rendering.safe_html import parts_of
from shared.paper_ids import parse_paper_id
from shared.store.papers.documents import Reference

_LINKED = re.compile(
    r"(?P<address>https?://[^\s<>\"'{}|\\^`]+)|(?P<arxiv>arxiv:\s?[a-z.-]*/?\d{4}\.?\d{3,5}(?:v\d+)?)|"
    r"(?P<doi>\b10\.\d{4,9}/[^\s<>\"'{}|\\^`]+)",
    re.I,
)
_AFTER = re.compile(r"[.,;:)\]]+\Z")


def reference_html(entry: Reference) -> Markup:
    """One entry; what was found in it but does not stand in its words is linked behind them."""
    shown: list[str] = []
    linked: set[str] = set()
    for part in parts_of(entry.text):
        if part.kind == "words":
            shown += _linked_words(part.text, linked)
        else:
            shown.append(f'<span class="math inline">{escape(part.text)}</span>')
    if entry.arxiv_id and f"/paper/{entry.arxiv_id}" not in linked:
        shown.append(f" {_link(f'/paper/{entry.arxiv_id}', f'arXiv:{entry.arxiv_id}')}")
    if entry.doi and not any(entry.doi.lower() in address.lower() for address in linked):
        shown.append(f" {_link(_doi_address(entry.doi), 'DOI')}")
    return Markup("".join(shown))  # noqa: S704 - every piece is escaped above


def _linked_words(text: str, linked: set[str]) -> list[str]:
    pieces: list[str] = []
    position = 0
    for match in _LINKED.finditer(text):
        words = _AFTER.sub("", match[0])
        address = _address(match.lastgroup or "", words)
        if address is not None:
            linked.add(address)
            pieces += [str(escape(text[position : match.start()])), _link(address, words)]
            position = match.start() + len(words)
    return [*pieces, str(escape(text[position:]))]


def _address(kind: str, words: str) -> str | None:
    if kind == "address":
        return local_address(words)
    if kind == "doi":
        return _doi_address(words)
    try:
        return f"/paper/{parse_paper_id(words.replace(' ', ''))}"
    except ValueError:
        return None


def _doi_address(doi: str) -> str:
    return f"https://doi.org/{doi}"


def _link(address: str, words: str) -> str:
    rel = "" if address.startswith("/") else ' rel="noopener noreferrer"'
    return f'<a href="{escape(address)}"{rel}>{escape(words)}</a>'
