"""arXiv's query API: papers by id, and searches in arXiv's own order, as Atom. OAI-PMH stays the truth about papers.

Manual: https://info.arxiv.org/help/api/user-manual.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from lxml import etree

from services.fetcher.arxiv.client import Garbled
from services.fetcher.arxiv.oai import is_withdrawn, words, xml_root
from shared.paper_ids import parse_versioned_id
from shared.store.papers.limits import within_limits
from shared.store.papers.metadata import Paper

MOST_IDS = 100
_MOST_DIGITS = 12
_ATOM = "{http://www.w3.org/2005/Atom}"
_ARXIV = "{http://arxiv.org/schemas/atom}"
_OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"


@dataclass(frozen=True)
class Results:
    """A page of results; `total` counts all of them."""

    papers: tuple[Paper, ...]
    total: int
    problem: str = ""


def ids_arguments(paper_ids: Sequence[str]) -> Mapping[str, str]:
    """The request for papers by id, at most MOST_IDS."""
    return {"id_list": ",".join(paper_ids), "max_results": str(len(paper_ids))}


def search_arguments(query: str, limit: int, start: int = 0) -> Mapping[str, str]:
    """The request for a search in arXiv's syntax, best first; plain words mean everything that has them all."""
    is_plain = ":" not in query
    expression = " AND ".join(f"all:{word}" for word in query.split()) if is_plain else query
    return {"search_query": expression, "start": str(start), "max_results": str(limit), "sortBy": "relevance"}


def parse_results(body: bytes) -> Results:
    """Read an answer. Raises Garbled for what is none, and for an empty page that should have papers."""
    root = xml_root(body, f"{_ATOM}feed")
    entries = list(root.iterfind(f"{_ATOM}entry"))
    if len(entries) == 1 and words(entries[0].findtext(f"{_ATOM}title")) == "Error":
        return Results((), 0, words(entries[0].findtext(f"{_ATOM}summary")))
    total, start, per_page = (_number(root, name) for name in ("totalResults", "startIndex", "itemsPerPage"))
    if not entries and start < total and per_page:
        raise Garbled(f"an empty page of {total} results")
    return Results(tuple(paper for paper in map(_paper, entries) if paper is not None), total)


def _paper(entry: etree._Element) -> Paper | None:
    """A paper with its exact version; None for an entry that is none. This interface tells no licence."""

    def text(name: str) -> str:
        return words(entry.findtext(name))

    categories = tuple(category.get("term", "") for category in entry.iterfind(f"{_ATOM}category"))
    primary = entry.find(f"{_ARXIV}primary_category")
    try:
        named = parse_versioned_id(text(f"{_ATOM}id").replace("http://", "https://"))
    except ValueError:
        return None
    if not categories or not text(f"{_ATOM}title"):
        return None
    comment, abstract = text(f"{_ARXIV}comment"), text(f"{_ATOM}summary")
    paper = Paper(
        paper_id=named.paper_id,
        version=named.version or 1,
        title=text(f"{_ATOM}title"),
        abstract=abstract,
        authors=tuple(words(author.findtext(f"{_ATOM}name")) for author in entry.iterfind(f"{_ATOM}author")),
        categories=categories,
        primary_category=primary.get("term", categories[0]) if primary is not None else categories[0],
        published_at=_time(text(f"{_ATOM}published")),
        updated_at=_time(text(f"{_ATOM}updated")),
        doi=text(f"{_ARXIV}doi"),
        comment=comment,
        journal_ref=text(f"{_ARXIV}journal_ref"),
        withdrawn=is_withdrawn(comment, abstract),
        source="query",
        version_at=_time(text(f"{_ATOM}updated")),
        version_known=named.version is not None,
        published_known=bool(text(f"{_ATOM}published")),
    )
    return within_limits(paper)


def _number(root: etree._Element, name: str) -> int:
    text = words(root.findtext(f"{_OPENSEARCH}{name}"))
    return int(text) if text.isascii() and text.isdecimal() and len(text) < _MOST_DIGITS else 0


def _time(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).astimezone(UTC) if text else None
    except (ValueError, OverflowError):
        return None
